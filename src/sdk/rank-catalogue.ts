import { invalid } from '../errors.js';
import { isAlive } from '../core/row-table.js';
import { hashText } from '../core/hash.js';
import type { Scan } from '../core/scan.js';
import type { ScanMemory } from '../core/scan-memory.js';
import { scanPairs } from '../core/scan-pairs.js';
import { scanCopies } from '../core/scan-slice.js';
import type { Query } from '../core/search-query.js';
import { addScaled } from '../core/vector.js';
import { addEmbedding } from '../domain/embedding-table.js';
import { askSite, type ItemRecord } from '../domain/item.js';
import { poolSize } from '../domain/pool.js';
import type { HiddenItem, LinearTerm } from '../domain/ranking.js';
import { raceAbort } from '../encoder/abort.js';
import { MOST_HIDDEN } from './arrange.js';
import { type CatalogueParts, insideOf, warnOfModel } from './catalogue.js';
import { findPool } from './catalogue-pool.js';
import { type CatalogueRows, slotsOf } from './catalogue-rows.js';
import type { SparseTerm } from './cold-start.js';
import type { Learner } from './learn.js';
import type { Ranker } from './rank.js';
import type { ChallengerParts } from './challengers.js';
import type { FoundationParts } from './foundation.js';
import { foldInterests, prepare, type RankInterestParts } from './rank-interests.js';
import type { SliderReader } from './read-sliders.js';
import { remember, type Resident } from './resident.js';
import { select, type SelectParts } from './select.js';
import type { Catalogue } from './catalogue-types.js';
import type { AttuneOptions, Ranking, RankOptions } from './types.js';
import { within } from './waiting.js';
import { type Wish, wishesOf, wishTerms } from './wishes.js';

export { openCatalogue } from './catalogue.js'; // one part is one file to fetch
export { catalogued } from './match-catalogue.js';

