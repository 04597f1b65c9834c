import { expect, test } from 'vitest';
import { GOLDEN_TEXTS } from '../../src/encoder/backend-check.js';
import { openEncoderWorker } from '../../src/encoder/client.js';
import type { Encoder } from '../../src/domain/ports.js';
import type { TransformerConfig } from '../../src/encoder/protocol.js';
import { SOAK } from '../soak.js';
import fixture from '../fixtures/tiny-bert/golden.json';
import { newWorker, tinyModel } from './tiny-models.js';

/** A GPU (Chromium's software one) against golden rows that were pinned: WASM is then not asked. */
const pinned = GOLDEN_TEXTS.map((text) => fixture.cases.find((each) => each.text === text)!.mean);

function open(golden: TransformerConfig['golden']): Promise<Encoder> {
  return openEncoderWorker(newWorker, tinyModel({ device: 'webgpu', golden }), () => undefined);
}

const hasGpu = 'gpu' in navigator; // not in Firefox without a window, nor in WebKitGTK

test.runIf(hasGpu && SOAK > 1)(
  'a GPU that answers the golden texts as pinned is believed',
  { timeout: 120_000 },
  async () => {
    const encoder = await open(pinned);
    const { data } = await encoder.encode(['warm']);
    const warm = fixture.cases.find(({ text }) => text === 'warm')!.mean;
    expect(data.reduce((sum, x, j) => sum + x * warm[j]!, 0)).toBeGreaterThan(0.9999);
    encoder.close();
  },
);

test.runIf(hasGpu)('a GPU that answers them otherwise is not', { timeout: 120_000 }, async () => {
  const others = pinned.map((row) => row.map((x, j) => (j % 3 === 0 ? -x : x)));
  await expect(open(others)).rejects.toMatchObject({
    code: 'encoder/unavailable',
    message: expect.stringContaining('WebGPU answers otherwise'),
  });
});
