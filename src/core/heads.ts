/**
 * `Σᵢ −ln pᵢ[kᵢ] + ½·penalty·|b|²`, pᵢ the softmax of a row's log probabilities with a bias b added; and its gradient: by hand
 * `∂/∂bₖ = Σᵢ (pᵢ[k] − [k = kᵢ]) + penalty·bₖ`. O(rows · kinds).
 *
 * @param logs     `rows · bias.length` natural logarithms
 * @param kinds    a row's true kind, its number
 * @param gradient as long as the bias; overwritten
 */
export function biasLoss(
  bias: Float64Array,
  logs: Float64Array,
  kinds: Int32Array,
  penalty: number,
  gradient: Float64Array,
): number {
  const size = bias.length;
  const chances = new Float64Array(size);
  let loss = 0;
  gradient.fill(0);
  for (let i = 0; i < kinds.length; i++) {
    biasedChances(bias, logs, i * size, chances);
    loss -= Math.log(chances[kinds[i]!]!);
    for (let k = 0; k < size; k++) gradient[k]! += chances[k]! - (k === kinds[i]! ? 1 : 0);
  }
  return loss + pull(bias, penalty, gradient);
}

/** Softmax of `logs + bias` of the row that begins at `at`. */
export function biasedChances(bias: Float64Array, logs: ArrayLike<number>, at: number, into: Float64Array): void {
  let most = -Infinity;
  for (let k = 0; k < bias.length; k++) most = Math.max(most, (into[k] = logs[at + k]! + bias[k]!));
  let sum = 0;
  for (let k = 0; k < bias.length; k++) sum += into[k] = Math.exp(into[k]! - most);
  for (let k = 0; k < bias.length; k++) into[k]! /= sum;
}

function pull(parameters: Float64Array, penalty: number, gradient: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < parameters.length; j++) {
    squares += parameters[j]! ** 2;
    gradient[j]! += penalty * parameters[j]!;
  }
  return 0.5 * penalty * squares;
}
