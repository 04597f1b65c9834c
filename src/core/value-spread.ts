/** Mean and standard deviation of all values, a whole and not a sample; of none 0 and 0. */
export function valueSpread(values: Float32Array | Float64Array): { readonly mean: number; readonly sd: number } {
  const n = Math.max(1, values.length);
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / n) };
}
