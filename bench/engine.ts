/** What each of `engines/` opens: something that finds the `k` rows with the largest product with `q`. */
export interface Engine {
  /** @param data row-major; the engine may keep it, and nobody else does */
  build(data: Float32Array<ArrayBuffer>, rows: number): void | Promise<void>;
  query(q: Float32Array, k: number): Iterable<number> | Promise<Iterable<number>>;
}
