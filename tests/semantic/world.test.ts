import { readFileSync } from 'node:fs';
import { liteEncoder } from 'attune/core';
import { createWorld } from 'attune/lab';
import { expect, test } from 'vitest';
import { dot } from '../../src/core/vector.js';
import { makeSliders, sliderAxis } from '../../src/domain/slider.js';
import { spearman } from '../spearman.js';

const bytes = readFileSync(new URL('../../public/models/lite/lite.attune', import.meta.url));
const encoder = liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const world = createWorld({ seed: 1, items: 300, people: 1, sliders: 6 });

async function embed(texts: readonly string[]): Promise<Float32Array[]> {
  const { data, dim } = await encoder.encode(texts);
  return texts.map((_, i) => data.subarray(i * dim, (i + 1) * dim));
}

test('lite reads from the texts of a synthetic world where its items stand on every slider', async () => {
  const rows = await embed(world.items.map(({ text }) => text));
  const read = new Map<string, number>();
  for (const [s, slider] of makeSliders(world.sliders.map(({ definition }) => definition)).entries()) {
    const { axis } = sliderAxis(slider, await embed(slider.poles));
    const positions = world.items.map((item) => item.positions[s]!);
    read.set(
      slider.id,
      spearman(
        positions,
        rows.map((row) => dot(axis, row)),
      ),
    );
  }
  console.log([...read].map(([id, r]) => `${id} ${r.toFixed(2)}`).join(', '));
  for (const [id, correlation] of read) expect(correlation, id).toBeGreaterThan(0.6);
});
