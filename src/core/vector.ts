/**
 * `core` is numbers in, numbers out: no clock, randomness, promise, DOM or I/O. Vectors are typed arrays; matrices
 * are row-major in one flat array, addressed by the offset of a row's first number.
 */

/** Anything indexable that holds numbers; results are accumulated in double precision. */
export type Vector = Float32Array | Float64Array;

/** Dot product `Σ aⱼ·bⱼ` of two vectors of equal length, in double precision. */
export function dot(a: Vector, b: Vector): number {
  return dotRow(a, b, 0);
}

/** Dot product of `q` with the row of `data` that starts at `offset`. Four accumulators: about twice as fast as one. */
export function dotRow(q: Vector, data: Vector, offset: number): number {
  const dim = q.length;
  const even = dim - (dim % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < even; j += 4) {
    a += q[j]! * data[offset + j]!;
    b += q[j + 1]! * data[offset + j + 1]!;
    c += q[j + 2]! * data[offset + j + 2]!;
    d += q[j + 3]! * data[offset + j + 3]!;
  }
  for (let j = even; j < dim; j++) a += q[j]! * data[offset + j]!;
  return a + b + (c + d);
}

/** Adds `weight · row` to `sum`, in place. */
export function addScaled(sum: Vector, row: Vector, weight: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] = sum[j]! + weight * row[j]!;
}

/** Euclidean length `√Σ vⱼ²`. */
export function norm(v: Vector): number {
  return Math.sqrt(dot(v, v));
}

/**
 * `v / |v|` as a new vector of the same type; all zeros when `|v|` is 0 or not finite, because no direction is known.
 */
export function normalize<V extends Vector>(v: V): V {
  const length = norm(v);
  const unit = v.slice() as V;
  const scale = length > 0 && Number.isFinite(length) ? 1 / length : 0;
  for (let j = 0; j < unit.length; j++) unit[j] = scale === 0 ? 0 : unit[j]! * scale;
  return unit;
}

/** True when every number is 0: the embedding of something about which nothing is known. */
export function isZero(v: Vector): boolean {
  return v.every((x) => x === 0);
}
