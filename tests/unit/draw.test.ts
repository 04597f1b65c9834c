import { expect, test } from 'vitest';
import { drawAt } from '../../src/core/draw.js';

test('a draw is the same for the same three numbers, and lies from 0 up to 1', () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    for (const key of [0, 7, 2 ** 31, 2 ** 32 - 1]) {
      const value = drawAt(seed, 3, key);
      expect(drawAt(seed, 3, key)).toBe(value);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  }
});

test('draws fill [0, 1) evenly along each of the three numbers, and neighbours are unrelated', () => {
  const count = 20_000;
  const along = [
    (i: number) => drawAt(i, 2, 5),
    (i: number) => drawAt(9, i, 5),
    (i: number) => drawAt(9, 2, i),
    (i: number) => drawAt(i, i, i),
  ];
  for (const draw of along) {
    const cells = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < count; i++) cells[10 * Math.floor(10 * draw(i)) + Math.floor(10 * draw(i + 1))]!++;
    const expected = count / 100;
    const chiSquare = cells.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(99 + 4 * Math.sqrt(2 * 99)); // 99 degrees of freedom, 4 standard deviations
  }
});
