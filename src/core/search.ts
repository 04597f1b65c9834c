import { invalid } from '../errors.js';
import { type Candidates, createCandidates, makeRoomFor, swapCandidates } from './candidates.js';
import type { RowTable } from './row-table.js';
import { BLOCK_ROWS } from './scan-memory.js';
import { bringQueries, exactScores, sampleThreshold, scanCoded, scanPlain } from './scan-slice.js';
import { type CodedQuery, codeQueries, type FoldedQuery, foldQuery, type Query } from './search-query.js';
import { bestOf, createThreshold, kthLargest, settleThreshold, type Threshold } from './topk.js';
import { dotRow } from './vector.js';

/**
 * Exact top-k in two steps. `scanNext` goes over the rows a slice at a time and keeps those whose upper bound is above
 * the k-th largest lower bound so far: no other row can be among the best. Then the exact scores of a few of them decide:
 * `undecided` names rows and `decide` takes their f32 numbers, until the k-th best exact score is above the upper bound of
 * every row not looked at. So the result is certified, whatever the data; only how many rows that takes depends on it.
 *
 * A score is `max over queries (Q·x) + bias` in double precision, each Q·x summed as in `dotRow`. Adding the same bias keeps
 * two doubles in order, also where it rounds: bounds stay bounds, and a row whose two bounds are equal is known exactly.
 * Of equal scores the lower row comes first; that is why rows are scanned in order, and a later one that only ties is passed over.
 */
export interface Search {
  readonly table: RowTable;
  readonly query: FoldedQuery;
  readonly coded: CodedQuery | null;
  readonly version: number;
  readonly threshold: Threshold;
  /** The next row to scan. */
  next: number;
  readonly candidates: Candidates;
  /** How many candidates, the first ones, are known exactly: both bounds are the score. */
  decided: number;
  /** How many of those after them are asked for. */
  asked: number;
  /** How many rows' f32 numbers were looked at. */
  looked: number;
}

/** The best rows, best first. */
export interface Found {
  readonly rows: Int32Array;
  readonly scores: Float64Array;
  /** How many rows' f32 numbers that took, beside their codes. */
  readonly looked: number;
}

/** Rows asked for at first beyond twice `k`, so that a second time is rare. Judgement. */
const MARGIN = 32;

/** What a scan of all rows leaves to be decided: rows that may be among the best, in ascending order, with their bounds. */
export interface Scanned {
  readonly rows: Int32Array<ArrayBuffer>;
  readonly upper: Float64Array<ArrayBuffer>;
  readonly lower: Float64Array<ArrayBuffer>;
  /** No upper bound below it can be among the best. */
  readonly least: number;
}

/** @throws AttuneError `input/invalid` */
export function openSearch(table: RowTable, query: Query): Search {
  const folded = foldQuery(table, query);
  return {
    table,
    query: folded,
    coded: table.coded === null ? null : codeQueries(table, table.coded.width, folded.queries),
    version: table.version,
    threshold: createThreshold(Math.max(folded.k, 1)),
    next: folded.k === 0 ? table.slots : 0,
    candidates: createCandidates(BLOCK_ROWS),
    decided: 0,
    asked: 0,
    looked: 0,
  };
}

/** Whether rows were added, changed or removed since the search was opened: then it must be opened anew. */
export function isStale({ table, version }: Search): boolean {
  return table.version !== version;
}

/**
 * Scans the next `slice` rows, rounded up to blocks of 1,024. The caller may yield between slices, or drop the search.
 * O(slice · queries · dim).
 *
 * @param slice at least 1
 * @returns whether rows are left
 * @throws AttuneError `input/invalid` when the search is stale
 */
export function scanNext(search: Search, slice: number = Infinity): boolean {
  mustBeFresh(search);
  if (!(slice >= 1)) throw invalid('slice', slice, 'Pass how many rows to scan, at least 1.');
  const { table, coded, query, candidates, threshold } = search;
  if (coded === null && table.plain === null) throw invalid('table', 'slots alone', 'Scan its rows where they lie.');
  const end = Math.min(table.slots, search.next + slice);
  if (coded !== null) {
    bringQueries(table.coded!, coded);
    if (search.next === 0) threshold.value = sampleThreshold(table.coded!, table, query);
  }
  for (; search.next < end; search.next += BLOCK_ROWS) {
    makeRoomFor(candidates, BLOCK_ROWS);
    if (coded === null) scanPlain(table, query, search.next, candidates, threshold);
    else scanCoded(table.coded!, table, query, search.next, candidates, threshold);
  }
  return search.next < table.slots;
}

/**
 * What the scan found, for a search over the same slots that can't scan itself (`takeScanned`).
 *
 * @throws AttuneError `input/invalid` before all rows are scanned
 */
export function scanned({ table, next, candidates, threshold }: Search): Scanned {
  if (next < table.slots) throw invalid('search', next, 'Scan all rows first.');
  const least = settleThreshold(threshold);
  const { rows, upper, lower, count } = candidates;
  const some = Array.from({ length: count }, (_, i) => i).filter((i) => upper[i]! >= least);
  return {
    rows: Int32Array.from(some, (i) => rows[i]!),
    upper: Float64Array.from(some, (i) => upper[i]!),
    lower: Float64Array.from(some, (i) => lower[i]!),
    least,
  };
}

/**
 * Goes on from a scan of the same rows by the same query on another thread, as if it had been this search's own.
 *
 * @throws AttuneError `input/invalid` when the search is stale
 */
