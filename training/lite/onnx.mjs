// Writes a lite file as the folder of a model for transformers.js and ONNX Runtime.
//
//   node training/lite/onnx.mjs public/models/lite/lite.attune FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSources } from '../source-modules.mjs';
import { onnxFiles } from './onnx-files.mjs';

const [source, folder] = process.argv.slice(2);
if (!source || !folder) throw new Error('usage: node training/lite/onnx.mjs FILE FOLDER');
const sources = await openSources();
const { parseLite } = await sources.load('/src/encoder/lite-format.ts');
const { describeWordPiece } = await sources.load('/src/encoder/lite.ts');
await sources.close();
const file = readFileSync(source);
const table = parseLite(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
for (const [path, content] of Object.entries(onnxFiles(table, describeWordPiece(table.tokens)))) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  console.log(`${join(folder, path)}: ${content.length} bytes`);
}
