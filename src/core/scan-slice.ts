import { addCandidate, type Candidates } from './candidates.js';
import type { RowTable } from './row-table.js';
import { BLOCK_ROWS, codesAt, COPIED_ROWS, metaAt, RECORD_BYTES, rowAt, type ScanMemory } from './scan-memory.js';
import type { CodedQuery, FoldedQuery } from './search-query.js';
import { createThreshold, pushThreshold, settleThreshold, type Threshold } from './topk.js';
import { twoProducts } from './scan-pairs.js';
import type { Vector } from './vector.js';

/** Puts the queries where the kernel reads them: another search may have used the memory since. */
export function bringQueries({ room, views }: ScanMemory, { codes, exact, facts, bases }: CodedQuery): void {
  views.i16.set(codes, room.codedQueries / 2);
  views.f64.set(exact, room.queries / 8);
  views.f64.set(facts, room.facts / 8);
  views.f64.set(bases, room.bases / 8);
  views.f64.fill(0, room.bias / 8, room.bias / 8 + BLOCK_ROWS);
}

/** Bounds of the block's rows by the kernel; those above the threshold become candidates. Needs `bringQueries` before. */
export function scanCoded(
  memory: ScanMemory,
  table: RowTable,
  query: FoldedQuery,
  first: number,
  candidates: Candidates,
  threshold: Threshold,
): void {
  takeRecords(memory, bound(memory, table, query, first, BLOCK_ROWS, threshold.value), candidates, threshold);
}

/** Spans of the sample, and rows a span: a word of the mask. 512 rows cost less than the candidates they save. Judgement. */
const SPANS = 16;
const SPAN_ROWS = 32;

/**
 * A number below the k-th best score, from a sample of rows all over the table, or −Infinity: so that a table in ascending order
 * does not make every row a candidate. Below and not equal, because the rows it rests on may come after those that only tie.
 * Needs `bringQueries` before.
 */
export function sampleThreshold(memory: ScanMemory, table: RowTable, query: FoldedQuery): number {
  if (table.slots < 4 * SPANS * SPAN_ROWS || 8 * query.k > SPANS * SPAN_ROWS) return -Infinity;
  const threshold = createThreshold(query.k);
  const { f64 } = memory.views;
  for (let s = 0; s < SPANS; s++) {
    const first = Math.floor((s * (table.slots - 1)) / (SPANS - 1) / SPAN_ROWS) * SPAN_ROWS;
    const records = bound(memory, table, query, first, SPAN_ROWS, -Infinity);
    for (let i = 0; i < records; i++) pushThreshold(threshold, f64[(memory.room.out + i * RECORD_BYTES) / 8 + 1]!);
  }
  const least = settleThreshold(threshold);
  return least - Math.abs(least) * 2 ** -52 - Number.MIN_VALUE;
}

/** Runs the kernel over at most `most` rows of one block, `first` being a multiple of 32, and returns how many records it wrote. */
function bound(
  memory: ScanMemory,
  { alive, slots, squares }: RowTable,
  { bias, filter, queries }: FoldedQuery,
  first: number,
  most: number,
  threshold: number,
): number {
  const { kernel, room, views, width } = memory;
  const count = Math.min(most, slots - first);
  const word = first >> 5;
  for (let w = 0; w < most / 32; w++) {
    views.i32[room.mask / 4 + w] = alive[word + w]! & (filter === null ? -1 : (filter[word + w] ?? 0));
  }
  if (bias !== null) views.f64.set(bias.subarray(first, first + count), room.bias / 8);
  return kernel.bound(
    codesAt(memory, first),
    Math.ceil(count / 4) * 4,
    width,
    room.codedQueries,
    queries.length,
    room.facts,
    room.bases,
    squares.length * 8,
    metaAt(memory, first),
    room.bias,
    room.mask,
    threshold,
    first,
    room.out,
  );
}

