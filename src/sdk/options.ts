import { type Consent, consentOf, CONSENTS } from '../domain/consent.js';
import { invalid } from '../errors.js';
import { defaultId, defaultText, type ItemReader } from '../domain/item.js';
import { KIND_PRESETS } from '../domain/interaction.js';
import { HIDE, type ProfileRules } from '../domain/profile.js';
import type { Clock, Encrypt } from '../domain/ports.js';
import { makeSliders, type Slider } from '../domain/slider.js';
import type { PrivacyMode } from './rights-types.js';
import type { AttuneOptions, RankWeights } from './types.js';

const DAY_MS = 86_400_000;

/** Factors of the ranking's terms. Judgement, held by tests/semantic; see docs/decisions.md. */
const RANK_WEIGHTS: RankWeights = { profile: 1, session: 0.5, avoid: 0.5, slider: 1, inferred: 0.1, rocchio: 0 };

/** Options that few sites give, and that are checked by code that comes with them. */
export const RARE =
  'adapt,foundation,interests,segments,priors,offLimits,encrypt,encoder,prompts,store,kinds,contextRules,rules,temperature,halfLifeMs,sessionHalfLifeMs,maxWaitMs'.split(
    ',',
  ) as (keyof AttuneOptions<never>)[];

/** Options with every default filled in: the only place where defaults live. */
export interface ResolvedOptions<T> {
  readonly answer: Consent;
  readonly consent: Consent;
  readonly privacy: PrivacyMode;
  readonly user: string;
  readonly reader: ItemReader<T>;
  readonly sliders: readonly Slider[];
  readonly rules: ProfileRules;
  readonly standardize: boolean;
  readonly weights: RankWeights;
  readonly redact: (text: string) => string;
  readonly offLimits: { readonly topics: readonly string[]; readonly items: ((item: T) => boolean) | undefined };
  readonly keepText: 'items' | 'none';
  readonly encrypt: Encrypt;
  readonly assetBase: string;
  /** As given: what is not 'lite' or 'lexical' is checked by `describeModel`, which comes only where it is needed. */
  readonly model: NonNullable<AttuneOptions<T>['model']>;
  readonly prompts: AttuneOptions<T>['prompts'];
  readonly maxWaitMs: number;
  readonly worker: AttuneOptions<T>['worker'];
  readonly encoder: AttuneOptions<T>['encoder'];
  readonly store: AttuneOptions<T>['store'];
  readonly clock: Clock;
}

/**
 * What few sites give is checked apart, by `checkRare` (check-options.ts).
 *
 * @throws AttuneError `input/invalid` naming the option, its value and what it takes
 */
export function resolveOptions<T>(options: AttuneOptions<T>): ResolvedOptions<T> {
  if (options === null || typeof options !== 'object') {
    throw invalid('options', options, 'Pass an object; {} is enough.');
  }
  const answer = oneOf('consent', options.consent ?? 'unknown', CONSENTS);
  const { kinds = 'feed' } = options;
  const read = {
    id: functionOr('id', options.id, defaultId as (item: T) => string),
    text: functionOr('text', options.text, defaultText as (item: T) => string),
  };
  return {
    answer,
    consent: consentOf(answer, globalPrivacyControl()),
    privacy: oneOf('privacy', options.privacy ?? 'device', ['device', 'session', 'off']),
    user: userKey(options.user ?? 'default'),
    reader: read,
    sliders: makeSliders(options.sliders ?? []),
    rules: {
      kinds: typeof kinds === 'string' ? KIND_PRESETS[kinds] : { [HIDE]: -1, ...kinds }, // what a person hides must never attract
      temperature: options.temperature ?? 1,
      longHalfLifeMs: options.halfLifeMs ?? 14 * DAY_MS,
      sessionHalfLifeMs: options.sessionHalfLifeMs ?? DAY_MS / 4,
    },
    standardize: oneOf('standardize', options.standardize ?? true, [true, false]),
    weights: rankWeights(RANK_WEIGHTS, options.weights),
    redact: functionOr('redact', options.redact, (text: string) => text),
    offLimits: { topics: options.offLimits?.topics ?? [], items: options.offLimits?.items },
    keepText: oneOf('keepText', options.keepText ?? 'items', ['items', 'none']),
    encrypt: options.encrypt ?? false,
    assetBase: baseUrl(options.assetBase ?? '/attune/'),
    model: options.model ?? 'lite',
    prompts: options.prompts,
    maxWaitMs: options.maxWaitMs ?? 200,
    worker: options.worker === false ? false : functionOr('worker', options.worker, undefined),
    encoder: options.encoder,
    store: options.store,
    clock: {
      now: functionOr('now', options.now, () => Date.now()),
      random: functionOr('random', options.random, () => Math.random()),
    },
  };
}

