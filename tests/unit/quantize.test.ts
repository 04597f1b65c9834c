import { expect, test } from 'vitest';
import { codeQuery, codeRow, nearestReference, type QueryCode, type RowCode } from '../../src/core/quantize.js';
import { dot, norm } from '../../src/core/vector.js';
import { nearly, seeded, unit } from '../seeded.js';

interface Coded<Code> {
  readonly codes: Float64Array;
  readonly code: Code;
}

function codedRow(x: Float32Array, reference: Float32Array): Coded<RowCode> {
  const codes = new Int8Array(x.length);
  const code = codeRow(x, reference, 0, codes);
  return { codes: Float64Array.from(codes), code };
}

function codedQuery(query: Float64Array): Coded<QueryCode> {
  const codes = new Int16Array(query.length);
  const code = codeQuery(query, codes);
  return { codes: Float64Array.from(codes), code };
}

/** How far the score read from the codes is from the true one, as a share of the bound. */
function share(query: Float64Array, x: Float32Array, reference: Float32Array): number {
  const [row, asked] = [codedRow(x, reference), codedQuery(query)];
  const { scale, error, length } = row.code;
  const { step, norm, lost } = asked.code;
  const estimate = dot(query, reference) + scale * step * dot(row.codes, asked.codes);
  const gap = Math.abs(dot(query, x) - estimate);
  return gap === 0 ? 0 : gap / (norm * error + lost * length);
}

const random = seeded(1);
const zero = (dim: number): Float32Array => new Float32Array(dim);

test.each([1, 16, 100, 384, 1024])('codes of %i numbers keep their bound, for random queries by far', (dim) => {
  for (let n = 0; n < 50; n++) {
    const [x, centre] = [unit(random, dim), unit(random, dim)];
    for (const spread of [1e-1, 1e-3, 1e-6]) {
      const query = Float64Array.from(unit(random, dim));
      expect(share(query, x, zero(dim))).toBeLessThanOrEqual(1);
      expect(share(query, nearly(random, centre, spread), centre)).toBeLessThanOrEqual(1);
    }
  }
});

test('a query along what a row lost comes as near to the bound as can be', () => {
  for (let n = 0; n < 20; n++) {
    const [x, centre] = [unit(random, 384), unit(random, 384)];
    for (const reference of [zero(384), centre]) {
      const { codes, code } = codedRow(x, reference);
      const missed = codes.map((v, j) => x[j]! - reference[j]! - code.scale * v);
      expect(share(missed, x, reference)).toBeGreaterThan(0.98);
      expect(share(missed, x, reference)).toBeLessThanOrEqual(1);
      expect(
        share(
          missed.map((r) => -1e6 * r),
          x,
          reference,
        ),
      ).toBeLessThanOrEqual(1);
    }
  }
});

test('a row along what a query lost stays within the bound', () => {
  for (let n = 0; n < 20; n++) {
    const query = Float64Array.from(unit(random, 384));
    const { codes, code } = codedQuery(query);
    const x = Float32Array.from(codes, (w, j) => 1e6 * (query[j]! - code.step * w));
    expect(share(query, x, zero(384))).toBeGreaterThan(0.001);
    expect(share(query, x, zero(384))).toBeLessThanOrEqual(1);
  }
});

test('a row that is its reference has no error at all, and one that differs has some', () => {
  const x = unit(random, 64);
  expect(codedRow(x, x).code).toEqual({ scale: 0, error: 0, length: 0 });
  expect(codedRow(zero(64), zero(64)).code).toEqual({ scale: 0, error: 0, length: 0 });
  for (const tiny of [1e-45, 1e-40, 1e-36]) {
    const { codes, code } = codedRow(zero(64).fill(tiny, 0, 1), zero(64));
    expect(code.error).toBeGreaterThanOrEqual(Math.fround(tiny));
    expect([...codes]).toEqual([...zero(64)]);
  }
});

test('codes stay within 8 and 16 bits, and their sums within 32', () => {
  for (const dim of [1, 384, 1024]) {
    for (const query of [
      new Float64Array(dim).fill(1),
      Float64Array.from(unit(random, dim)),
      new Float64Array(dim).fill(-1e150),
    ]) {
      const { codes } = codedQuery(query);
      expect(Math.max(...codes.map(Math.abs))).toBeLessThanOrEqual(32_767);
      expect(127 * codes.reduce((sum, w) => sum + Math.abs(w), 0)).toBeLessThan(2 ** 31);
    }
    const { codes } = codedRow(unit(random, dim), zero(dim));
    expect(Math.max(...codes.map(Math.abs))).toBe(127);
  }
});

test('a query of zeros loses nothing, and one near the end of doubles keeps its bound', () => {
  expect(codedQuery(new Float64Array(8)).code).toEqual({ step: 0, norm: 0, lost: 0 });
  const x = unit(random, 8);
  for (const size of [5e-324, 1e-310, 1e-300, 1e-160, 1e149]) {
    expect(
      share(
        Float64Array.from(unit(random, 8), (q) => q * size),
        x,
        zero(8),
      ),
    ).toBeLessThanOrEqual(1);
  }
});

test('the nearest reference, or the zero vector where that is nearer', () => {
  const [a, b] = [unit(random, 32), unit(random, 32)];
  const references = Float32Array.from([...zero(32), ...a, ...b]);
  const squares = Float64Array.of(0, norm(a) ** 2, norm(b) ** 2);
  expect(nearestReference(nearly(random, a, 0.1), references, squares)).toBe(1);
  expect(nearestReference(nearly(random, b, 0.1), references, squares)).toBe(2);
  expect(
    nearestReference(
      a.map((x) => -x),
      references,
      squares,
    ),
  ).toBe(0);
  expect(
    nearestReference(
      a.map((x) => x / 10),
      references,
      squares,
    ),
  ).toBe(0);
});
