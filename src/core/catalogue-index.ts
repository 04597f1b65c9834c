import { type CatalogueLayout, corruptCatalogue, type Section, type SectionName } from './catalogue-format.js';
import { checksum } from './checksum.js';
import { createMoments, type Moments } from './moments.js';

/** What of a catalogue file lies in memory beside its codes. Nothing is decoded until it is asked for. */
export interface CatalogueIndex {
  readonly layout: CatalogueLayout;
  readonly modelVersion: string;
  readonly references: Float32Array;
  readonly moments: Moments;
  /** Checksums of ids in ascending order, then the rows they belong to. */
  readonly order: Uint32Array;
  readonly idOffsets: Uint32Array;
  readonly ids: Uint8Array;
  readonly rowSums: Uint32Array;
  readonly entryOffsets: Uint32Array;
  readonly entrySums: Uint32Array;
}

/** From where to where those sections lie, in bytes from the file's start. */
export function indexRange({ sections }: CatalogueLayout): readonly [start: number, end: number] {
  return [sections.model.start, sections.facts.start];
}

/**
 * Views of the sections in `bytes`, which are those of `indexRange`.
 *
 * @throws AttuneError `model/corrupt`
 */
export function readIndex(layout: CatalogueLayout, bytes: ArrayBuffer): CatalogueIndex {
  const [first, end] = indexRange(layout);
  if (bytes.byteLength !== end - first) throw corruptCatalogue('it ends early');
  const section = (name: SectionName): Uint8Array<ArrayBuffer> => {
    const { start, length, sum } = layout.sections[name];
    const view = new Uint8Array(bytes, start - first, length);
    if (checksum(view) !== sum) throw corruptCatalogue(`its section ${name} was changed`);
    return view;
  };
  const numbers = (name: SectionName): Uint32Array => {
    const { buffer, byteOffset, length } = section(name);
    return new Uint32Array(buffer, byteOffset, length / 4);
  };
  const references = section('references');
  const index = {
    layout,
    modelVersion: new TextDecoder().decode(section('model')),
    references: new Float32Array(bytes, references.byteOffset, references.length / 4),
    moments: readMoments(section('moments'), layout.dim),
    order: numbers('order'),
    idOffsets: numbers('idOffsets'),
    ids: section('ids'),
    rowSums: numbers('rowSums'),
    entryOffsets: numbers('entryOffsets'),
    entrySums: numbers('entrySums'),
  };
  mustCover(index.idOffsets, layout.sections.ids);
  mustCover(index.entryOffsets, layout.sections.entries);
  return index;
}

/** @throws AttuneError `model/corrupt` unless the offsets go from 0 to the section's end, none before the last */
function mustCover(offsets: Uint32Array, { length }: Section): void {
  let last = 0;
  for (const offset of offsets) {
    if (offset < last) throw corruptCatalogue('its offsets make no sense');
    last = offset;
  }
  if (offsets[0] !== 0 || last !== length) throw corruptCatalogue('its offsets make no sense');
}

function readMoments({ buffer, byteOffset, length }: Uint8Array, dim: number): Moments {
  const numbers = new Float64Array(buffer as ArrayBuffer, byteOffset, length / 8);
  const moments = createMoments(dim);
  moments.count = numbers[0]!;
  moments.sum.set(numbers.subarray(1, 1 + dim));
  moments.products.set(numbers.subarray(1 + dim));
  return moments;
}

/** The id of a row. */
export function idOf({ ids, idOffsets }: CatalogueIndex, row: number): string {
  return new TextDecoder().decode(ids.subarray(idOffsets[row], idOffsets[row + 1]));
}

/** The row of an id, or −1. O(log rows). */
export function rowOf(index: CatalogueIndex, id: string): number {
  const { order, layout } = index;
  const { count } = layout;
  const sum = idSum(id);
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order[middle]! < sum) low = middle + 1;
    else high = middle;
  }
  for (; low < count && order[low] === sum; low++) {
    const row = order[count + low]!;
    if (idOf(index, row) === id) return row;
  }
  return -1;
}

/** The checksum that an id is found by. */
export function idSum(id: string): number {
  return checksum(new TextEncoder().encode(id));
}
