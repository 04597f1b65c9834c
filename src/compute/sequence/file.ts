import { checksum } from '../../core/checksum.js';
import { halfToNumber } from '../../core/half.js';
import { AttuneError } from '../../errors.js';
import { type SequenceNames, type SequenceShape, tensorsOf, wrongShape } from './shape.js';

/** What a model's file says of itself. */
export interface SequenceHeader extends SequenceNames {
  readonly shape: SequenceShape;
  /** `modelVersion` of the encoder that made the texts' rows: no other's may meet this model. */
  readonly encoder: string;
  /** The newest action learned from, epoch ms: who is asked about earlier ones would be told the answer. */
  readonly until: number;
  /** Actions learned from. */
  readonly actions: number;
  /** Name of the events learned from: see `nameOfEvents` of the evaluation. */
  readonly log: string;
  /** What is to be known of the model by people: how it was made, of what, how well it does. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** A model as it lies in its file, numbers widened to 32 bits. */
export interface SequenceFile extends SequenceHeader {
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

const MAGIC = 'attune-sequence-';
const VERSION = '1';
const TITLE_BYTES = 20;
/** Title, length of the header, its checksum. */
const FIXED = 28;

/** By kind of numbers: bytes each, besides an f32 a row where rows have scales. */
const BYTES = { f32: 4, f16: 2, i8: 1 } as const;

interface TensorEntry {
  readonly name: string;
  readonly type: keyof typeof BYTES;
  readonly rows: number;
  readonly columns: number;
  /** `checksum` of its bytes, what fills them up to a multiple of 4 included. */
  readonly sum: number;
}

/**
 * Reads a model's file (layout in training/foundation/flat.py). Every length and every checksum is compared before use.
 *
 * @throws AttuneError `model/corrupt` for anything but a whole file of this version, all of whose numbers are finite
 */
export function readSequenceFile(bytes: Uint8Array): SequenceFile {
  const file = new Uint8Array(bytes); // aligned, which a view need not be, and Node's Buffer never copies by slice
  const title = new TextDecoder().decode(file.subarray(0, TITLE_BYTES));
  if (!title.startsWith(MAGIC)) throw damaged(`it begins with ${JSON.stringify(title)}`);
  if (title !== `${MAGIC}${VERSION}\n`.padEnd(TITLE_BYTES)) {
    throw damaged(`it is of version ${title.slice(MAGIC.length).trim()}, and this Attune reads version ${VERSION}`);
  }
  if (file.length < FIXED) throw damaged('it is cut short');
  const view = new DataView(file.buffer);
  const headerBytes = view.getUint32(TITLE_BYTES, true);
  if (headerBytes % 4 !== 0 || FIXED + headerBytes > file.length) throw damaged('it is cut short');
  const text = file.subarray(FIXED, FIXED + headerBytes);
  if (checksum(text) !== view.getUint32(TITLE_BYTES + 4, true)) throw damaged('its header was changed');
  const { tensors: entries, ...header } = headerOf(new TextDecoder().decode(text));
  checkEntries(entries, header);
  const tensors = new Map<string, Float32Array>();
  let at = FIXED + headerBytes;
  const end = entries.reduce((sum, entry) => sum + sizeOf(entry), at);
  if (end !== file.length) throw damaged(`it has ${file.length} bytes instead of ${end}`);
  for (const entry of entries) {
    const part = file.slice(at, (at += sizeOf(entry)));
    if (checksum(part) !== entry.sum) throw damaged(`the checksum of ${entry.name} differs`);
    const numbers = widened(entry, part.buffer);
    if (!numbers.every(Number.isFinite)) throw damaged(`${entry.name} holds what is no finite number`);
    tensors.set(entry.name, numbers);
  }
  return { ...header, tensors };
}

function headerOf(text: string): SequenceHeader & { readonly tensors: readonly TensorEntry[] } {
  let header: Partial<SequenceHeader & { readonly tensors: readonly TensorEntry[] }> | null;
  try {
    header = JSON.parse(text) as typeof header;
  } catch {
    throw damaged('its header is no JSON');
  }
  const lists = [header?.items, header?.kinds, header?.devices, header?.phases, header?.tensors];
  const words = [header?.encoder, header?.log];
  const isWhole =
    lists.every(Array.isArray) &&
    words.every((word) => typeof word === 'string') &&
    [header?.until, header?.actions].every(Number.isFinite);
  if (!isWhole) throw damaged('its header says too little');
  const wrong = wrongShape({ ...header!.shape } as SequenceShape);
  if (wrong !== undefined) throw damaged(`its shape makes no sense: ${wrong}`);
  return header as ReturnType<typeof headerOf>;
}

/** @throws AttuneError `model/corrupt` unless these are the tensors of the shape, in order */
function checkEntries(entries: readonly TensorEntry[], header: SequenceHeader): void {
  const expected = tensorsOf(header.shape, header);
  if (entries.length !== expected.length) throw damaged(`it has ${entries.length} tensors, not ${expected.length}`);
  for (const [i, [name, rows, columns]] of expected.entries()) {
    const entry = entries[i]!;
    const isAsExpected = entry?.name === name && entry.rows === rows && entry.columns === columns;
    if (!isAsExpected || !Object.hasOwn(BYTES, entry.type)) {
      throw damaged(`tensor ${i} is no ${name} of ${rows} × ${columns}`);
    }
  }
}

function sizeOf({ type, rows, columns }: TensorEntry): number {
  const numbers = Math.ceil((rows * columns * BYTES[type]) / 4) * 4;
  return type === 'i8' ? numbers + 4 * rows : numbers;
}

/** 8-bit numbers are in units of their row's scale; scales follow the numbers. */
function widened({ type, rows, columns }: TensorEntry, buffer: ArrayBuffer): Float32Array {
  const count = rows * columns;
  if (type === 'f32') return new Float32Array(buffer, 0, count);
  if (type === 'f16') return Float32Array.from(new Uint16Array(buffer, 0, count), halfToNumber);
  const scales = new Float32Array(buffer, Math.ceil(count / 4) * 4, rows);
  return Float32Array.from(new Int8Array(buffer, 0, count), (x, i) => x * scales[Math.floor(i / columns)]!);
}

function damaged(why: string): AttuneError {
  const wayOut = 'Serve it unchanged, or make it anew with training/foundation.';
  return new AttuneError('model/corrupt', `This is no whole sequence model: ${why}. ${wayOut}`);
}
