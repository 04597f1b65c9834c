import type { SequenceFile } from '../../src/compute/sequence/file.js';
import { tensorsOf } from '../../src/compute/sequence/shape.js';
import { checksum } from '../../src/core/checksum.js';

/** A model's file in f32, as training/foundation/flat.py writes it: for tests that need one of their own making. */
export function writeSequence({ tensors, ...header }: SequenceFile): Uint8Array {
  const parts = tensorsOf(header.shape, header).map(([name, rows, columns]) => {
    const bytes = new Uint8Array(tensors.get(name)!.slice().buffer);
    return { entry: { name, type: 'f32', rows, columns, sum: checksum(bytes) }, bytes };
  });
  const json = JSON.stringify({ ...header, tensors: parts.map(({ entry }) => entry) });
  const written = new TextEncoder().encode(json);
  const text = new Uint8Array(Math.ceil(written.length / 4) * 4).fill(32);
  text.set(written);
  const start = new Uint8Array(28);
  start.set(new TextEncoder().encode('attune-sequence-1\n  '));
  new DataView(start.buffer).setUint32(20, text.length, true);
  new DataView(start.buffer).setUint32(24, checksum(text), true);
  const pieces = [start, text, ...parts.map(({ bytes }) => bytes)];
  const file = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}
