/** Pearson correlation of ranks, for values without ties. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] => {
    const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
    const result = values.map(() => 0);
    order.forEach((index, rank) => (result[index] = rank));
    return result;
  };
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const cov = x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0);
  return cov / Math.sqrt(x.reduce((s, v) => s + (v - mx) ** 2, 0) * y.reduce((s, v) => s + (v - my) ** 2, 0));
}
