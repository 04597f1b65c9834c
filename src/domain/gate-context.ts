import { isWeekday, type ScoreContext } from './context.js';

/** What of a context the gate looks at. What isn't said plays no part. */
export interface GateContext extends Pick<ScoreContext, 'segment' | 'device' | 'hour' | 'weekday'> {
  /** How many things the person has seen or done in this visit so far, ≥ 0. */
  readonly sessionLength?: number;
}

/** Names that have a number of their own in the inputs: those met most often while it was trained. */
export interface GateNames {
  readonly segments: readonly string[];
  readonly devices: readonly string[];
}

/** Names kept at most. Judgement: each costs four weights. */
const MOST = { segments: 8, devices: 4 } as const;

/** Inputs before those of names: a constant, hour and weekday on their circles, length of the visit. */
const FIXED = 6;

/** Typical visit, of which inputs tell how far it is from: ln of 1 + 5 things; beyond a thousand nothing changes. Judgement. */
const USUAL_LENGTH = Math.log(6);
const LONGEST = 1000;

/** The parts of a context that make sense, of a log or a site: what doesn't is left out. */
export function gateContext(context: Readonly<Record<string, unknown>>): GateContext {
  const { segment, device, hour, weekday, sessionLength } = context;
  return {
    ...(typeof segment === 'string' && segment !== '' && { segment }),
    ...(typeof device === 'string' && device !== '' && { device }),
    ...(typeof hour === 'number' && hour >= 0 && hour < 24 && { hour }),
    ...(isWeekday(weekday) && { weekday: weekday as number }),
    ...(typeof sessionLength === 'number' && sessionLength >= 0 && sessionLength < Infinity && { sessionLength }),
  };
}

/** The names met most often, equally often in the order of names. */
export function namesOf(contexts: readonly GateContext[]): GateNames {
  const most = (field: 'segment' | 'device', limit: number): string[] => {
    const counts = new Map<string, number>();
    for (const { [field]: name } of contexts) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([name]) => name);
  };
  return { segments: most('segment', MOST.segments), devices: most('device', MOST.devices) };
}

/** Numbers that {@link inputsOf} makes of a context. */
export function widthOf({ segments, devices }: GateNames): number {
  return FIXED + segments.length + devices.length;
}

/** A context as numbers, each within about [−2, 6], 0 for what isn't said; the first is always 1. */
export function inputsOf({ segment, device, hour, weekday, sessionLength }: GateContext, names: GateNames): number[] {
  const onCircle = (value: number | undefined, round: number): number[] =>
    value === undefined ? [0, 0] : [Math.sin((2 * Math.PI * value) / round), Math.cos((2 * Math.PI * value) / round)];
  return [
    1,
    ...onCircle(hour, 24),
    ...onCircle(weekday, 7),
    sessionLength === undefined ? 0 : Math.log1p(Math.min(sessionLength, LONGEST)) - USUAL_LENGTH,
    ...names.segments.map((name) => Number(name === segment)),
    ...names.devices.map((name) => Number(name === device)),
  ];
}
