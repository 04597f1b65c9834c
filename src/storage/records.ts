import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';

/**
 * One record of the log: an append, or several neighbouring ones merged. A merged record stands under the key of its
 * last append and remembers which key each of them had (`keys`, growing) and where its interactions end (`ends`), so
 * that whoever has read up to any key still gets what came after it, and nothing twice.
 */
export interface BatchRecord {
  readonly logId: string;
  readonly interactions: readonly Interaction[];
  readonly keys?: readonly number[];
  readonly ends?: readonly number[];
}

/** A record as found, what is damaged apart; undefined when nothing in it can be told. */
export function readRecord(found: unknown): { record: BatchRecord; damaged: readonly unknown[] } | undefined {
  if (!isObject(found) || typeof found['logId'] !== 'string' || !Array.isArray(found['interactions'])) return undefined;
  const record = found as unknown as BatchRecord;
  const parts = record.keys === undefined || isParts(record);
  if (parts && record.interactions.every(isInteraction)) return { record, damaged: [] };
  const { logId, interactions } = record;
  const damaged: unknown[] = interactions.filter((each) => !isInteraction(each));
  const whole = parts ? record : { logId, interactions };
  return { record: keepOf(whole, isInteraction), damaged };
}

/** An item as found, or undefined when it is none. */
export function readItemRecord(found: unknown): (ItemRecord & { logId: string }) | undefined {
  const sound = isObject(found) && ['id', 'text', 'title', 'logId'].every((name) => typeof found[name] === 'string');
  return sound ? (found as unknown as ItemRecord & { logId: string }) : undefined;
}

/** The interactions of a record whose own append had a key above `after`. */
export function interactionsAfter({ keys, ends, interactions }: BatchRecord, after: number): readonly Interaction[] {
  if (keys === undefined || keys[0]! > after) return interactions;
  return interactions.slice(ends![keys.findLastIndex((key) => key <= after)]);
}

/** The key of the append that brought the interaction at `index` of a record found under `key`. */
export function keyAt({ keys, ends }: BatchRecord, key: number, index: number): number {
  return keys?.[ends!.findIndex((end) => index < end)] ?? key;
}

/** The record with only those interactions that pass; appends that lost all of theirs are no longer named. */
export function keepOf(record: BatchRecord, passes: (interaction: Interaction) => boolean): BatchRecord {
  const { logId, interactions, keys, ends } = record;
  if (keys === undefined) return { logId, interactions: interactions.filter(passes) };
  const parts = keys.map((key, i) => ({ key, kept: interactions.slice(ends![i - 1] ?? 0, ends![i]).filter(passes) }));
  return join(
    logId,
    parts.filter(({ kept }) => kept.length > 0),
  );
}

/** Neighbouring records of one log as one, to stand under the last one's key. */
export function mergeRecords(found: readonly { readonly key: number; readonly record: BatchRecord }[]): BatchRecord {
  const parts = found.flatMap(({ key, record: { keys, ends, interactions } }) =>
    keys === undefined
      ? [{ key, kept: interactions }]
      : keys.map((own, i) => ({ key: own, kept: interactions.slice(ends![i - 1] ?? 0, ends![i]) })),
  );
  return join(found[0]!.record.logId, parts);
}

function join(logId: string, parts: readonly { key: number; kept: readonly Interaction[] }[]): BatchRecord {
  let end = 0;
  return {
    logId,
    interactions: parts.flatMap(({ kept }) => kept),
    keys: parts.map(({ key }) => key),
    ends: parts.map(({ kept }) => (end += kept.length)),
  };
}

function isParts({ keys, ends, interactions }: BatchRecord): boolean {
  return (
    Array.isArray(keys) &&
    Array.isArray(ends) &&
    keys.length === ends.length &&
    keys.every((key, i) => Number.isFinite(key) && (i === 0 || key > keys[i - 1]!)) &&
    ends.every((end, i) => Number.isInteger(end) && end >= (ends[i - 1] ?? 0)) &&
    (ends.at(-1) ?? 0) === interactions.length
  );
}

function isInteraction(value: unknown): value is Interaction {
  if (!isObject(value)) return false;
  const { id, kind, itemId, at, weight } = value;
  return (
    [id, kind, itemId].every((text) => typeof text === 'string' && text !== '') &&
    Number.isFinite(at) &&
    (weight === undefined || (Number.isFinite(weight) && (weight as number) >= 0))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
