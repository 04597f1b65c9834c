import { dot } from '../core/vector.js';
import { AttuneError } from '../errors.js';
import { keepNote, readNote } from './kept-file.js';
import golden from './golden-texts.json';

/** Short, long and alone: texts on which a backend must agree before it is believed. */
export const GOLDEN_TEXTS: readonly string[] = golden;

/**
 * Least cosine, on every golden text, between a backend and WASM on the same weights. Rounding to half precision costs
 * less than 0.0005; backends known to be wrong are off by far more. Judgement.
 */
const LEAST_AGREEMENT = 0.999;

/** Embeddings of all golden texts, in order. */
export type GoldenRows = readonly ArrayLike<number>[];

/** The lowest cosine between rows of two backends, in [-1, 1]; -1 when either gave no numbers. */
export function agreement(ours: GoldenRows, theirs: GoldenRows): number {
  if (ours.length !== theirs.length) return -1;
  const cosines = ours.map((row, i) => {
    const other = Float32Array.from(theirs[i]!);
    return row.length === other.length ? dot(Float32Array.from(row), other) : NaN;
  });
  const lowest = Math.min(...cosines);
  return Number.isNaN(lowest) ? -1 : lowest;
}

/**
 * Whether this backend was found right, or wrong, on an earlier visit; undefined when it was not tried.
 *
 * @param backend all that may change the answer: GPU, browser, runtime, kind of numbers
 */
export async function readVerdict(
  cache: Cache | undefined,
  folder: string,
  backend: string,
): Promise<'right' | 'wrong' | undefined> {
  const note = await readNote(cache, folder, backend);
  return note === 'right' || note === 'wrong' ? note : undefined;
}

/**
 * Believes a backend or not, and remembers it.
 *
 * @throws AttuneError `encoder/unavailable` when it differs from what is known to be right
 */
export async function judge(
  reference: GoldenRows,
  answered: GoldenRows,
  cache: Cache | undefined,
  folder: string,
  backend: string,
): Promise<void> {
  const cosine = agreement(reference, answered);
  const right = cosine >= LEAST_AGREEMENT;
  await keepNote(cache, folder, backend, right ? 'right' : 'wrong');
  if (!right) throw wrongBackend(backend, `cosine ${cosine.toFixed(3)}`);
}

/** The refusal of a backend that computes something else. */
export function wrongBackend(backend: string, how: string): AttuneError {
  return new AttuneError('encoder/unavailable', `WebGPU answers otherwise than WASM here (${backend}: ${how}).`);
}
