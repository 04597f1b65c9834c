import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import { normalize } from '../../src/core/vector.js';
import { openLite } from '../../src/encoder/lite.js';
import { parseLite } from '../../src/encoder/lite-format.js';

/** Lite beside BERT's uncased WordPiece written out character by character, as Hugging Face's `tokenizers` runs it. */
const file = readFileSync(new URL('../../public/models/lite/lite.attune', import.meta.url));
const bytes = narrow(new Uint8Array(file));
const { tokens, dim, damping, scales, rows } = parseLite(bytes);
const ids = new Map(tokens.map((token, id) => [token, id]));
const LONGEST = Math.max(...tokens.map(({ length }) => length));
const lite = openLite(bytes, 'lite');

/** The released file with rows of its own, of 4 numbers drawn by chance: tokens are told apart for little. */
function narrow(released: Uint8Array): ArrayBuffer {
  const header = new Uint32Array(released.slice(0, 36).buffer);
  const [, , count, , , , , rowsOffset] = header;
  const random = seeded(1);
  const narrowed = new Uint8Array(rowsOffset! + 2 * count!).map(() => 256 * random());
  narrowed.set(released.subarray(0, rowsOffset));
  header[3] = 4;
  narrowed.set(new Uint8Array(header.buffer));
  return narrowed.buffer;
}

const HAN =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/u;

function wordsOf(text: string): string[] {
  let clean = '';
  for (const c of text) {
    if ('\t\n\r'.includes(c)) clean += ' ';
    else if (c === '\ufffd' || /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(c)) continue;
    else clean += /\s/u.test(c) ? ' ' : HAN.test(c) ? ` ${c} ` : c;
  }
  const words: string[] = [];
  let glued = false;
  for (const c of clean.normalize('NFD')) {
    if (/\p{Mn}/u.test(c)) continue;
    const isMark = /[!-/:-@[-`{-~\p{P}]/u.test(c);
    if (c === ' ') glued = false;
    else if (isMark || !glued) words.push(c.toLowerCase());
    else words.push(words.pop()! + c.toLowerCase());
    glued = c !== ' ' && !isMark;
  }
  return words;
}

const known = new Map<string, number[]>();

function piecesOf(word: string): number[] {
  const pieces = known.get(word) ?? cut(word);
  known.set(word, pieces);
  return pieces;
}

function cut(word: string): number[] {
  const letters = Array.from(word);
  const unknown = [ids.get('[UNK]')!];
  if (letters.length > 100) return unknown;
  const pieces: number[] = [];
  for (let start = 0; start < letters.length;) {
    let end = Math.min(letters.length, start + LONGEST);
    const piece = (): string => (start > 0 ? '##' : '') + letters.slice(start, end).join('');
    while (end > start && !ids.has(piece())) end--;
    if (end === start) return unknown;
    pieces.push(ids.get(piece())!);
    start = end;
  }
  return pieces;
}

/** The embedding of a text of fewer than 256 tokens, or of the first 256. */
function expected(text: string): Float32Array {
  const sum = new Float32Array(dim);
  const parts = text.slice(0, 8192).split(/(\[(?:PAD|UNK|CLS|SEP|MASK)\])/);
  const all = parts.flatMap((part, i) => (i % 2 ? [ids.get(part)!] : wordsOf(part).flatMap(piecesOf)));
  const read = all.slice(0, 256);
  if (read.every((id) => /^(\[[A-Z]+\]|(##)?[^\p{L}\p{N}\p{Extended_Pictographic}]+)$/u.test(tokens[id]!))) return sum;
  const known = read.map(rowOf).filter((row) => length(row) > 0);
  const plain = sum.map((_, j) => known.reduce((total, row) => total + row[j]!, 0));
  const mean = known.reduce((total, row) => total + length(row), 0) / known.length;
  for (const row of known) {
    const others = row.reduce((total, x, j) => total + x * (plain[j]! - x), 0) / length(row);
    const weight = 1 / (1 + (damping * Math.max(others, 0)) / (mean * known.length * (1 + known.length / 16)));
    row.forEach((x, j) => (sum[j] = sum[j]! + weight * x));
  }
  return normalize(sum);
}

function rowOf(id: number): number[] {
  return Array.from({ length: dim }, (_, j) => {
    const pair = rows[(id * dim + j) >> 1]!;
    return scales[id]! * ((j % 2 ? pair >> 4 : pair & 15) - 8);
  });
}

function length(row: readonly number[]): number {
  return Math.hypot(...row);
}

const WORDS =
  'The quiet HARBOUR café naïve Über Straße İstanbul ΟΔΥΣΣΕΥΣ Привет ﬁre don’t e-mail 3.14 €20 #cats @home [SEP] [x]';
const POOLS = [
  ...WORDS.split(' ').map((word) => [word]),
  ['日本語', '中', '\u{20001}', '\u{2b825}', '한국어', 'ไทย', 'हिन्दी', 'שלום', 'مرحبا'],
  ['👍', '👩‍👩‍👧', '🏳️‍🌈', '❤️', '☕', '🇵🇹', '\u{1f9d1}\u{1f3fd}'],
  ['\u0000', '\u0007', '\u00ad', '\u200b', '\ufeff', '\ufffd', '\ue000', '\u0085', '\u2028', '\u00a0', '\u3000'],
  ['\ud800', '\udc00', '\ud83d', 'a\udfffb'],
  ['e\u0301', 'n\u0303', '\u0301', 'Å', 'ǅ', 'ß', 'Σ', 'ς', 'K', 'İ'],
  ['!', '…', '«', '»', '—', '_', '$', '^', '`', '~', '¿', '、', '。', '٪'],
  ['a'.repeat(99), 'b'.repeat(101), 'lighthouses', 'unbelievability', 'xqzt'],
];

test('10,000 texts of every kind read as BERT reads them', async () => {
  const random = seeded(20261122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const odd = (): string => String.fromCodePoint(Math.floor(random() * (random() < 0.5 ? 0x3000 : 0x10ffff)));
  const texts = Array.from({ length: 10_000 }, () => {
    const parts = Array.from({ length: Math.floor(random() * 10) }, () =>
      random() < 0.15 ? odd() : pick(pick(POOLS)),
    );
    return parts.join(random() < 0.7 ? ' ' : '');
  });
  const { data } = await lite.encode(texts);
  const wrong = texts.filter((text, i) => {
    const row = expected(text);
    return row.some((x, j) => !(Math.abs(x - data[i * dim + j]!) < 1e-4));
  });
  expect(wrong.slice(0, 5).map((text) => JSON.stringify(text))).toEqual([]);
});

test('of a megabyte without a space the start is read, and it is called truncated', async () => {
  const texts = ['🙂é日'.repeat(300_000), 'quiet harbour '.repeat(80_000)];
  const { data, truncated } = await lite.encode(texts);
  expect(truncated).toBe(2);
  texts.forEach((text, i) =>
    expect(data.subarray(i * dim, (i + 1) * dim)).toBeAllclose(expected(text), { atol: 1e-4 }),
  );
});
