import { buildCatalogue, entryOf } from '../src/core/build-catalogue.js';
import { compileKernel } from '../src/core/scan-memory.js';
import { type CatalogueFile, type FileUse, openCatalogueFile } from '../src/storage/catalogue-file.js';
import { seeded, unit } from './seeded.js';

/** Seeded rows with items `{ id, title }` of the same number; every `unknownEvery`-th row is all zero. */
export function someRows(count: number, dim: number, unknownEvery = Infinity): Float32Array[] {
  const random = seeded(count + dim);
  return Array.from({ length: count }, (_, i) =>
    i % unknownEvery === unknownEvery - 1 ? new Float32Array(dim) : unit(random, dim),
  );
}

export const itemOf = (i: number): { id: string; title: string } => ({ id: `thing-${i}`, title: `Thing ${i} ✓` });

/** The file of those rows. */
export function catalogueOf(
  rows: readonly Float32Array[],
  dim: number,
  modelVersion = 'test-1',
): Uint8Array<ArrayBuffer> {
  const data = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => data.set(row, i * dim));
  const items = rows.map((_, i) => itemOf(i));
  const parts = buildCatalogue({
    modelVersion,
    dim,
    ids: items.map(({ id }) => id),
    entries: items.map((item) => entryOf(item.title, JSON.stringify(item))),
    rows: data,
  });
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

const kernel = compileKernel();

export function openBytes(bytes: Uint8Array<ArrayBuffer>, use: Partial<FileUse> = {}): Promise<CatalogueFile> {
  return openCatalogueFile(new Blob([bytes]), () => ({
    module: kernel,
    keepsRows: false,
    keepsEntries: false,
    ...use,
  }));
}
