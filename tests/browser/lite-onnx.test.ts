import { afterAll, expect, test } from 'vitest';
import { onnxFiles } from '../../training/lite/onnx-files.mjs';
import { openEncoderWorker } from '../../src/encoder/client.js';
import { describeWordPiece, openLite } from '../../src/encoder/lite.js';
import { parseLite } from '../../src/encoder/lite-format.js';
import { MODEL_CACHE } from '../../src/encoder/lite-release.js';
import golden from '../../src/encoder/golden-texts.json';
import { HUB, newWorker, tinyModel } from './tiny-models.js';

afterAll(() => caches.delete(MODEL_CACHE));

test('as ONNX in transformers.js lite answers as by itself', async () => {
  const bytes = await (await fetch('/models/lite/lite.attune')).arrayBuffer();
  const folder = `${HUB}/lite/resolve/main/`;
  const cache = await caches.open(MODEL_CACHE);
  const table = parseLite(bytes);
  for (const [path, content] of Object.entries(onnxFiles(table, describeWordPiece(table.tokens)))) {
    await cache.put(folder + path, new Response(content));
  }
  const config = tinyModel({ id: 'lite', folder, cache: true });
  const encoder = await openEncoderWorker(newWorker, config, () => {});
  const texts = [...golden, 'Café Zürich, 3.14 €!', 'unbelievability of lighthouses', 'ship '.repeat(400)];
  const [onnx, own] = [await encoder.encode(texts), await openLite(bytes, 'lite').encode(texts)];
  encoder.close();
  expect([onnx.dim, onnx.truncated]).toEqual([own.dim, own.truncated]);
  texts.forEach((text, i) => {
    const row = ({ data, dim }: typeof own): Float32Array => data.subarray(i * dim, (i + 1) * dim);
    const cosine = row(onnx).reduce((sum, x, j) => sum + x * row(own)[j]!, 0);
    expect(cosine, text.slice(0, 40)).toBeGreaterThan(0.9999);
  });
});
