import { type Random, shuffled } from '../core/random.js';
import { EXPOSURE } from '../domain/experiment.js';
import { createIdMaker } from '../domain/id.js';
import { byTime, type Interaction, KIND_PRESETS, makeInteraction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import { invalid } from '../errors.js';
import type { AttuneExport } from '../sdk/rights-types.js';
import { inventWords, wordsOf } from './invented-words.js';
import { moveTimes } from './moved-times.js';

/** What stays as it is. */
export interface AnonymizeOptions {
  /** Uniform in [0, 1). Where chance can be guessed, times can be too: give it a source that can't, and keep no seed. */
  readonly random: Random;
  /** Keys of `context` and `metadata` whose values stay. Default none. */
  readonly keep?: readonly string[];
}

type Flat = Readonly<Record<string, string | number | boolean>>;

/** Kinds that say nothing of a site. */
const KNOWN_KINDS: ReadonlySet<string> = new Set([...Object.keys(KIND_PRESETS.feed), 'impression', EXPOSURE]);

/**
 * The log with which nothing can be told about the person: other ids, made-up words in no order, moved times, no titles, no
 * embeddings, no slider positions. docs/export.md says what is kept and lost.
 *
 * @throws AttuneError `input/invalid` for what is no export, or a row of it that makes no sense
 */
export function anonymizeLog(log: AttuneExport, { random, keep = [] }: AnonymizeOptions): AttuneExport {
  const { interactions, items } = checked(log);
  const numbers = shuffled([...new Set(interactions.map(({ itemId }) => itemId))], random);
  const itemIds = new Map(numbers.map((id, i) => [id, `item-${i + 1}`]));
  const used = items.filter(({ id }) => itemIds.has(id));
  const invented = inventWords(
    used.map(({ text }) => text),
    random,
  );
  const kinds = renamedKinds(interactions, random);
  const makeId = createIdMaker(random);
  const instants = moveTimes(
    interactions.map(({ at }) => at),
    random,
  );
  const records = used.map(({ id, text }) => ({ id: itemIds.get(id)!, text: rewritten(text, invented), title: '' }));
  return {
    format: 'attune-export',
    version: 1,
    exportedAt: instants.at(-1) ?? 0,
    interactions: interactions.map((interaction, i) => {
      const at = instants[i]!;
      const { kind, itemId, weight, dwellMs, position, context, metadata } = interaction;
      return {
        id: makeId(at),
        kind: kinds.get(kind) ?? kind,
        itemId: itemIds.get(itemId)!,
        at,
        ...(weight !== undefined && { weight: Number(weight.toPrecision(1)) }),
        ...(dwellMs !== undefined && { dwellMs: Math.round(dwellMs * (0.8 + 0.4 * random())) }),
        ...(position !== undefined && { position }),
        ...kept('context', context, keep),
        ...kept('metadata', metadata, keep),
      };
    }),
    items: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    sliders: {},
  };
}

/** The log's interactions, oldest first, and items, checked. */
function checked(log: AttuneExport): { interactions: Interaction[]; items: readonly ItemRecord[] } {
  const { format, version, interactions, items } = log ?? {};
  if (format !== 'attune-export' || version !== 1 || !Array.isArray(interactions) || !Array.isArray(items)) {
    throw invalid('log', format ?? log, "Pass an object with format 'attune-export' and version 1.");
  }
  for (const item of items as readonly Partial<ItemRecord>[]) {
    if (typeof item?.id !== 'string' || typeof item.text !== 'string') {
      throw invalid('item', item, 'Items have an id and a text.');
    }
  }
  const known = new Set((items as readonly ItemRecord[]).map(({ id }) => id));
  const rows = interactions.map((row: Interaction) => {
    const { id, kind, itemId, ...details } = row ?? {};
    if (!known.has(itemId)) throw invalid('itemId', itemId, 'Its item is not in the file.');
    return makeInteraction(String(id), kind, itemId, details, NaN);
  });
  return { interactions: rows.sort(byTime), items: items as readonly ItemRecord[] };
}

/** Kinds of a site's own, by number. */
function renamedKinds(interactions: readonly Interaction[], random: Random): ReadonlyMap<string, string> {
  const own = new Set(interactions.map(({ kind }) => kind).filter((kind) => !KNOWN_KINDS.has(kind)));
  return new Map(shuffled([...own], random).map((kind, i) => [kind, `kind-${i + 1}`]));
}

/** Which words a text has, each once, in the order of their stand-ins. */
function rewritten(text: string, invented: ReadonlyMap<string, string>): string {
  return wordsOf(text)
    .map((word) => invented.get(word)!)
    .sort()
    .join(' ');
}

function kept(name: 'context' | 'metadata', values: Flat | undefined, keep: readonly string[]): Record<string, Flat> {
  const entries = Object.entries(values ?? {}).filter(([key]) => keep.includes(key));
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
}
