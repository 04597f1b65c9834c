import { AttuneError } from '../errors.js';
import { checksum } from './checksum.js';
import { codeWidth } from './code-rows.js';
import { MOST_REFERENCES } from './references.js';
import { triangle } from './moments.js';

/**
 * The layout of a catalogue file (docs/catalogue.md): a header, then sections one after another, each on a multiple of 64
 * bytes, little endian as every machine a browser runs on. Rows and entries come last, because they stay on disk.
 */
const SECTIONS = [
  'model', // UTF-8: the model version that made the rows
  'references', // f32, `references · dim`
  'moments', // f64: count, Σ x, and Σ x·xᵀ as an upper triangle
  'order', // u32: checksums of the ids in ascending order, then the rows they belong to
  'idOffsets', // u32, count + 1
  'ids', // UTF-8
  'rowSums', // u32: checksum of each row of `rows`
  'entryOffsets', // u32, count + 1
  'entrySums', // u32: checksum of each entry
  'facts', // 16 bytes a row, in fours, as the scan has them (scan-memory.ts)
  'codes', // `dim` rounded up to 16 bytes a row, in fours likewise
  'entries', // 11 characters, the hash of the text that was embedded, then the item as JSON, in UTF-8
  'rows', // f32, `count · dim`
] as const;

export type SectionName = (typeof SECTIONS)[number];

/** Where a section lies, in bytes from the file's start, and its checksum; that of `entries` and `rows` is 0. */
export interface Section {
  readonly start: number;
  readonly length: number;
  readonly sum: number;
}

export interface CatalogueLayout {
  readonly dim: number;
  /** How many rows. */
  readonly count: number;
  /** How many references, the zero vector not counted. */
  readonly references: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly sections: Readonly<Record<SectionName, Section>>;
  /** Checksum of the header, which holds those of the sections: another file has another one. */
  readonly sum: number;
}

export const HEADER_BYTES = 256;
const MAGIC = 'ATCA';
const VERSION = 1;
const ALIGNMENT = 64;
const SUM_AT = 20;
const TABLE_AT = 32;

/** Bytes of the hash that an entry begins with. */
export const TEXT_HASH_BYTES = 11;

/** Most numbers a row has, and most rows: well beyond what a page can hold. */
const MOST_DIM = 16_384;
const MOST_ROWS = 2 ** 28;

/** The file's parts, in order, as they are written: the header, and each section with what fills it up. */
export function writeCatalogue(
  { dim, count, references }: Pick<CatalogueLayout, 'dim' | 'count' | 'references'>,
  contents: Readonly<Record<SectionName, Uint8Array<ArrayBuffer>>>,
): Uint8Array<ArrayBuffer>[] {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode(MAGIC));
  [VERSION, dim, count, references].forEach((value, i) => view.setUint32(4 + 4 * i, value, true));
  const parts = [header];
  SECTIONS.forEach((name, s) => {
    const bytes = contents[name];
    view.setFloat64(TABLE_AT + 16 * s, bytes.length, true);
    view.setUint32(TABLE_AT + 16 * s + 8, isOnDisk(name) ? 0 : checksum(bytes), true);
    parts.push(bytes, new Uint8Array(roundUp(bytes.length) - bytes.length));
  });
  view.setUint32(SUM_AT, checksum(header), true);
  return parts;
}

/**
 * Reads the first `HEADER_BYTES` of a file. Every length is checked: against the others, and all together against the file's.
 *
 * @throws AttuneError `model/corrupt`, also for a file of another version
 */
export function readLayout(header: Uint8Array, fileBytes: number): CatalogueLayout {
  if (header.length < HEADER_BYTES) throw corruptCatalogue('it is shorter than its header');
  const bytes = header.slice(0, HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC) throw corruptCatalogue('it is none');
  const [version, dim, count, references, sum] = Array.from({ length: 5 }, (_, i) =>
    view.getUint32(4 + 4 * i, true),
  ) as [number, number, number, number, number];
  if (version !== VERSION) {
    throw corruptCatalogue(`it is of version ${version}, and this Attune reads version ${VERSION}`);
  }
  view.setUint32(SUM_AT, 0, true);
  if (checksum(bytes) !== sum) throw corruptCatalogue('its header was changed');
  if (dim < 1 || dim > MOST_DIM || count > MOST_ROWS || references > MOST_REFERENCES) {
    throw corruptCatalogue(`${count} rows of ${dim} numbers, ${references} references`);
  }
  const expected = fixedLengths(dim, count, references);
  let start = HEADER_BYTES;
  const sections = Object.fromEntries(
    SECTIONS.map((name, s): [SectionName, Section] => {
      const length = view.getFloat64(TABLE_AT + 16 * s, true);
      if (!Number.isSafeInteger(length) || length < 0 || (expected[name] ?? length) !== length) {
        throw corruptCatalogue(`its section ${name} has ${length} bytes`);
      }
      const section = { start, length, sum: view.getUint32(TABLE_AT + 16 * s + 8, true) };
      start = roundUp(start + length);
      return [name, section];
    }),
  ) as Record<SectionName, Section>;
  if (start !== fileBytes) throw corruptCatalogue(`it has ${fileBytes} bytes instead of ${start}`);
  return { dim, count, references, sizeBytes: start, sections, sum };
}

/** Lengths that follow from the header. */
function fixedLengths(dim: number, count: number, references: number): Partial<Record<SectionName, number>> {
  const fours = Math.ceil(count / 4) * 4;
  return {
    references: references * dim * 4,
    moments: 8 * (1 + dim + triangle(dim)),
    order: 8 * count,
    idOffsets: 4 * (count + 1),
    rowSums: 4 * count,
    entryOffsets: 4 * (count + 1),
    entrySums: 4 * count,
    facts: 16 * fours,
    codes: codeWidth(dim) * fours,
    rows: 4 * dim * count,
  };
}

/** Whether a section is read a piece at a time, each with a checksum of its own. */
function isOnDisk(name: SectionName): boolean {
  return name === 'entries' || name === 'rows';
}

/** The error for a file that can't be believed. */
export function corruptCatalogue(reason: string, cause?: unknown): AttuneError {
  const message = `The catalogue is damaged: ${reason}. Make it again with \`attune index\`, and serve it unchanged.`;
  return new AttuneError('model/corrupt', message, { cause });
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
