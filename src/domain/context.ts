import { invalid } from '../errors.js';
import { BASE_WEIGHTS, type FeatureName, type FeatureWeights } from './features.js';

/** Names of the four features, in the order in which they are summed. */
export const FEATURE_NAMES = Object.keys(BASE_WEIGHTS) as FeatureName[];

/** Where and when a score is asked for; each field that is given changes the weights by its rule. */
export interface ScoreContext {
  /** Names a key of the `segments` option, whose factors multiply the weights feature by feature. */
  readonly segment?: string;
  /** True multiplies the weight of `itemToSlider` by 1.25. */
  readonly isWorkHours?: boolean;
  /** Multiplies the named feature's weight by 1.5. */
  readonly boostFeature?: FeatureName;
  /** Day of the week, from 0 (Sunday) to 6, as `Date.getDay` counts; for `contextRules`. */
  readonly weekday?: number;
  /** Hour of the day, in [0, 24); for `contextRules`. */
  readonly hour?: number;
  /** A name of your own, such as 'phone'; for `contextRules`. */
  readonly device?: string;
}

/** Factors a feature, for each segment a site names. */
export type Segments = Readonly<Record<string, Partial<FeatureWeights>>>;

/**
 * Factors on the weights of features where a context is like this: on one of these weekdays, within these hours, on
 * this device. All conditions that are given must hold; at least one is. Factors of several rules multiply.
 */
export interface ContextRule {
  /** From 0 (Sunday) to 6. */
  readonly weekdays?: readonly number[];
  /** From the first on, until before the second: each in [0, 24]. `[22, 6]` runs over midnight. */
  readonly hours?: readonly [from: number, to: number];
  readonly device?: string;
  readonly factors: Partial<FeatureWeights>;
}

/**
 * The four weights in a context: base × segment × rules, negatives clamped to 0, renormalized to sum 1. What a context
 * does not say matches no rule about it.
 *
 * @param learned factors more, ≥ 0, of a gate
 * @throws AttuneError `input/invalid` for a context that makes no sense, a factor that is no number, or weights all zero
 */
export function contextWeights(
  context: ScoreContext,
  segments: Segments,
  rules: readonly ContextRule[] = [],
  learned: Partial<FeatureWeights> = {},
): FeatureWeights {
  checkContext(context, segments);
  const { segment, boostFeature, isWorkHours } = context;
  const inForce = [...rules.filter((rule) => holds(rule, context)).map(({ factors }) => factors), learned];
  if (segment !== undefined) {
    checkFactors(`segment ${JSON.stringify(segment)}`, segments[segment]!);
    inForce.unshift(segments[segment]!);
  }
  if (isWorkHours === true) inForce.push({ itemToSlider: 1.25 });
  if (boostFeature !== undefined) inForce.push({ [boostFeature]: 1.5 });
  const weights = FEATURE_NAMES.map((name) => {
    let weight = BASE_WEIGHTS[name];
    for (const factors of inForce) weight = Math.max(0, weight * (factors[name] ?? 1)); // two negatives are none
    return weight;
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0 && total < Infinity)) {
    throw invalid('weights', weights.join(', '), 'At least one feature must keep a finite weight above 0.');
  }
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, weights[i]! / total])) as FeatureWeights &
    Record<string, number>;
}

/** @throws AttuneError `input/invalid` naming the factor that makes no sense */
export function checkFactors(name: string, factors: Partial<FeatureWeights>): void {
  for (const [feature, factor] of Object.entries(factors)) {
    if (!Object.hasOwn(BASE_WEIGHTS, feature) || typeof factor !== 'number' || !Number.isFinite(factor)) {
      throw invalid(`${name}.${feature}`, factor, `Pass finite factors of ${FEATURE_NAMES.join(', ')}.`);
    }
  }
}

function checkContext(context: ScoreContext, segments: Segments): void {
  if (context === null || typeof context !== 'object') throw invalid('context', context, 'Pass an object, or nothing.');
  const { segment, isWorkHours, boostFeature, weekday, hour, device } = context;
  if (isWorkHours !== undefined && typeof isWorkHours !== 'boolean') {
    throw invalid('context.isWorkHours', isWorkHours, 'It is true or false.');
  }
  if (segment !== undefined && !Object.hasOwn(segments, segment)) {
    throw invalid('context.segment', segment, 'Name one of the `segments` given to createAttune.');
  }
  if (boostFeature !== undefined && !FEATURE_NAMES.includes(boostFeature)) {
    throw invalid('context.boostFeature', boostFeature, `Name one of ${FEATURE_NAMES.join(', ')}.`);
  }
  if (weekday !== undefined && !isWeekday(weekday)) {
    throw invalid('context.weekday', weekday, 'It is a whole number from 0 (Sunday) to 6.');
  }
  if (hour !== undefined && !(typeof hour === 'number' && hour >= 0 && hour < 24)) {
    throw invalid('context.hour', hour, 'It is a number from 0 to below 24.');
  }
  if (device !== undefined && (typeof device !== 'string' || device === '')) {
    throw invalid('context.device', device, "Pass a name of your own, such as 'phone'.");
  }
}

/** Whether a value counts a day of the week, from 0 (Sunday) to 6. */
export function isWeekday(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 6;
}

function holds({ weekdays, hours, device }: ContextRule, context: ScoreContext): boolean {
  const onDay = weekdays === undefined || (context.weekday !== undefined && weekdays.includes(context.weekday));
  const inTime = hours === undefined || (context.hour !== undefined && isBetween(context.hour, hours));
  return onDay && inTime && (device === undefined || device === context.device);
}

function isBetween(hour: number, [from, to]: readonly [number, number]): boolean {
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}
