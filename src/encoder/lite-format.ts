import { halfToNumber } from '../core/half.js';
import { AttuneError } from '../errors.js';

/** A static encoder as it lies in its file: a vocabulary, and one 4-bit row with one scale a token. */
export interface LiteTable {
  /** Tokens by id, in byte order; `##` marks a continuation. */
  readonly tokens: readonly string[];
  readonly dim: number;
  /** How much less a token counts whose meaning the others of its text share (lite-pool.ts), ≥ 0; 0 makes plain means. */
  readonly damping: number;
  readonly scales: Float32Array;
  /** `dim / 2` bytes a row, low nibble first; value = (nibble − 8) · scale. */
  readonly rows: Uint8Array;
}

const HEADER_BYTES = 36;

/**
 * Reads a lite file (layout in training/lite/pack.py) without copying its rows. Every length is checked before use.
 *
 * @throws AttuneError `model/corrupt`
 */
export function parseLite(bytes: ArrayBuffer): LiteTable {
  if (bytes.byteLength < HEADER_BYTES) throw corrupt('it is shorter than its header');
  const view = new DataView(bytes);
  const magic = String.fromCharCode(...new Uint8Array(bytes, 0, 4));
  if (magic !== 'ATLT') throw corrupt('it does not start with ATLT');
  const [version, rows, dim, bits, vocabBytes, scalesOffset, rowsOffset] = Array.from({ length: 7 }, (_, i) =>
    view.getUint32(4 + 4 * i, true),
  ) as [number, number, number, number, number, number, number];
  if (version !== 2 || bits !== 4) throw corrupt(`version ${version} with ${bits} bits is not known here`);
  if (dim === 0 || dim % 2 !== 0 || rows === 0) throw corrupt(`${rows} rows of ${dim} numbers`);
  const damping = view.getFloat32(32, true);
  if (!(damping >= 0 && Number.isFinite(damping))) throw corrupt(`a damping of ${damping}`);
  const fits =
    scalesOffset === roundUp(HEADER_BYTES + vocabBytes, 2) &&
    rowsOffset === roundUp(scalesOffset + 2 * rows, 16) &&
    rowsOffset + (rows * dim) / 2 === bytes.byteLength;
  if (!fits) throw corrupt(`its ${bytes.byteLength} bytes do not match its header`);
  const scales = new Float32Array(rows);
  for (let i = 0; i < rows; i++) scales[i] = halfToNumber(view.getUint16(scalesOffset + 2 * i, true));
  return {
    tokens: readTokens(new Uint8Array(bytes, HEADER_BYTES, vocabBytes), rows),
    dim,
    damping,
    scales,
    rows: new Uint8Array(bytes, rowsOffset),
  };
}

function readTokens(coded: Uint8Array, count: number): string[] {
  const decoder = new TextDecoder();
  const token = new Uint8Array(512);
  const tokens: string[] = [];
  let at = 0;
  let length = 0;
  for (let i = 0; i < count; i++) {
    const shared = coded[at];
    const further = coded[at + 1];
    if (shared === undefined || further === undefined || at + 2 + further > coded.length) {
      throw corrupt('its vocabulary ends early');
    }
    if (shared > length) throw corrupt('its vocabulary makes no sense');
    length = shared + further;
    token.set(coded.subarray(at + 2, at + 2 + further), shared);
    tokens.push(decoder.decode(token.subarray(0, length)));
    at += 2 + further;
  }
  if (at !== coded.length) throw corrupt('its vocabulary goes on after its last token');
  return tokens;
}

function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}

function corrupt(reason: string): AttuneError {
  return new AttuneError('model/corrupt', `The model file is damaged: ${reason}. Serve it again, unchanged.`);
}
