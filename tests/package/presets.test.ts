import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { agreement } from '../../src/encoder/backend-check.js';
import texts from '../../src/encoder/golden-texts.json' with { type: 'json' };
import { type Pin, PRESETS } from '../../src/encoder/presets.js';
import { RUNTIME } from '../../src/encoder/runtime-release.js';
import { COMMIT, serveHub } from '../e2e/hub.js';
import golden from '../fixtures/tiny-bert/golden.json' with { type: 'json' };

/** What Attune knows of files before it has seen them: the runtime's hashes, and what `npm run presets:pin` writes. */
const folder = mkdtempSync(join(tmpdir(), 'attune-pin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

test.each(Object.values(RUNTIME))('$name is the installed one', ({ name, sha256: expected }) => {
  expect(sha256(`node_modules/onnxruntime-web/dist/${name}.wasm`)).toBe(expected);
});

test('docs/models.md says of each preset what it is', () => {
  const rows = readFileSync('docs/models.md', 'utf8').split('\n');
  for (const [name, { id, pooling, license, sizeMB, prefix }] of Object.entries(PRESETS)) {
    const row = rows.find((each) => each.includes(`'${name}'`) && each.startsWith('|'))!;
    for (const said of [id.split('/')[1]!, pooling, license, `${sizeMB.q8} / ${sizeMB.fp16} / ${sizeMB.fp32}`]) {
      expect(row).toContain(said);
    }
    expect(row).toContain(prefix.content.trim());
  }
});

test('presets:pin writes the commit, every hash, and golden rows equal to PyTorch’s', { timeout: 60_000 }, async () => {
  const model = 'tests/fixtures/hub/tiny-bert/resolve/main';
  cpSync('tests/fixtures/hub/tiny-bert', join(folder, 'Xenova/all-MiniLM-L6-v2'), { recursive: true });
  const hub = await serveHub(folder);
  const out = join(folder, 'pins.json');
  try {
    const args = ['training/presets/pin.mjs', '--host', hub.origin, '--out', out, 'minilm'];
    await promisify(execFile)(process.execPath, args);
  } finally {
    await hub.close();
  }
  const { minilm } = JSON.parse(readFileSync(out, 'utf8')) as { minilm: Pin };
  expect(minilm.revision).toBe(COMMIT);
  const files = [
    'config.json',
    'onnx/model.onnx',
    'onnx/model_quantized.onnx',
    'tokenizer.json',
    'tokenizer_config.json',
  ];
  expect(minilm.sha256).toEqual(Object.fromEntries(files.map((file) => [file, sha256(`${model}/${file}`)])));
  const rows = texts.map((text) => golden.cases.find((each) => each.text === text)!.mean);
  expect(agreement(minilm.golden, rows)).toBeGreaterThan(0.99999);
});
