import { dotRow, norm, type Vector } from './vector.js';

/**
 * What a coded row stands for: `x = c + scale · v + r`, c its reference, v its int8 numbers, r what they miss. Then for every
 * query Q that is coded as `Q = step · w + ρ`
 *
 * `|Q·x − (Q·c + scale · step · (v·w))| = |scale · (ρ·v) + Q·r| ≤ lost · length + norm · error`
 *
 * by Cauchy and Schwarz. The reference makes the bound tight: what a group of similar rows shares costs it nothing.
 */
export interface RowCode {
  /** f32; 0 where every number of v is 0. */
  readonly scale: number;
  /** f32 above `|r|` and all rounding of both sides; 0 only where x is c itself, whose score is known exactly. */
  readonly error: number;
  /** f32 above `|scale · v|`. */
  readonly length: number;
}

/** What a coded query stands for: see `RowCode`. */
export interface QueryCode {
  readonly step: number;
  /** `|Q|`; at least 1e-150 unless Q is 0, so that underflow stays inside the bound. */
  readonly norm: number;
  /** `|ρ|` */
  readonly lost: number;
}

/** Largest code of a row: symmetric, so that −v is always a code too. */
const LARGEST = 127;

/** Numbers all below this are coded as 0: near the end of f32 a scale would lose digits and codes pass 127. */
const SMALLEST = 1e-35;

/** Largest code of a query. */
const LARGEST_QUERY = 32_767;

/** Sums of products with row codes stay below 2³¹ as long as the query's codes sum to no more than this. */
const LARGEST_SUM = Math.floor((2 ** 31 - 1) / LARGEST);

/**
 * Rounding of both sides, in units of `|Q| · (|x| + |c| + |scale · v|)`: a sum of `dim` products loses at most `dim · 2⁻⁵³` of it,
 * three such sums are compared, and a few single operations come on top.
 *
 * @see Higham (2002), Accuracy and Stability of Numerical Algorithms, eq. 3.5
 */
const rounding = (dim: number): number => (dim + 64) * 2 ** -51;

/** An f32 no smaller than `value`, which is ≥ 0. */
function roundUp(value: number): number {
  return Math.fround(value * (1 + 2 ** -22) + 2 ** -149);
}

/**
 * Codes `x − c` as int8 numbers, symmetric about 0: `v = round((x − c) / scale)`, `scale = max |x − c| / 127`. O(dim).
 *
 * @param x         finite, length at most 1e30
 * @param data      holds the reference c at `offset`
 * @param codes     receives `x.length` codes
 */
export function codeRow(x: Float32Array, data: Float32Array, offset: number, codes: Int8Array): RowCode {
  const dim = x.length;
  let largest = 0;
  for (let j = 0; j < dim; j++) {
    const size = Math.abs(x[j]! - data[offset + j]!);
    if (size > largest) largest = size;
  }
  const scale = largest < SMALLEST ? 0 : Math.fround(largest / LARGEST);
  const inverse = scale === 0 ? 0 : 1 / scale;
  let own = 0;
  let shared = 0;
  let coded = 0;
  let missed = 0;
  for (let j = 0; j < dim; j++) {
    const c = data[offset + j]!;
    const rest = x[j]! - c;
    const code = ((rest * inverse + (LARGEST + 0.5)) | 0) - LARGEST; // rounds, faster than Math.round
    const miss = rest - scale * code;
    codes[j] = code;
    own += x[j]! * x[j]!;
    shared += c * c;
    coded += code * code;
    missed += miss * miss;
  }
  if (largest === 0) return { scale: 0, error: 0, length: 0 };
  const length = scale * Math.sqrt(coded);
  const slack = (Math.sqrt(own) + Math.sqrt(shared) + length) * rounding(dim);
  return { scale, error: roundUp(Math.sqrt(missed) + slack), length: roundUp(length) };
}

/**
 * Codes a query as int16 numbers: `w = round(Q / step)`, the step as fine as 16 bits and 32-bit sums allow. O(dim).
 *
 * @param codes receives `query.length` codes
 */
export function codeQuery(query: Float64Array, codes: Int16Array): QueryCode {
  let largest = 0;
  let sum = 0;
  for (let j = 0; j < query.length; j++) {
    const size = Math.abs(query[j]!);
    if (size > largest) largest = size;
    sum += size;
  }
  if (largest === 0) {
    codes.fill(0);
    return { step: 0, norm: 0, lost: 0 };
  }
  const step = Math.max(largest / LARGEST_QUERY, sum / (LARGEST_SUM - query.length), 1e-300);
  let missed = 0;
  for (let j = 0; j < query.length; j++) {
    const code = Math.round(query[j]! / step);
    codes[j] = code;
    const miss = query[j]! - step * code;
    missed += miss * miss;
  }
  return { step, norm: Math.max(norm(query), 1e-150), lost: Math.max(Math.sqrt(missed) * (1 + 1e-9), 1e-150) };
}

/**
 * The reference nearest to x: the least `|x − c|² = |x|² − 2 x·c + |c|²`. O(references · dim).
 *
 * @param references row-major, the first all zero
 * @param squares    `|c|²` of each
 */
export function nearestReference(x: Vector, references: Float32Array, squares: Float64Array): number {
  let [best, least] = [0, 0];
  for (let r = 1; r < squares.length; r++) {
    const distance = squares[r]! - 2 * dotRow(x, references, r * x.length);
    if (distance < least) [best, least] = [r, distance];
  }
  return best;
}
