import type { LiteTable } from './lite-format.js';

/** Known tokens of a text from which damping fades. Measured in training/lite/README.md. */
const FADES_AT = 16;

/**
 * Makes of a text's token ids the weighted sum of their rows `r`. With `s` the plain sum of the `n` rows that are not zero,
 * `m` their mean length and `c` the table's damping, a row's weight is
 *
 * `1 / (1 + c · max(r·(s − r) / |r|, 0) / (m · n · (1 + n / 16)))`
 *
 * In a short text words that repeat what the others say count less, and those that set it apart more; in a long one it is
 * the repeated that tells its subject. Takes as long as two dot products a token.
 */
export function poolOf({ rows, scales, dim, damping }: LiteTable): (ids: readonly number[]) => Float32Array {
  const lengths = new Float32Array(scales.length); // 0: zero, or not asked for yet
  const plain = new Float32Array(dim);
  const lengthOf = (id: number): number => (lengths[id] ||= rowLength(rows, id, scales[id]!, dim));
  return (ids) => {
    const sum = new Float32Array(dim);
    if (damping === 0) {
      for (const id of ids) addRow(sum, rows, id, scales[id]!);
      return sum;
    }
    plain.fill(0);
    let total = 0;
    let known = 0;
    for (const id of ids) {
      const length = lengthOf(id);
      if (length === 0) continue;
      addRow(plain, rows, id, scales[id]!);
      total += length;
      known++;
    }
    const strength = damping / (total * (1 + known / FADES_AT));
    for (const id of ids) {
      const length = lengthOf(id);
      if (length === 0) continue;
      const shared = (scales[id]! * dotRow(plain, rows, id)) / length - length;
      addRow(sum, rows, id, scales[id]! / (1 + strength * Math.max(shared, 0)));
    }
    return sum;
  };
}

function addRow(sum: Float32Array, rows: Uint8Array, row: number, scale: number): void {
  const bytes = sum.length / 2;
  const start = row * bytes;
  for (let b = 0; b < bytes; b++) {
    const pair = rows[start + b]!;
    sum[2 * b] = sum[2 * b]! + scale * ((pair & 15) - 8);
    sum[2 * b + 1] = sum[2 * b + 1]! + scale * ((pair >> 4) - 8);
  }
}

/** Dot product with a row's numbers, before its scale. */
function dotRow(vector: Float32Array, rows: Uint8Array, row: number): number {
  const bytes = vector.length / 2;
  const start = row * bytes;
  let sum = 0;
  for (let b = 0; b < bytes; b++) {
    const pair = rows[start + b]!;
    sum += vector[2 * b]! * ((pair & 15) - 8) + vector[2 * b + 1]! * ((pair >> 4) - 8);
  }
  return sum;
}

function rowLength(rows: Uint8Array, row: number, scale: number, dim: number): number {
  let squares = 0;
  for (let at = (row * dim) / 2; at < ((row + 1) * dim) / 2; at++) {
    const pair = rows[at]!;
    squares += ((pair & 15) - 8) ** 2 + ((pair >> 4) - 8) ** 2;
  }
  return Math.fround(Math.abs(scale) * Math.sqrt(squares)); // as it will be read, so that a text's first row is its last
}
