import { invalid } from '../errors.js';

/**
 * `domain` is the product's nouns and decisions: plain readonly data and pure functions. Time is an argument.
 * An interaction is one stored action of the person on one item.
 */
export interface Interaction {
  /** Unique and time-ordered: ids sort by `at`, then by the order in which they were made. */
  readonly id: string;
  readonly kind: string;
  readonly itemId: string;
  /** Epoch ms. */
  readonly at: number;
  /** Multiplies the kind's weight; ≥ 0, default 1. */
  readonly weight?: number;
  /** How long the person stayed with the item, ms. */
  readonly dwellMs?: number;
  /** Where in the list the item stood, from 0. */
  readonly position?: number;
  readonly context?: Readonly<Record<string, string | number | boolean>>;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** Kinds that are noted beside what people do: that an item was shown, what a site says came of it, and an experiment's arm. */
const NOTED: readonly string[] = ['impression', 'outcome', 'exposure'];

/** Whether the person did something. What is only noted weighs nothing: it is neither learned from nor counted nor listed. */
export function isAction({ kind }: Pick<Interaction, 'kind'>): boolean {
  return !NOTED.includes(kind);
}

/** What `track` takes beside kind and item. */
export type TrackDetails = Partial<Omit<Interaction, 'id' | 'kind' | 'itemId'>>;

/** Signed weight of each kind of interaction: above 0 attracts, below 0 repels, 0 only counts. */
export type KindWeights = Readonly<Record<string, number>>;

/** For chat and messaging: what a person writes says most. Judgement; the ratios named in SPEC §1 are kept. */
const CONVERSATION: KindWeights = {
  write: 1.5,
  read: 0.5,
  react: 0.8,
  click: 1,
  share: 1.2,
  view: 0.4,
  save: 0.9,
  bookmark: 0.9,
  search: 0.7,
  purchase: 2,
  skip: -0.3,
  hide: -1,
  dislike: -1.5,
};

/** For feeds, shops and libraries: the dearer the action, the more it says. Judgement; as above. */
const FEED: KindWeights = {
  write: 3,
  read: 1.5,
  react: 2,
  click: 1,
  share: 5,
  view: 1,
  save: 3,
  bookmark: 3,
  search: 1.5,
  purchase: 8,
  skip: -0.3,
  hide: -1,
  dislike: -1.5,
};

/** The two presets; each lists every built-in kind. */
export type KindPreset = 'conversation' | 'feed';
/** The weights of each preset, by kind. */
export const KIND_PRESETS: Readonly<Record<KindPreset, KindWeights>> = { conversation: CONVERSATION, feed: FEED };

/** Base weight of a kind; kinds nobody listed weigh 1. Prototype names such as `constructor` are ordinary kinds. */
function kindWeight(kinds: KindWeights, kind: string): number {
  return Object.hasOwn(kinds, kind) ? kinds[kind]! : 1;
}

/** `kindWeight × weight`, raised to the `temperature` with its sign kept: `sign(w)·|w|^t`. Age is applied elsewhere. */
export function interactionWeight(interaction: Interaction, kinds: KindWeights, temperature: number): number {
  const w = kindWeight(kinds, interaction.kind) * (interaction.weight ?? 1);
  return temperature === 1 ? w : Math.sign(w) * Math.abs(w) ** temperature;
}

const LIMITS = { kind: 64, id: 1024 } as const;

/**
 * A checked interaction.
 *
 * @throws AttuneError `input/invalid` naming the wrong field and what it takes
 */
export function makeInteraction(
  id: string,
  kind: unknown,
  itemId: unknown,
  details: TrackDetails,
  now: number,
): Interaction {
  if (typeof kind !== 'string' || kind.length === 0 || kind.length > LIMITS.kind) {
    throw invalid('kind', kind, `Pass a name of 1 to ${LIMITS.kind} characters, such as 'save'.`);
  }
  if (typeof itemId !== 'string' || itemId.length === 0 || itemId.length > LIMITS.id) {
    throw invalid('item id', itemId, `Ids are strings of 1 to ${LIMITS.id} characters; set the \`id\` option.`);
  }
  if (details === null || typeof details !== 'object') {
    throw invalid('details', details, 'Pass an object such as { dwellMs: 1200 }, or nothing.');
  }
  const { at = now, weight, dwellMs, position, context, metadata } = details;
  numberIn('at', at, 0, 8.64e15, 'epoch milliseconds');
  return {
    id,
    kind,
    itemId,
    at,
    ...(weight !== undefined && { weight: numberIn('weight', weight, 0, 1000, 'a factor from 0 to 1000') }),
    ...(dwellMs !== undefined && { dwellMs: numberIn('dwellMs', dwellMs, 0, 8.64e15, 'milliseconds, 0 or more') }),
    ...(position !== undefined && { position: numberIn('position', position, 0, 1e9, 'a place from 0') }),
    ...(context !== undefined && { context: flatRecord('context', context) }),
    ...(metadata !== undefined && { metadata: flatRecord('metadata', metadata) }),
  };
}

function numberIn(name: string, value: unknown, low: number, high: number, expected: string): number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw invalid(name, value, `It takes ${expected}.`);
  }
  return value;
}

function flatRecord(name: string, value: unknown): Record<string, string | number | boolean> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(name, value, 'Pass a flat object of strings, numbers and booleans.');
  }
  for (const [key, entry] of Object.entries(value)) {
    if (!['string', 'number', 'boolean'].includes(typeof entry) || Number.isNaN(entry)) {
      throw invalid(`${name}.${key}`, entry, 'Values are strings, numbers or booleans.');
    }
  }
  return { ...value };
}

/** Oldest first; equal times in id order, which is the order in which they were made. */
export function byTime(a: Pick<Interaction, 'id' | 'at'>, b: Pick<Interaction, 'id' | 'at'>): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