function takeRecords({ room, views }: ScanMemory, records: number, candidates: Candidates, threshold: Threshold): void {
  const { i32, f64 } = views;
  const { rows, upper, lower, count } = candidates;
  for (let i = 0, at = room.out / 8; i < records; i++, at += RECORD_BYTES / 8) {
    rows[count + i] = i32[2 * (at + 2)]!;
    upper[count + i] = f64[at]!;
    lower[count + i] = f64[at + 1]!;
    pushThreshold(threshold, f64[at + 1]!);
  }
  candidates.count += records;
}

/** Exact scores, without bias, of rows whose f32 numbers are in the memory. */
export function exactScores(memory: ScanMemory, coded: CodedQuery, queryCount: number, rows: Int32Array): Float64Array {
  bringQueries(memory, coded);
  const { kernel, room, views, dim } = memory;
  const scores = new Float64Array(rows.length);
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - first);
    const even = count + (count % 2); // an odd last row is scored twice
    for (let i = 0; i < even; i++) {
      views.i32[room.list / 4 + i] = rowAt(memory, rows[first + Math.min(i, count - 1)]!);
    }
    kernel.exact(room.list, even, dim, room.queries, queryCount, room.out);
    scores.set(views.f64.subarray(room.out / 8, room.out / 8 + count), first);
  }
  return scores;
}

/** `scanRows` by the kernel, which reads copies of the rows: the same numbers. `q` has the memory's `dim`. */
export function scanCopies(
  { kernel, room, views, dim }: ScanMemory,
  q: Vector,
  data: Float32Array,
  offsets: Int32Array,
  bias: Float64Array | null,
): Float64Array {
  const scores = new Float64Array(offsets.length);
  views.f64.set(q, room.queries / 8);
  for (let i = 0; i < COPIED_ROWS; i++) views.i32[room.list / 4 + i] = room.copies + i * dim * 4;
  for (let first = 0; first < offsets.length; first += COPIED_ROWS) {
    const some = offsets.subarray(first, first + COPIED_ROWS);
    for (let i = 0; i < some.length; i++) {
      if (some[i]! >= 0) views.f32.set(data.subarray(some[i], some[i]! + dim), room.copies / 4 + i * dim);
    }
    kernel.exact(room.list, some.length + (some.length % 2), dim, room.queries, 1, room.out);
    for (let i = 0; i < some.length; i++) if (some[i]! >= 0) scores[first + i] = views.f64[room.out / 8 + i]!;
  }
  if (bias !== null) for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! + bias[i]!;
  return scores;
}

/** Exact scores of the block's rows in plain JavaScript; those above the threshold become candidates. */
export function scanPlain(
  { alive, slots, plain, dim }: RowTable,
  { bias, filter, queries }: FoldedQuery,
  first: number,
  candidates: Candidates,
  threshold: Threshold,
): void {
  const data = plain![first / BLOCK_ROWS]!;
  const count = Math.min(BLOCK_ROWS, slots - first);
  const products = new Float64Array(2);
  const best = new Float64Array(2);
  for (let i = 0; i < count; i += 2) {
    const row = first + i;
    const word = alive[row >> 5]! & (filter === null ? -1 : filter[row >> 5]!);
    const pair = (word >>> (row & 31)) & 3;
    if (pair === 0) continue;
    best.fill(-Infinity);
    for (const query of queries) {
      twoProducts(query, data, i * dim, (i + 1) * dim, products);
      best[0] = Math.max(best[0]!, products[0]!);
      best[1] = Math.max(best[1]!, products[1]!);
    }
    for (let lane = 0; lane < 2; lane++) {
      if ((pair & (1 << lane)) === 0) continue;
      const score = best[lane]! + (bias === null ? 0 : bias[row + lane]!);
      if (score <= threshold.value) continue;
      addCandidate(candidates, row + lane, score, score);
      pushThreshold(threshold, score);
    }
  }
}