export function takeScanned(search: Search, { rows, upper, lower, least }: Scanned): void {
  mustBeFresh(search);
  Object.assign(search.candidates, { rows, upper, lower, count: rows.length });
  search.threshold.value = least;
  search.next = search.table.slots;
}

/**
 * Rows whose f32 numbers are needed next: none once the result is certified. There are at most two such lists, the first of
 * at most `2k + 32` rows. The same list until `decide` or `decideResident` answers it.
 *
 * @throws AttuneError `input/invalid` before all rows are scanned, or when the search is stale
 */
export function undecided(search: Search): Int32Array {
  mustBeFresh(search);
  if (search.next < search.table.slots) throw invalid('search', search.next, 'Scan all rows first.');
  if (search.asked === 0) ask(search);
  return search.candidates.rows.slice(search.decided, search.decided + search.asked);
}

/**
 * Takes the f32 numbers of the rows that `undecided` named.
 *
 * @param vectors row-major, in that order
 * @throws AttuneError `input/invalid` when a row is not the one that was coded, or the search is stale
 */
export function decide(search: Search, vectors: Float32Array): void {
  mustBeFresh(search);
  const { asked, table, query } = search;
  const { dim } = table;
  if (vectors.length !== asked * dim) throw invalid('vectors', vectors.length, `Pass ${asked} rows of ${dim} numbers.`);
  const scores = new Float64Array(asked).fill(-Infinity);
  for (const q of query.queries) {
    for (let i = 0; i < asked; i++) scores[i] = Math.max(scores[i]!, dotRow(q, vectors, i * dim));
  }
  settle(search, scores);
}

/** Does what `decide` does with the f32 rows in memory. */
export function decideResident(search: Search): void {
  const { decided, asked, table, coded, query, candidates } = search;
  mustBeFresh(search);
  if (table.coded === null || coded === null) return; // without codes nothing is undecided
  if (!table.coded.keepsRows) throw invalid('table', 'codes alone', 'Pass the rows to `decide`.');
  const rows = candidates.rows.subarray(decided, decided + asked);
  settle(search, exactScores(table.coded, coded, query.queries.length, rows));
}

/**
 * The best rows of a certified search.
 *
 * @throws AttuneError `input/invalid` while rows are undecided
 */
export function found(search: Search): Found {
  if (undecided(search).length > 0) throw invalid('search', search.asked, 'Decide the undecided rows first.');
  const { query, decided, looked } = search;
  const { rows, upper } = search.candidates;
  const best = bestOf(upper, rows, decided, query.k);
  return {
    rows: Int32Array.from(best, (i) => rows[i]!),
    scores: Float64Array.from(best, (i) => upper[i]!),
    looked,
  };
}

/** A whole search over rows in memory, in one go. */
export function findBest(table: RowTable, query: Query): Found {
  const search = openSearch(table, query);
  scanNext(search);
  while (undecided(search).length > 0) decideResident(search);
  return found(search);
}

/** Drops what can no longer be among the best, and asks for what must be looked at. */
function ask(search: Search): void {
  const { query, threshold, candidates } = search;
  const { upper, lower } = candidates;
  const first = search.decided === 0;
  const least = Math.max(settleThreshold(threshold), kthOf(upper, search.decided, query.k));
  let end = search.decided;
  for (let i = end; i < candidates.count; i++) {
    if (upper[i]! < least) continue;
    swapCandidates(candidates, i, end);
    if (first && upper[end] === lower[end]) swapCandidates(candidates, end, search.decided++);
    end++;
  }
  candidates.count = end;
  search.asked = end - search.decided;
  if (first) askLess(search, 2 * query.k + MARGIN);
}

/** Asks for the `most` rows of largest upper bounds alone, since their scores will leave few others to ask for. */
function askLess(search: Search, most: number): void {
  const { candidates, decided, asked } = search;
  if (asked <= most) return;
  const { upper } = candidates;
  const end = decided + asked;
  const bar = kthOf(upper.subarray(decided, end), asked, most);
  let to = decided;
  for (let i = to; i < end; i++) if (upper[i]! > bar) swapCandidates(candidates, i, to++);
  for (let i = to; to < decided + most; i++) if (upper[i] === bar) swapCandidates(candidates, i, to++);
  search.asked = most;
}

function settle(search: Search, scores: Float64Array): void {
  const { query, decided, asked } = search;
  const { rows, upper, lower } = search.candidates;
  for (let i = 0; i < asked; i++) {
    const at = decided + i;
    const score = scores[i]! + (query.bias === null ? 0 : query.bias[rows[at]!]!);
    if (!(score >= lower[at]! && score <= upper[at]!)) {
      throw invalid(`row ${rows[at]}`, score, 'Bring its numbers as they were when it was added.');
    }
    scores[i] = score;
  }
  upper.set(scores, decided);
  lower.set(scores, decided);
  search.decided += asked;
  search.looked += asked;
  search.asked = 0;
}

/** The k-th largest of the first `count` values, −Infinity where there are fewer. */
function kthOf(values: Float64Array, count: number, k: number): number {
  return k === 0 || count < k ? -Infinity : kthLargest(values.slice(0, count), count, k);
}

function mustBeFresh(search: Search): void {
  if (isStale(search)) throw invalid('search', 'stale', 'Rows changed since it was opened; open it again.');
}
