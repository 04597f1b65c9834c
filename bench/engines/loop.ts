import type { Engine } from '../engine.js';
import { tunedLoop } from '../tuned-loop.js';

/** No package at all. `variant`: a careful programmer's loop over the rows given, or what is written first. */
export function open(dim: number, variant: string): Engine {
  if (variant === 'naive') return naive(dim);
  let all = new Float32Array();
  return {
    build: (data) => void (all = data),
    query: (q, k) => tunedLoop(all, all.length / dim, dim, q, k).rows,
  };
}

/** An array of arrays, the cosine of each, and a sort. */
function naive(dim: number): Engine {
  let all: { row: number; embedding: number[] }[] = [];
  return {
    build(data, rows) {
      all = Array.from({ length: rows }, (_, row) => ({
        row,
        embedding: Array.from(data.subarray(row * dim, (row + 1) * dim)),
      }));
    },
    query: (q, k) =>
      all
        .map(({ row, embedding }) => ({ row, score: cosine(q, embedding) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, k)
        .map(({ row }) => row),
  };
}

function cosine(a: Float32Array, b: readonly number[]): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let j = 0; j < a.length; j++) {
    dot += a[j]! * b[j]!;
    aa += a[j]! * a[j]!;
    bb += b[j]! * b[j]!;
  }
  return dot / (Math.sqrt(aa) * Math.sqrt(bb));
}
