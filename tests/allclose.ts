import { expect } from 'vitest';

/** How far numbers may lie apart: `|actual - expected| <= atol + rtol · |expected|`, number by number, as in NumPy. */
interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** A number, or any list of numbers. */
type Numbers = number | ArrayLike<number>;

declare module 'vitest' {
  interface Matchers<T> {
    /** Numbers, one or many, equal within the tolerance; each bound is 0 unless given. NaN is close to nothing. */
    toBeAllclose(expected: Numbers, tolerance: Tolerance): T;
  }
}

function listOf(value: unknown): number[] {
  return typeof value === 'number' ? [value] : Array.from(value as ArrayLike<number>);
}

expect.extend({
  toBeAllclose(received: unknown, expected: Numbers, { rtol = 0, atol = 0 }: Tolerance) {
    const [actual, wanted] = [listOf(received), listOf(expected)];
    const far = (i: number): boolean => {
      const [a, b] = [actual[i]!, wanted[i]!];
      return a !== b && !(Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b));
    };
    const wrong = [...wanted.keys()].filter(far);
    const [first] = wrong;
    return {
      pass: actual.length === wanted.length && first === undefined,
      message: () =>
        actual.length !== wanted.length
          ? `${actual.length} numbers where ${wanted.length} were expected`
          : first === undefined
            ? `all ${wanted.length} numbers are within rtol ${rtol}, atol ${atol}`
            : `${wrong.length} of ${wanted.length} numbers differ; at ${first}: ${actual[first]}, expected ${wanted[first]} (rtol ${rtol}, atol ${atol})`,
    };
  },
});
