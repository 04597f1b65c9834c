import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { LoadedModel } from '../encoder/protocol.js';
import type { ReadLine } from './read-lines.js';

/** Texts encoded, and written down, at once. Judgement: what an interruption may cost. */
const AT_ONCE = 256;

/** Bytes of SHA-256 that stand for a text in the file of rows. */
const KEY_BYTES = 16;

/**
 * The items' rows in order. Each slice is written to `part` as it is made; what is found there of an earlier run with the
 * same model is not made again, whatever the order of the items has become.
 *
 * @param part  the file of rows made so far: what made them, then records of a text's hash and its row
 * @param onRow told how many are done
 */
export async function embedLines(
  items: readonly ReadLine[],
  { modelVersion, dim, encode }: LoadedModel,
  part: string,
  onRow: (done: number) => void,
): Promise<{ readonly data: Float32Array<ArrayBuffer>; readonly unknown: number }> {
  const made = openPart(part, `attune-rows-1 ${modelVersion} ${dim}\n`, dim);
  const data = new Float32Array(items.length * dim);
  let waiting: number[] = [];
  let unknown = 0;

  async function encodeWaiting(): Promise<void> {
    if (waiting.length === 0) return;
    const rows = (await encode(waiting.map((i) => items[i]!.text))).data;
    waiting.forEach((i, n) => data.set(rows.subarray(n * dim, (n + 1) * dim), i * dim));
    const records = waiting.map((i) => Buffer.concat([keyOf(items[i]!.text), bytesOf(data, i, dim)]));
    appendFileSync(part, Buffer.concat(records));
    waiting = [];
  }

  for (const [i, { text }] of items.entries()) {
    const known = made.get(keyOf(text).toString('latin1'));
    if (known === undefined) waiting.push(i);
    else data.set(known, i * dim);
    if (waiting.length === AT_ONCE || i === items.length - 1) await encodeWaiting();
    onRow(i + 1);
  }
  for (let i = 0; i < items.length; i++) if (data.subarray(i * dim, (i + 1) * dim).every((x) => x === 0)) unknown++;
  return { data, unknown };
}

/** The rows of an earlier run by their texts' hashes; a file of another model is begun anew, a record cut off goes. */
function openPart(part: string, title: string, dim: number): ReadonlyMap<string, Float32Array> {
  const rows = new Map<string, Float32Array>();
  const bytes = existsSync(part) ? readFileSync(part) : Buffer.alloc(0);
  const begins = Buffer.byteLength(title);
  if (bytes.subarray(0, begins).toString('utf8') !== title) {
    writeFileSync(part, title);
    return rows;
  }
  const size = KEY_BYTES + 4 * dim;
  const count = Math.floor((bytes.length - begins) / size);
  for (let r = 0; r < count; r++) {
    const at = begins + r * size;
    const row = new Float32Array(dim);
    new Uint8Array(row.buffer).set(bytes.subarray(at + KEY_BYTES, at + size));
    rows.set(bytes.subarray(at, at + KEY_BYTES).toString('latin1'), row);
  }
  truncateSync(part, begins + count * size);
  return rows;
}

function keyOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, KEY_BYTES);
}

function bytesOf(data: Float32Array<ArrayBuffer>, row: number, dim: number): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + row * dim * 4, dim * 4);
}
