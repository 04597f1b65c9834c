import { expect, test } from 'vitest';
import '../allclose.js';
import { buildCatalogue, entryOf, readEntry } from '../../src/core/build-catalogue.js';
import { HEADER_BYTES, readLayout, type Section, type SectionName } from '../../src/core/catalogue-format.js';
import { idOf, rowOf } from '../../src/core/catalogue-index.js';
import { checksum } from '../../src/core/checksum.js';
import { meanOf, spreadAlong } from '../../src/core/moments.js';
import { addRow, createRowTable } from '../../src/core/row-table.js';
import { compileKernel } from '../../src/core/scan-memory.js';
import { decide, findBest, found, openSearch, scanNext, undecided } from '../../src/core/search.js';
import { meanRow, spreadOf } from '../../src/core/statistics.js';
import { hashText } from '../../src/core/hash.js';
import { type CatalogueFile, openCatalogueFile } from '../../src/storage/catalogue-file.js';
import { catalogueOf, itemOf, openBytes, someRows } from '../catalogues.js';
import { slowBest } from '../rows.js';
import { seeded, unit } from '../seeded.js';

const corrupt: Error = expect.objectContaining({ code: 'model/corrupt' });
const span = (count: number): number[] => [...Array.from({ length: count }).keys()];

/** The best of a file whose rows lie on disk. */
async function bestIn(file: CatalogueFile, q: Float32Array, k: number): Promise<{ rows: number[]; scores: number[] }> {
  const search = openSearch(file.table, { q, k });
  scanNext(search);
  for (let list = undecided(search); list.length > 0; list = undecided(search)) {
    decide(search, await file.readRows([...list]));
  }
  const { rows, scores } = found(search);
  return { rows: [...rows], scores: [...scores] };
}

test.each([
  [0, 8],
  [1, 1],
  [5, 17],
  [1023, 64],
  [1024, 64],
  [2500, 100],
  [9000, 8],
])('a file of %i rows of %i numbers gives back what it was made of', async (count, dim) => {
  const rows = someRows(count, dim, 7);
  const file = await openBytes(catalogueOf(rows, dim));
  expect(file.index.modelVersion).toBe('test-1');
  expect(file.table.slots).toBe(count);
  expect(file.unknown).toEqual(span(count).filter((i) => i % 7 === 6));
  const some = span(count)
    .filter((i) => i % 3 === 0)
    .reverse();
  const read = await file.readRows(some);
  expect(some.every((i, n) => rows[i]!.every((x, j) => x === read[n * dim + j]))).toBe(true);
  const entries = (await file.readEntries(some)).map(readEntry);
  expect(entries.map(({ json }) => JSON.parse(json) as unknown)).toEqual(some.map(itemOf));
  expect(entries.map(({ textHash }) => textHash)).toEqual(some.map((i) => hashText(itemOf(i).title)));
  for (const row of some) {
    expect(idOf(file.index, row)).toBe(itemOf(row).id);
    expect(rowOf(file.index, itemOf(row).id)).toBe(row);
  }
  expect(rowOf(file.index, 'thing-')).toBe(-1);
});

test('what is found in a file is what a slow reference finds, with the kernel and without, rows on disk or in memory', async () => {
  const rows = someRows(3000, 48, 11);
  const bytes = catalogueOf(rows, 48);
  const q = unit(seeded(2), 48);
  const wanted = slowBest(rows, { q, k: 40 });
  const onDisk = await bestIn(await openBytes(bytes), q, 40);
  expect(onDisk.rows).toEqual(wanted.map(({ row }) => row));
  expect(onDisk.scores).toEqual(wanted.map(({ score }) => score));
  for (const use of [{ keepsRows: true }, { module: null }]) {
    const { table } = await openBytes(bytes, use);
    expect([...findBest(table, { q, k: 40 }).rows]).toEqual(onDisk.rows);
  }
});

test('a file holds the very codes that a table makes of the same rows, near-duplicates and references included', async () => {
  const random = seeded(3);
  const centres = [unit(random, 40), unit(random, 40)];
  const rows = Array.from({ length: 1500 }, (_, i) => centres[i % 2]!.map((x) => x + 1e-4 * random()));
  const { index, table } = await openBytes(catalogueOf(rows, 40));
  expect(index.references.length).toBeGreaterThan(0);
  const made = createRowTable(40, { module: compileKernel(), references: index.references, keepsRows: false });
  for (const row of rows) addRow(made, row);
  const codes = (of: typeof table): Uint8Array => new Uint8Array(of.coded!.memory.buffer).subarray(of.coded!.room.end);
  expect(checksum(codes(table).slice())).toBe(checksum(codes(made).slice()));
  expect(codes(table).length).toBe(codes(made).length);
});

test.each([3, 49, 400])('mean and spread of %i rows come from what is kept of them as from the rows', async (count) => {
  const dim = 24;
  const rows = someRows(count, dim, 13);
  const { moments } = (await openBytes(catalogueOf(rows, dim))).index;
  const known = rows.filter((row) => row.some((x) => x !== 0));
  const data = Float32Array.from(known.flatMap((row) => [...row]));
  const offsets = Int32Array.from(known.keys(), (i) => i * dim);
  const prior = { mean: 0, sd: 0.2, count: 0 };
  for (const direction of [unit(seeded(5), dim), rows[0]!]) {
    const [kept, wanted] = [spreadAlong(moments, direction, prior), spreadOf(direction, data, offsets, prior)];
    expect([kept.mean, kept.sd]).toBeAllclose([wanted.mean, wanted.sd], { rtol: 1e-9, atol: 1e-12 });
    expect(kept.count).toBe(known.length);
  }
  expect(meanOf(moments)).toBeAllclose(meanRow(data, offsets, dim), { atol: 1e-12 });
});

