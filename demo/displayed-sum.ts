/**
 * Values rounded to `digits` decimals so that what is shown still adds up: the rounded parts sum to the rounded total
 * (largest remainders).
 *
 * @param shownTotal the total as it already stands somewhere, rounded to `digits`; default: that of the values
 */
export function displayedSum(
  values: readonly number[],
  digits: number,
  shownTotal: number = values.reduce((sum, value) => sum + value, 0),
): { parts: number[]; total: number } {
  const unit = 10 ** digits;
  const total = Math.round(shownTotal * unit);
  const parts = values.map((value) => Math.floor(value * unit));
  const byRemainder = values
    .map((value, i) => ({ i, remainder: value * unit - parts[i]! }))
    .sort((a, b) => b.remainder - a.remainder);
  const missing = total - parts.reduce((sum, part) => sum + part, 0);
  for (let k = 0; k < Math.abs(missing); k++) {
    const { i } = byRemainder.at(missing > 0 ? k % values.length : -1 - (k % values.length))!;
    parts[i]! += Math.sign(missing);
  }
  return { parts: parts.map((part) => part / unit), total: total / unit };
}
