/** Keys and values of the last `window` interactions in one layer: the one of place n lies in row n mod window. */
export interface Kept {
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** What attention needs to know of a layer. */
export interface AttentionShape {
  readonly width: number;
  readonly heads: number;
  readonly window: number;
}

/**
 * Causal attention of new interactions to the last `window` ones, themselves included:
 * `softmax((q·k) / √d + distance)·v`, with a learned number a head and distance in place of positions.
 *
 * Distances, and not places, because then nothing of what is kept changes as the window slides: one more interaction costs one
 * row, ever. A layer sees `window` interactions back, L of them together `L(window − 1)`; what is older has no influence.
 *
 * @param first place of the first of them in the log, from 0
 * @param qkv   `rows · 3width`: queries, keys, values; keys and values are written to `kept`, in turn
 * @param from  the first row whose result is asked for; those before it are only kept
 * @param to    `rows · width`; overwritten from row `from` on
 * @see Shaw, Uszkoreit & Vaswani (2018) for relative positions; Raffel et al. (2020), §2.1, for a number a head and distance
 */
export function attend(
  { width, heads, window }: AttentionShape,
  distance: Float32Array,
  { keys, values }: Kept,
  first: number,
  qkv: Float32Array,
  rows: number,
  from: number,
  to: Float32Array,
): void {
  const depth = width / heads;
  const scale = 1 / Math.sqrt(depth);
  const weights = new Float64Array(window);
  const sum = new Float64Array(depth);
  for (let r = 0; r < rows; r++) {
    const place = first + r;
    const [query, key, value] = [r * 3 * width, r * 3 * width + width, r * 3 * width + 2 * width];
    keys.set(qkv.subarray(key, value), (place % window) * width);
    values.set(qkv.subarray(value, value + width), (place % window) * width);
    if (r < from) continue;
    const seen = Math.min(window, place + 1);
    for (let h = 0; h < heads; h++) {
      const q = query + h * depth;
      let most = -Infinity;
      for (let back = 0; back < seen; back++) {
        const k = ((place - back) % window) * width + h * depth;
        let product = 0;
        for (let j = 0; j < depth; j++) product += qkv[q + j]! * keys[k + j]!;
        const weight = product * scale + distance[h * window + back]!;
        weights[back] = weight;
        if (weight > most) most = weight;
      }
      sum.fill(0);
      let total = 0;
      for (let back = 0; back < seen; back++) {
        const weight = Math.exp(weights[back]! - most);
        const v = ((place - back) % window) * width + h * depth;
        total += weight;
        for (let j = 0; j < depth; j++) sum[j] = sum[j]! + weight * values[v + j]!;
      }
      for (let j = 0; j < depth; j++) to[r * width + h * depth + j] = sum[j]! / total;
    }
  }
}
