// Packs a static encoder (4-bit table in the STE1 layout plus its tokenizer.json) into the one file Attune ships.
//
//   node training/lite/pack.mjs MODEL_DIR public/models/lite
//
// Layout, little endian: 'ATLT', then u32 version, rows, dim, bits, vocabBytes, scalesOffset, rowsOffset; the vocabulary
// from byte 32 (tokens in byte order, front-coded: u8 bytes shared with the token before, u8 further bytes, those
// bytes); f16 scales, one a row; rows of `dim` 4-bit numbers, low nibble first, value = (nibble - 8) · scale.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [source, target] = process.argv.slice(2);
if (!source || !target) throw new Error('usage: node training/lite/pack.mjs MODEL_DIR OUT_DIR');

const table = readFileSync(join(source, 'table.i4.bin'));
if (table.toString('latin1', 0, 4) !== 'STE1') throw new Error('table.i4.bin: not an STE1 file');
const [, rows, dim, bits, , scalesAt, rowsAt] = Array.from({ length: 7 }, (_, i) => table.readUInt32LE(4 + 4 * i));
if (bits !== 4) throw new Error(`table.i4.bin: ${bits} bits a number, expected 4`);
const { vocab } = JSON.parse(readFileSync(join(source, 'tokenizer.json'), 'utf8')).model;

const tokens = Object.entries(vocab)
  .map(([token, id]) => ({ bytes: Buffer.from(token, 'utf8'), id }))
  .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
if (tokens.length !== rows) throw new Error(`${tokens.length} tokens for ${rows} rows`);

const coded = [];
let before = Buffer.alloc(0);
for (const { bytes } of tokens) {
  let shared = 0;
  while (shared < before.length && shared < bytes.length && before[shared] === bytes[shared]) shared++;
  coded.push(Buffer.from([shared, bytes.length - shared]), bytes.subarray(shared));
  before = bytes;
}
const vocabulary = Buffer.concat(coded);
const align = (n, to) => Math.ceil(n / to) * to;
const scalesOffset = align(32 + vocabulary.length, 2);
const rowsOffset = align(scalesOffset + 2 * rows, 16);
const file = Buffer.alloc(rowsOffset + (rows * dim) / 2);
file.write('ATLT', 0, 'latin1');
[1, rows, dim, bits, vocabulary.length, scalesOffset, rowsOffset].forEach((n, i) => file.writeUInt32LE(n, 4 + 4 * i));
vocabulary.copy(file, 32);
tokens.forEach(({ id }, row) => {
  table.copy(file, scalesOffset + 2 * row, scalesAt + 2 * id, scalesAt + 2 * id + 2);
  table.copy(file, rowsOffset + (row * dim) / 2, rowsAt + (id * dim) / 2, rowsAt + ((id + 1) * dim) / 2);
});

mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'lite.attune'), file);
console.log(`lite.attune: ${rows} × ${dim}, ${file.length} bytes, vocabulary ${vocabulary.length} bytes`);
console.log(`sha256 ${createHash('sha256').update(file).digest('hex')}`);
