import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { liteEncoder } from 'attune/core';
import { SOAK } from '../soak.js';

/** A million in the soak. */
const TEXTS = SOAK > 1 ? 1_000_000 : 20_000;
const MEGABYTE = 2 ** 20;

test(`after ${TEXTS} texts lite holds less than a megabyte more than before`, { timeout: 300_000 }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const lite = liteEncoder(Uint8Array.from(readFileSync('public/models/lite/lite.attune')).buffer);
  const encode = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1000) {
      const texts = Array.from(
        { length: 1000 },
        (_, j) => `walking, music and food number ${i + j} ${(i * j).toString(36)}`,
      );
      await lite.encode(texts);
    }
  };
  await encode(0, 5000);
  const before = held();
  await encode(5000, 5000 + TEXTS);
  expect(held() - before).toBeLessThan(MEGABYTE);
});
