/**
 * Values rounded to `digits` decimals so that what is shown still adds up: the rounded parts sum to the rounded total
 * (largest remainders).
 */
export function displayedSum(values: readonly number[], digits: number): { parts: number[]; total: number } {
  const unit = 10 ** digits;
  const total = Math.round(values.reduce((sum, value) => sum + value, 0) * unit);
  const parts = values.map((value) => Math.floor(value * unit));
  const byRemainder = values
    .map((value, i) => ({ i, remainder: value * unit - parts[i]! }))
    .sort((a, b) => b.remainder - a.remainder);
  let missing = total - parts.reduce((sum, part) => sum + part, 0);
  for (const { i } of byRemainder) if (missing-- > 0) parts[i]! += 1;
  return { parts: parts.map((part) => part / unit), total: total / unit };
}