test('opening reads neither rows nor items that stay on disk, and no code where another thread scans', async () => {
  const bytes = catalogueOf(someRows(1500, 40), 40);
  const reads: (readonly [number, number])[] = [];
  class Watched extends Blob {
    override slice(start = 0, end = this.size): Blob {
      reads.push([start, end]);
      return super.slice(start, end);
    }
  }
  for (const [elsewhere, untouched] of [
    [false, ['rows', 'entries']],
    [true, ['rows', 'entries', 'codes']],
  ] as const) {
    reads.length = 0;
    const use = { module: elsewhere ? null : compileKernel(), keepsRows: false, keepsEntries: false, elsewhere };
    const { index, readRows } = await openCatalogueFile(new Watched([bytes]), () => use);
    const touched = ({ start, length }: Section): boolean => reads.some(([a, b]) => a < start + length && b > start);
    expect(untouched.filter((name) => touched(index.layout.sections[name]))).toEqual([]);
    expect(touched(index.layout.sections.facts)).toBe(true);
    await readRows([7]);
    expect(touched(index.layout.sections.rows)).toBe(true);
  }
});

test('the same contents give the same bytes', () => {
  const rows = someRows(300, 32);
  expect(Buffer.compare(catalogueOf(rows, 32), catalogueOf(rows, 32))).toBe(0);
});

test('every changed bit of the header is refused', () => {
  const bytes = catalogueOf(someRows(10, 16), 16);
  const header = bytes.slice(0, HEADER_BYTES);
  expect(() => readLayout(header, bytes.length)).not.toThrow();
  for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
    const changed = header.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => readLayout(changed, bytes.length), `bit ${bit}`).toThrow(corrupt);
  }
});

test('a file cut off or grown at the border of any section, or a byte beside it, is refused', async () => {
  const bytes = catalogueOf(someRows(20, 16), 16);
  const { sections } = readLayout(bytes, bytes.length);
  const borders = [
    0,
    1,
    HEADER_BYTES,
    bytes.length,
    ...Object.values(sections).flatMap(({ start, length }) => [start, start + length]),
  ];
  const cuts = new Set(
    borders.flatMap((border) => [border - 1, border, border + 1]).filter((cut) => cut >= 0 && cut !== bytes.length),
  );
  expect(cuts.size).toBeGreaterThan(50);
  for (const cut of cuts) {
    const changed = new Uint8Array(cut);
    changed.set(bytes.subarray(0, cut));
    await expect(openBytes(changed), `${cut} bytes`).rejects.toEqual(corrupt);
  }
});

test('any changed byte is refused at the opening, or where it is read', async () => {
  const bytes = catalogueOf(someRows(9, 16, 4), 16);
  const { sections } = readLayout(bytes, bytes.length);
  const all = span(9);
  for (const [name, { start, length }] of Object.entries(sections)) {
    for (let at = start; at < start + length; at += 5) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at & 7);
      const reading = openBytes(changed).then(async (file) => {
        expect(['entries', 'rows'] satisfies SectionName[]).toContain(name);
        await file.readEntries(all);
        await file.readRows(all);
      });
      await expect(reading, `${name}, byte ${at - start}`).rejects.toEqual(corrupt);
    }
  }
});

test('files of another version, and what is no catalogue at all, say so', async () => {
  const bytes = catalogueOf(someRows(3, 8), 8);
  bytes[4] = 2;
  await expect(openBytes(bytes)).rejects.toThrow('version 2');
  await expect(openBytes(new TextEncoder().encode('<!doctype html>'.repeat(50)))).rejects.toEqual(corrupt);
});

test('a checksum of parts is that of the whole', () => {
  const bytes = Uint8Array.from({ length: 103 }, (_, i) => i * 37);
  const whole = checksum(bytes);
  for (const cut of [0, 4, 52, 100])
    expect(checksum(bytes.subarray(cut), checksum(bytes.subarray(0, cut)))).toBe(whole);
  expect(checksum(Uint8Array.from([0, ...bytes]).subarray(1))).toBe(whole); // not aligned
});

test('an id twice, rows that do not match the ids, and numbers that are none are refused', () => {
  const build =
    (ids: string[], numbers: number, value = 0) =>
    (): unknown =>
      buildCatalogue({
        modelVersion: 'test-1',
        dim: 4,
        ids,
        entries: ids.map((id) => entryOf(id, '{}')),
        rows: new Float32Array(numbers).fill(value, 5, 6),
      });
  expect(build(['a', 'b'], 8)).not.toThrow();
  expect(build(['a', 'a'], 8)).toThrow('the same one twice');
  expect(build(['a', 'b'], 7)).toThrow('2 rows of 4 numbers');
  for (const value of [NaN, Infinity]) expect(build(['a', 'b'], 8, value)).toThrow('row 1');
});
