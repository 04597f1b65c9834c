/**
 * What a careful programmer writes without WebAssembly, the yardstick of SPEC's bars: f32 rows one after another, eight
 * accumulators, and the best `k` kept in order by insertion behind a threshold.
 */
export function tunedLoop(
  data: Float32Array,
  rows: number,
  dim: number,
  q: Float32Array,
  k: number,
): { rows: Int32Array; scores: Float64Array } {
  const bestRows = new Int32Array(k).fill(-1);
  const scores = new Float64Array(k).fill(-Infinity);
  let least = -Infinity;
  for (let i = 0, at = 0; i < rows; i++, at += dim) {
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let j = 0; j < dim; j += 8) {
      const x = at + j;
      a += q[j]! * data[x]!;
      b += q[j + 1]! * data[x + 1]!;
      c += q[j + 2]! * data[x + 2]!;
      d += q[j + 3]! * data[x + 3]!;
      e += q[j + 4]! * data[x + 4]!;
      f += q[j + 5]! * data[x + 5]!;
      g += q[j + 6]! * data[x + 6]!;
      h += q[j + 7]! * data[x + 7]!;
    }
    const score = a + b + (c + d) + (e + f + (g + h));
    if (score <= least) continue;
    let place = k - 1;
    for (; place > 0 && scores[place - 1]! < score; place--) {
      scores[place] = scores[place - 1]!;
      bestRows[place] = bestRows[place - 1]!;
    }
    scores[place] = score;
    bestRows[place] = i;
    least = scores[k - 1]!;
  }
  return { rows: bestRows, scores };
}