/** `base` with `change` over it. @throws AttuneError `input/invalid` for a factor that is no number ≥ 0 */
export function rankWeights(base: RankWeights, change: Partial<RankWeights> | undefined): RankWeights {
  const weights = { ...base };
  for (const [name, value] of Object.entries(change === undefined ? {} : objectOf('weights', change)) as [
    keyof RankWeights,
    unknown,
  ][]) {
    if (!Object.hasOwn(base, name)) throw invalid('weights', name, `Its names are ${Object.keys(base).join(', ')}.`);
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) {
      throw invalid(`weights.${name}`, value, 'Factors are finite numbers of 0 or more.');
    }
    weights[name] = value;
  }
  return weights;
}

/**
 * The options of one call; none given are none.
 *
 * @throws AttuneError `input/invalid` when they are no object, or their `signal` is none
 */
export function callOptions<O extends { readonly signal?: AbortSignal }>(given: O | undefined): Partial<O> {
  if (given === undefined) return {};
  objectOf('options', given);
  if (given.signal !== undefined) hasMethods('signal', given.signal, ['throwIfAborted', 'addEventListener']);
  return given;
}

/** @throws AttuneError `input/invalid` for anything but an object */
export function objectOf<O>(name: string, value: O): O {
  if (value === null || typeof value !== 'object') throw invalid(name, value, 'Pass an object, or nothing.');
  return value;
}

/** @throws AttuneError `input/invalid` */
export function hasMethods<O>(name: string, value: O, methods: readonly string[]): O {
  const missing = methods.find((method) => typeof objectOf<unknown>(name, value)?.[method as never] !== 'function');
  if (missing !== undefined) throw invalid(name, value, `It has no ${missing}().`);
  return value;
}

/** @throws AttuneError `input/invalid` */
export function oneOf<V extends string | boolean>(name: string, value: V, values: readonly V[]): V {
  if (!values.includes(value)) throw invalid(name, value, `It is one of ${values.map((v) => `'${v}'`).join(', ')}.`);
  return value;
}

/** @throws AttuneError `input/invalid` */
export function functionOr<F extends (...args: never[]) => unknown, D extends F | undefined>(
  name: string,
  value: F | undefined,
  fallback: D,
): F | D {
  if (value !== undefined && typeof value !== 'function') throw invalid(name, value, 'Pass a function, or nothing.');
  return value ?? fallback;
}

/** @throws AttuneError `input/invalid` */
export function userKey(user: unknown): string {
  if (typeof user !== 'string' || user.length === 0 || user.length > 200) {
    throw invalid('user', user, 'Pass a string of 1 to 200 characters.');
  }
  return user;
}

/** `base` as an absolute URL ending in a slash, where there is a page to be relative to. */
export function baseUrl(base: string | URL): string {
  if (typeof base !== 'string' && !(base instanceof URL)) throw invalid('assetBase', base, 'Pass a URL or a path.');
  const text = String(base);
  const folder = text.endsWith('/') ? text : `${text}/`;
  try {
    return new URL(folder, globalThis.document?.baseURI).href;
  } catch {
    return folder; // outside a page, where nothing is fetched unless an absolute URL is given
  }
}

/** Whether the browser says for the person that nothing is to be kept. */
export function globalPrivacyControl(): boolean {
  return (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true;
}
