import { invalid } from '../errors.js';
import { codeQuery, type QueryCode } from './quantize.js';
import type { RowTable } from './row-table.js';
import { MOST_QUERIES } from './scan-memory.js';
import { addScaled, dotRow, norm, type Vector } from './vector.js';

/**
 * What to find: the `k` rows x with the largest `max over interests (qᵢ·x) + q·x + bias[x]`. `bias` and `filter` are read while the
 * search goes on, not copied: leave them as they are until it ends.
 */
export interface Query {
  /** The linear terms, folded. */
  readonly q: Vector;
  /** At most eight; the first summand is 0 without any. */
  readonly interests?: readonly Vector[];
  /** A number a slot, finite; 0 when left out. */
  readonly bias?: Float64Array;
  /** Bit `row & 31` of word `row >> 5`: whether the row may be found; all may when left out. */
  readonly filter?: Uint32Array;
  /** How many rows to find, at least 0. */
  readonly k: number;
}

/** A checked query: `max over i ((qᵢ + q)·x) + bias[x]`, which is the same and one product less. */
export interface FoldedQuery {
  /** `qᵢ + q`, one to eight. */
  readonly queries: readonly Float64Array[];
  readonly bias: Float64Array | null;
  readonly filter: Uint32Array | null;
  readonly k: number;
}

/** What the kernel reads of the queries, laid out as it reads them. */
export interface CodedQuery {
  /** int16, `width` numbers a query. */
  readonly codes: Int16Array;
  /** `dim` numbers a query. */
  readonly exact: Float64Array;
  /** step, norm and lost of each. */
  readonly facts: Float64Array;
  /** `Q·c` of each query and reference. */
  readonly bases: Float64Array;
}

/** @throws AttuneError `input/invalid`: wrong lengths, NaN or Infinity, too many interests, a `k` that is no count */
export function foldQuery({ dim, slots }: RowTable, { q, interests = [], bias, filter, k }: Query): FoldedQuery {
  if (!Number.isInteger(k) || k < 0) throw invalid('k', k, 'Pass how many rows to find.');
  if (interests.length > MOST_QUERIES) {
    throw invalid('interests', interests.length, `Pass at most ${MOST_QUERIES}.`);
  }
  for (const part of [q, ...interests]) {
    if (part.length !== dim) throw invalid('query', part.length, `Pass ${dim} numbers, as a row has.`);
  }
  if (bias !== undefined && bias.length < slots) {
    throw invalid('bias', bias.length, `Pass a number for each of the ${slots} slots.`);
  }
  if (filter !== undefined && filter.length * 32 < slots) {
    throw invalid('filter', filter.length * 32, `Pass a bit for each of the ${slots} slots.`);
  }
  const biased = bias === undefined ? 0 : slots;
  for (let i = 0; i < biased; i++) {
    if (!Number.isFinite(bias![i])) throw invalid(`bias[${i}]`, bias![i], 'It is a finite number.');
  }
  const queries = interests.length === 0 ? [Float64Array.from(q)] : interests.map((interest) => sum(interest, q));
  for (const query of queries) {
    const length = norm(query);
    if (!(length <= 1e150)) throw invalid('query', length, 'Its numbers must be finite, its length at most 1e150.');
  }
  return { queries, bias: bias ?? null, filter: filter ?? null, k };
}

function sum(a: Vector, b: Vector): Float64Array {
  const both = Float64Array.from(a);
  addScaled(both, b, 1);
  return both;
}

/** Codes the queries for a table with the kernel. O(queries · references · dim). */
export function codeQueries(
  { dim, references, squares }: RowTable,
  width: number,
  queries: readonly Float64Array[],
): CodedQuery {
  const codes = new Int16Array(queries.length * width);
  const exact = new Float64Array(queries.length * dim);
  const facts = new Float64Array(queries.length * 3);
  const bases = new Float64Array(queries.length * squares.length);
  for (const [m, query] of queries.entries()) {
    const { step, norm, lost }: QueryCode = codeQuery(query, codes.subarray(m * width, m * width + dim));
    exact.set(query, m * dim);
    facts.set([step, norm, lost], m * 3);
    for (let r = 1; r < squares.length; r++) bases[m * squares.length + r] = dotRow(query, references, r * dim);
  }
  return { codes, exact, facts, bases };
}
