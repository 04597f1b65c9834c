import { describe, expect, test } from 'vitest';
import { type Scan, scanRows } from '../../src/core/scan.js';
import { compileKernel, createScanMemory } from '../../src/core/scan-memory.js';
import { scanPairs } from '../../src/core/scan-pairs.js';
import { scanCopies } from '../../src/core/scan-slice.js';
import { seeded, unit } from '../seeded.js';

const kernel = compileKernel()!;
const byKernel: Scan = (q, ...others) => scanCopies(createScanMemory(kernel, q.length, 1, true, 0), q, ...others);

describe.each(Object.entries({ scanRows, scanPairs, byKernel }))('%s', (_, scan) => {
  const data = Float32Array.of(1, 2, 3, 4);
  const q = Float64Array.of(10, 1);

  test('scores a row q·x plus its bias', () => {
    expect([...scan(q, data, Int32Array.of(2, 0), Float64Array.of(0.5, 0.25))]).toEqual([34.5, 12.25]);
  });

  test('scores a row nothing is known about by its bias alone, beside whatever it stands', () => {
    expect([...scan(q, data, Int32Array.of(-1, -1), Float64Array.of(7, 0))]).toEqual([7, 0]);
    expect([...scan(q, data, Int32Array.of(-1, 2, 0, -1, 2), null)]).toEqual([0, 34, 12, 0, 34]);
    expect([...scan(q, new Float32Array(), Int32Array.of(-1), null)]).toEqual([0]);
    expect([...scan(q, data, new Int32Array(), null)]).toEqual([]);
  });
});

test.each([1, 3, 64, 101, 256, 384])('of rows of %i numbers all scans give the same to the last bit', (dim) => {
  const random = seeded(dim);
  const count = 131; // more than the kernel takes at once, and odd
  const data = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) data.set(unit(random, dim), row * dim);
  const offsets = Int32Array.from({ length: count }, (_, i) => (i % 7 === 3 ? -1 : dim * Math.floor(random() * count)));
  const bias = Float64Array.from(offsets, () => random());
  for (const q of [unit(random, dim), Float64Array.from(unit(random, dim), (x) => x / 3)]) {
    for (const given of [null, bias]) {
      const plain = [...scanRows(q, data, offsets, given)];
      expect([...scanPairs(q, data, offsets, given)]).toEqual(plain);
      expect([...byKernel(q, data, offsets, given)]).toEqual(plain);
    }
  }
});
