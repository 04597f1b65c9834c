/**
 * The arithmetic of a transformer on rows of 32-bit numbers, summed in 64 bits. Sums run over the inputs in one order however
 * many rows are done at once, so that a log read in parts gives the very numbers of one read whole.
 */

/** `y = W·x + b`, W with a row an output. */
export interface Linear {
  readonly weight: Float32Array;
  readonly bias?: Float32Array | undefined;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * Applies a matrix to `rows` rows of `x`, four rows and four outputs at a time: sixteen sums live in registers.
 *
 * @param x  row-major, `rows · inputs`
 * @param to row-major, `rows · outputs`; overwritten. O(rows · inputs · outputs)
 */
export function applyLinear(linear: Linear, x: Float32Array, rows: number, to: Float32Array): void {
  const inFours = rows - (rows % 4);
  for (let r = 0; r < inFours; r += 4) applyToFour(linear, x, r, to);
  for (let r = inFours; r < rows; r++) applyToOne(linear, x, r, to);
}

function applyToFour({ weight, bias, inputs, outputs }: Linear, x: Float32Array, r: number, to: Float32Array): void {
  const [x0, x1, x2, x3] = [r * inputs, (r + 1) * inputs, (r + 2) * inputs, (r + 3) * inputs];
  for (let o = 0; o < outputs; o += 4) {
    const [w0, w1, w2, w3] = rowsFrom(o, inputs, outputs);
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    let [c0, c1, c2, c3, d0, d1, d2, d3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let k = 0; k < inputs; k++) {
      const p = x[x0 + k]!; // one by one: taken apart from a list they cost twice as much
      const q = x[x1 + k]!;
      const s = x[x2 + k]!;
      const t = x[x3 + k]!;
      const u = weight[w0 + k]!;
      const v = weight[w1 + k]!;
      const w = weight[w2 + k]!;
      const y = weight[w3 + k]!;
      a0 += u * p;
      a1 += u * q;
      a2 += u * s;
      a3 += u * t;
      b0 += v * p;
      b1 += v * q;
      b2 += v * s;
      b3 += v * t;
      c0 += w * p;
      c1 += w * q;
      c2 += w * s;
      c3 += w * t;
      d0 += y * p;
      d1 += y * q;
      d2 += y * s;
      d3 += y * t;
    }
    const sums = [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3];
    for (let n = 0; n < Math.min(4, outputs - o); n++) {
      const add = bias?.[o + n] ?? 0;
      for (let m = 0; m < 4; m++) to[(r + m) * outputs + o + n] = sums[4 * n + m]! + add;
    }
  }
}

function applyToOne({ weight, bias, inputs, outputs }: Linear, x: Float32Array, r: number, to: Float32Array): void {
  const from = r * inputs;
  for (let o = 0; o < outputs; o += 4) {
    const [w0, w1, w2, w3] = rowsFrom(o, inputs, outputs);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0; k < inputs; k++) {
      const p = x[from + k]!;
      a += weight[w0 + k]! * p;
      b += weight[w1 + k]! * p;
      c += weight[w2 + k]! * p;
      d += weight[w3 + k]! * p;
    }
    const sums = [a, b, c, d];
    for (let n = 0; n < Math.min(4, outputs - o); n++) to[r * outputs + o + n] = sums[n]! + (bias?.[o + n] ?? 0);
  }
}

/** Where four rows of a matrix begin; beyond its end the last one again. */
function rowsFrom(row: number, inputs: number, outputs: number): readonly [number, number, number, number] {
  const last = outputs - 1;
  const [b, c, d] = [Math.min(row + 1, last), Math.min(row + 2, last), Math.min(row + 3, last)];
  return [row * inputs, b * inputs, c * inputs, d * inputs];
}

/** Gain and shift of a layer normalization. */
export interface Norm {
  readonly gain: Float32Array;
  readonly shift: Float32Array;
}

/** Added to a variance. As PyTorch's default. */
const EPSILON = 1e-5;

/** `(x − mean) / √(variance + 1e-5) · gain + shift` of each row. @see Ba, Kiros & Hinton (2016), eq. 3 */
export function normalizeRows({ gain, shift }: Norm, x: Float32Array, rows: number, to: Float32Array): void {
  const width = gain.length;
  for (let at = 0; at < rows * width; at += width) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += x[at + j]!;
    const mean = sum / width;
    let squares = 0;
    for (let j = 0; j < width; j++) squares += (x[at + j]! - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / width + EPSILON);
    for (let j = 0; j < width; j++) to[at + j] = (x[at + j]! - mean) * scale * gain[j]! + shift[j]!;
  }
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);

/** GELU by its tanh form, in place: `½x(1 + tanh(√(2/π)(x + 0.044715x³)))`. @see Hendrycks & Gimpel (2016), §2 */
export function gelu(x: Float32Array): void {
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    x[i] = 0.5 * v * (1 + Math.tanh(GELU_SCALE * (v + 0.044715 * v * v * v)));
  }
}
