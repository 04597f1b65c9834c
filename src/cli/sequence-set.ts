import { checksum } from '../core/checksum.js';
import { isAction } from '../domain/interaction.js';
import { keepEvents, knownBefore, nameOfEvents } from '../lab/evaluation/known.js';
import type { EvaluationLog } from '../lab/evaluation/log.js';
import { ASKS, type Plan, planOf } from '../lab/evaluation/protocol.js';
import type { ItemRows } from '../lab/evaluation/replay.js';

/**
 * A log as training/foundation reads it, little-endian: `attune-sequences-1\n` and blanks up to 20 bytes; the length of the
 * header as u32, its checksum; the header as JSON, blanks after it up to a multiple of 4; then its columns, one after the other.
 */
export interface SequenceSet {
  readonly header: {
    readonly encoder: string;
    /** Numbers of an item's row. */
    readonly text: number;
    readonly items: readonly string[];
    readonly kinds: readonly string[];
    readonly devices: readonly string[];
    readonly phases: readonly string[];
    /** Names, as a model's file holds them, of what was learned from without and with the validation part. */
    readonly log: { readonly learning: string; readonly all: string };
    /** Whether what was acted on before may be the answer. */
    readonly repeats: boolean;
  };
  readonly columns: Readonly<Record<(typeof COLUMNS)[number], Uint32Array | Float32Array | Float64Array>>;
}

/** One number an event, actions alone, oldest first; `texts`: `text` numbers an item. */
const COLUMNS = [
  'user',
  'item', // numbers of header.items
  'kind', // numbers of header.kinds
  'device', // numbers of header.devices from 1; 0: not told
  'phase',
  'isTarget', // 1: counts as an answer
  'part', // 0: learned from; 1: validation; 2: test
  'asked', // 1: asked for in its part
  'at', // f64: epoch ms
  'dwellMs', // f32, NaN: not known; likewise
  'hour',
  'weekday',
  'texts',
] as const;

const PARTS = { learning: 0, validation: 1, test: 2 } as const;
/** Names kept of what sites call things: more would be no vocabulary. Judgement. */
const MOST_NAMES = 64;

/**
 * The log in the three parts of the plan: what is asked for by it (`test`); what the same protocol asks for of the rest
 * (`validation`), to choose by; and all else.
 *
 * @throws AttuneError `input/invalid` where a part is empty
 */
export function sequenceSetOf(log: EvaluationLog, plan: Plan, rows: ItemRows, encoder: string): SequenceSet {
  const known = knownBefore(log, plan);
  const earlier = keepEvents(log, known);
  const earlierPlan = planOf(earlier, plan.protocol);
  const learned = knownBefore(earlier, earlierPlan);
  const part = new Uint32Array(known.length).fill(PARTS.test);
  const asked = Uint32Array.from(plan.asks, (asks) => asks & ASKS.item);
  let n = 0;
  known.forEach((isKnown, e) => {
    if (isKnown === 0) return;
    part[e] = learned[n] === 1 ? PARTS.learning : PARTS.validation;
    asked[e] = earlierPlan.asks[n]! & ASKS.item;
    n++;
  });
  const devices = wordsOf(log, 'device');
  const phases = wordsOf(log, 'phase');
  const actions = [...log.at.keys()].filter((e) => isAction({ kind: log.kinds[log.kind[e]!]! }));
  const whole = (of: (e: number) => number): Uint32Array => Uint32Array.from(actions, of);
  const told = (name: 'hour' | 'weekday'): Float32Array =>
    Float32Array.from(actions, (e) => {
      const value = log.contexts?.[e]?.[name];
      return typeof value === 'number' ? value : NaN;
    });
  return {
    header: {
      ...{ encoder, text: rows.dim, items: log.items.map(({ id }) => id), kinds: log.kinds, devices, phases },
      log: { learning: nameOfEvents(keepEvents(earlier, learned)), all: nameOfEvents(earlier) },
      repeats: plan.protocol.repeats,
    },
    columns: {
      user: whole((e) => log.user[e]!),
      item: whole((e) => log.item[e]!),
      kind: whole((e) => log.kind[e]!),
      device: whole((e) => devices.indexOf(log.contexts?.[e]?.['device'] as string) + 1),
      phase: whole((e) => phases.indexOf(log.contexts?.[e]?.['phase'] as string) + 1),
      isTarget: whole((e) => plan.isTarget[e]!),
      part: whole((e) => part[e]!),
      asked: whole((e) => asked[e]!),
      at: Float64Array.from(actions, (e) => log.at[e]!),
      dwellMs: Float32Array.from(actions, (e) => log.dwellMs?.[e] ?? NaN),
      hour: told('hour'),
      weekday: told('weekday'),
      texts: rows.data,
    },
  };
}

/** What contexts call a thing, the most frequent first, of equal ones in their own order. */
function wordsOf({ contexts = [] }: EvaluationLog, name: string): string[] {
  const counts = new Map<string, number>();
  for (const context of contexts) {
    const word = context?.[name];
    if (typeof word === 'string') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(([word]) => word);
}

/** The parts of its file, in order. */
export function writeSequenceSet({ header, columns }: SequenceSet): Uint8Array[] {
  const lengths = COLUMNS.map((name) => [name, columns[name].length]);
  const text = new TextEncoder().encode(JSON.stringify({ ...header, columns: Object.fromEntries(lengths) }));
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(32);
  padded.set(text);
  const start = new Uint8Array(28);
  start.set(new TextEncoder().encode('attune-sequences-1\n '));
  new DataView(start.buffer).setUint32(20, padded.length, true);
  new DataView(start.buffer).setUint32(24, checksum(padded), true);
  const bytes = COLUMNS.map((name) => columns[name]).map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [start, padded, ...bytes];
}