/** What ranking a catalogue takes. */
export interface RankParts<T> extends CatalogueParts<T>, SelectParts<T>, RankInterestParts<T> {
  readonly ranker: Ranker<T>;
  readonly sliders: SliderReader;
  readonly options: SelectParts<T>['options'] & CatalogueParts<T>['options'] & { readonly maxWaitMs: number };
  readonly asked: Pick<AttuneOptions<T>, 'rules' | 'priors' | 'interests' | 'foundation'>;
  readonly learner: Learner;
  readonly resident: Resident<T>;
  /** Tells that what was late is understood now. */
  readonly onReady: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Places of a ranking unless `limit` says otherwise: nobody looks through a whole catalogue. Judgement. */
const USUAL_LIMIT = 50;

/** Items a `filter`, a boost or a rule is asked about without a break. Judgement. */
const ASKED_AT_ONCE = 1024;

/** What functions of the site said of each slot, for as long as nothing changes. */
const answers = new WeakMap<object, { readonly version: number; readonly by: WeakMap<object, Float64Array> }>();

/**
 * Ranks a catalogue: one exact scan finds the pool, whose rows and items are then ranked as any others are. So the order
 * and every score are those that `rank` would give of all its items.
 *
 * Rejects with AttuneError `input/invalid`, `model/corrupt` for a file that was changed since it was opened, or `signal.reason`.
 */
export async function rankCatalogue<T>(
  catalogue: Catalogue<T> | readonly T[],
  { limit = USUAL_LIMIT, filter, signal, ...others }: RankOptions<T>,
  parts: RankParts<T> & ChallengerParts<T> & FoundationParts<T>,
): Promise<Ranking<T>> {
  const {
    resident,
    learner,
    model,
    sliders,
    standing,
    ranker,
    recordOf,
    warnOnce,
    check,
    options,
    asked,
    onReady,
    onFailure,
  } = parts;
  const isOff = (): boolean => standing.privacy === 'off';
  const inside = insideOf(catalogue);
  const { rows, modelVersion } = inside;
  const given = { ...others, limit };
  const now = parts.now();
  const wishes = wishesOf(asked.rules, given, now);
  const selection = select<T>([], given, parts);
  const ready = prepare(parts);
  if (rows === undefined || !(limit >= 0)) return ranker.rank([], [], given, false);
  const ensured = Promise.all([model.ensure(sliders.texts), standing.opened, isOff() || selection.read(), ready()]);
  let late = false;
  ensured.then(
    () => late && onReady(),
    (error: unknown) => late && onFailure(error),
  );
  const done = await raceAbort(within(ensured, options.maxWaitMs), signal);
  late = !done;
  check();
  const isOther = modelVersion !== model.modelVersion || (model.table?.dim ?? rows.table.dim) !== rows.table.dim;
  if (isOther && !isOff()) warnOfModel(inside, parts);
  const isPersonal = !isOther && !isOff();
  if (isPersonal && rows.size > 0) model.room(rows.table.dim).statistics = rows;
  const { linear, interests } = foldInterests(isPersonal ? ranker.terms({ selection }) : [], parts);
  const sparse = isOff() ? [] : (selection.prior?.sparse() ?? []);
  const bias = isOff() ? undefined : await biasOf(rows, linear, wishes, sparse, recordOf, signal);
  const passing =
    filter === undefined ? undefined : await answersOf(rows, filter, (item) => isPassed(filter, item), signal);
  const left = passing === undefined ? [] : await leftOut(rows, passing, signal);
  const unwanted = isOff() ? [] : slotsFor(rows, [...learner.hidden(), ...selection.seen()], passing);
  const count = (passing?.reduce((sum, passes) => sum + passes, 0) ?? rows.size) - unwanted.length;
  const k = Math.min(poolSize(limit), rows.size);
  const query = { ...foldedOf(rows, linear, bias, passing, unwanted, k), interests };
  const { slots, data } = await findPool(rows, query, unwanted.slice(0, MOST_HIDDEN), signal);
  const stored = await raceAbort(rows.readItems(slots), signal);
  check();
  const items = stored.map(({ item }) => item);
  const records = items.map(recordOf);
  if (isPersonal && modelVersion === model.modelVersion) {
    bringRows(parts, rows, records, data);
    if (done && asked.foundation !== undefined)
      await (await import('./foundation.js')).foundationOf(parts)?.ready(records);
  }
  const unlike = records.filter(({ text }, i) => !isOf(stored[i]!, text)).length;
  if (unlike > 0) {
    const what = `${unlike} of ${records.length} items have another text than their rows were made of`;
    warnOnce(
      'catalogue text',
      invalid('catalogue', what, 'Index it with the `--text` that `text` reads, or `reembed()`.'),
    );
  }
  remember(resident, items, records);
  const terms = wishTerms(asked.rules, given, items, records, now);
  const { scan, release } = kernelScan(rows.table.dim === model.table?.dim ? rows.table.coded : null);
  const own = { ...selection, left, scan, isPool: count > k };
  const ranking = ranker.rank(items, records, given, !done || (isOther && !isOff()), terms, own);
  release();
  return ranking;
}

/** Goes over rows by the kernel until it is released, then without: a ranking that is kept must not keep its catalogue. */
function kernelScan(coded: ScanMemory | null): { readonly scan: Scan; release(): void } {
  let memory = coded;
  return {
    scan: (...given) => (memory === null ? scanPairs(...given) : scanCopies(memory, ...given)),
    release: () => void (memory = null),
  };
}

/** Texts that stored items were found to be of: hashing 200 texts took a fifth of a ranking. */
const textsOf = new WeakMap<object, string>();

function isOf(stored: { readonly textHash: string }, text: string): boolean {
  if (textsOf.get(stored) === text) return true;
  const isSame = hashText(text) === stored.textHash;
  if (isSame) textsOf.set(stored, text);
  return isSame;
}

/** Puts the pool's rows where rankings find their items' rows. */
function bringRows<T>(
  { model, sliders }: RankParts<T>,
  rows: CatalogueRows<T>,
  records: readonly ItemRecord[],
  data: Float32Array,
): void {
  const { dim } = rows.table;
  const wanted = new Set([...sliders.texts, ...records.map(({ text }) => text)]);
  const table = model.room(dim, wanted, records.length);
  table.statistics = rows;
  records.forEach(({ text }, i) => addEmbedding(table, text, data.subarray(i * dim, (i + 1) * dim)));
}

/** The linear terms folded into `q`, the others into `bias`. */
function foldedOf<T>(
  { table }: CatalogueRows<T>,
  linear: readonly LinearTerm[],
  bias: Float64Array | undefined,
  passing: Float64Array | undefined,
  unwanted: readonly number[],
  k: number,
): Query {
  const q = new Float64Array(table.dim);
  for (const { direction, scale } of linear) addScaled(q, direction, scale);
  let filter: Uint32Array | undefined;
  if (passing !== undefined) {
    filter = new Uint32Array(table.alive.length);
    passing.forEach((passes, slot) => (filter![slot >> 5]! |= passes << (slot & 31)));
  } else if (unwanted.length > 0) filter = Uint32Array.from(table.alive);
  for (const slot of unwanted) filter![slot >> 5]! &= ~(1 << (slot & 31));
  return { q, k, ...(bias !== undefined && { bias }), ...(filter !== undefined && { filter }) };
}

/** Slots of these items, as far as the catalogue has them and the filter leaves them. */
function slotsFor<T>(
  rows: CatalogueRows<T>,
  ids: readonly string[],
  passing: Float64Array | undefined,
): readonly number[] {
  const slots = new Set(ids.map((id) => rows.slotOf(id)));
  return [...slots].filter((slot) => slot >= 0 && passing?.[slot] !== 0);
}

/** What a filter leaves out, as far as a ranking names it. */
async function leftOut<T>(
  rows: CatalogueRows<T>,
  passing: Float64Array,
  signal: AbortSignal | undefined,
): Promise<HiddenItem<T>[]> {
  const slots: number[] = [];
  for (let slot = 0; slot < passing.length && slots.length < MOST_HIDDEN; slot++) {
    if (passing[slot] === 0 && isAlive(rows.table, slot)) slots.push(slot);
  }
  const stored = slots.length === 0 ? [] : await raceAbort(rows.readItems(slots), signal);
  return stored.map(({ item }, i) => ({ item, id: rows.idOf(slots[i]!), because: 'filter' }));
}

/** Scalar terms by slot, and what an item of which nothing is known lacks of the linear ones; undefined where all are 0. */
async function biasOf<T>(
  rows: CatalogueRows<T>,
  linear: readonly LinearTerm[],
  wishes: readonly Wish<T>[],
  sparse: readonly SparseTerm[],
  recordOf: (item: T) => ItemRecord,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const constant = linear.reduce((sum, { offset }) => sum + offset, 0);
  const values: { readonly factor: number; readonly said: Float64Array }[] = [];
  for (const { given, readOf, factor } of wishes) {
    const said = await answersOf(rows, given, (item) => readOf(item, () => recordOf(item)), signal);
    values.push({ factor, said });
  }
  if (wishes.length + sparse.length === 0 && (constant === 0 || rows.unknown.size === 0)) return undefined;
  const bias = new Float64Array(rows.table.slots);
  for (let slot = 0; slot < bias.length; slot++) {
    let sum = rows.unknown.has(slot) ? 0 : constant;
    for (const { factor, said } of values) sum += factor * (said[slot] ?? 0);
    bias[slot] = sum;
  }
  for (const { values, factor } of sparse) {
    for (const [id, value] of values) {
      const slot = rows.slotOf(id);
      if (slot >= 0) bias[slot] = bias[slot]! + factor * value;
    }
  }
  return bias;
}

/**
 * What a function or a rule of the site says of each slot. Each item is read once for each, as long as the catalogue
 * stays and the function is the same: pass one that you keep, not a new one with each call.
 */
async function answersOf<T>(
  rows: CatalogueRows<T>,
  ask: object,
  answer: (item: T) => number,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const { version } = rows.table;
  if (answers.get(rows)?.version !== version) answers.set(rows, { version, by: new WeakMap() });
  const known = answers.get(rows)!.by.get(ask);
  if (known !== undefined) return known;
  const said = new Float64Array(rows.table.slots);
  const slots = slotsOf(rows);
  for (let first = 0; first < slots.length; first += ASKED_AT_ONCE) {
    const some = slots.slice(first, first + ASKED_AT_ONCE);
    const items = await raceAbort(rows.readItems(some), signal);
    items.forEach(({ item }, i) => (said[some[i]!] = answer(item)));
    signal?.throwIfAborted();
  }
  if (rows.table.version === version) answers.get(rows)?.by.set(ask, said);
  return said;
}

function isPassed<T>(filter: (item: T) => boolean, item: T): number {
  return askSite('filter', () => filter(item)) ? 1 : 0;
}
