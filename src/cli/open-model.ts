import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AttuneError, invalid } from '../errors.js';
import { openLite } from '../encoder/lite.js';
import { LITE } from '../encoder/lite-release.js';
import type { LoadedModel } from '../encoder/protocol.js';

/**
 * The encoder by name or path. Transformers are refused: the runtime that the package brings is the browser's.
 *
 * Rejects with AttuneError `input/invalid`, `model/corrupt` or `encoder/unavailable`.
 */
export async function openModel(model: string): Promise<LoadedModel> {
  const file = model === 'lite' ? join(import.meta.dirname, LITE.path) : model;
  if (!existsSync(file)) throw invalid('model', model, "Pass 'lite', or the path of models/lite/lite.attune.");
  if (!statSync(file).isFile() || file.endsWith('.onnx')) {
    const wayOut = 'Index with lite, or let the page embed the items anew with `catalogue.reembed()`.';
    throw new AttuneError('encoder/unavailable', `${model}: transformers run in browsers only. ${wayOut}`);
  }
  const bytes = readFileSync(file);
  if (createHash('sha256').update(bytes).digest('hex') !== LITE.sha256) {
    throw new AttuneError('model/corrupt', `${model} is not the file of ${LITE.modelVersion} (SHA-256).`);
  }
  return openLite(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), LITE.modelVersion);
}
