import { codeRow, nearestReference } from './quantize.js';
import { dotRow } from './vector.js';

/** Rows as the scan has them in memory (scan-memory.ts), in fours, the last ones filled up with zeros. */
export interface CodedRows {
  /** `dim` rounded up to 16 bytes a row. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** 16 bytes a row: scale, error, length, reference of four rows each. */
  readonly facts: Uint8Array<ArrayBuffer>;
}

/** Bytes of a row's codes: as many as the kernel reads at once. */
export function codeWidth(dim: number): number {
  return Math.ceil(dim / 16) * 16;
}

/** What a row's code comes to, put where four rows lie together: its codes 8 numbers at a time, its facts by kind. */
export function putCode(
  codes: Int8Array,
  codesAt: number,
  floats: Float32Array,
  integers: Int32Array,
  factsAt: number,
  lane: number,
  row: Int8Array,
  { scale, error, length }: { readonly scale: number; readonly error: number; readonly length: number },
  reference: number,
): void {
  let to = codesAt + lane * 8;
  for (let j = 0; j < row.length; j += 8, to += 32) {
    for (let part = 0; part < 8; part++) codes[to + part] = row[j + part]!;
  }
  floats[factsAt + lane] = scale;
  floats[factsAt + lane + 4] = error;
  floats[factsAt + lane + 8] = length;
  integers[factsAt + lane + 12] = reference;
}

/**
 * Codes rows as a row table does, without one. O(rows · dim · references).
 *
 * @param data       row-major
 * @param references row-major, the zero vector not among them
 */
export function codeRows(data: Float32Array, rows: number, dim: number, references: Float32Array): CodedRows {
  const width = codeWidth(dim);
  const fours = Math.ceil(rows / 4) * 4;
  const codes = new Int8Array(fours * width);
  const facts = new Uint8Array(fours * 16);
  const floats = new Float32Array(facts.buffer);
  const integers = new Int32Array(facts.buffer);
  const all = new Float32Array(dim + references.length);
  all.set(references, dim);
  const squares = Float64Array.from({ length: all.length / dim }, (_, r) =>
    dotRow(all.subarray(r * dim, (r + 1) * dim), all, r * dim),
  );
  const coded = new Int8Array(width);
  for (let i = 0; i < rows; i++) {
    const lane = i & 3;
    const x = data.subarray(i * dim, (i + 1) * dim);
    const reference = nearestReference(x, all, squares);
    const code = codeRow(x, all, reference * dim, coded);
    putCode(codes, (i - lane) * width, floats, integers, (i - lane) * 4, lane, coded, code, reference);
  }
  return { codes, facts };
}
