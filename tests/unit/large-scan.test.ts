import { afterEach, expect, test } from 'vitest';
import { type Compute, createCompute } from '../../src/compute/client.js';
import { createHeldRows, type SlotQuery } from '../../src/compute/held-rows.js';
import { checksum } from '../../src/core/checksum.js';
import { codeRows } from '../../src/core/code-rows.js';
import { createRowTable, takeSlots } from '../../src/core/row-table.js';
import { decide, found, openSearch, type Scanned, takeScanned, undecided } from '../../src/core/search.js';
import { AttuneError } from '../../src/errors.js';
import { createCatalogueRows } from '../../src/sdk/catalogue-rows.js';
import { createLargeScan } from '../../src/sdk/large-scan.js';
import { catalogueOf, openBytes } from '../catalogues.js';
import { slowBest } from '../rows.js';
import { nearly, seeded, unit } from '../seeded.js';
import { sourceOf } from '../source-of-rows.js';

const DIM = 20;
const random = seeded(6);
const ROWS = Array.from({ length: 1100 }, (_, i) => (i % 9 === 0 ? new Float32Array(DIM) : unit(random, DIM)));
const everybody = (slots: number): Uint32Array => new Uint32Array(Math.ceil(slots / 32)).fill(-1);
const query: SlotQuery = { q: unit(random, DIM), k: 30, filter: everybody(1100) };

/** Rows and scores as a search ends that takes `scan` as its own. */
function endOf(scan: Scanned, rows: readonly Float32Array[], asked: SlotQuery): [number, number][] {
  const table = createRowTable(DIM, { module: null, elsewhere: true });
  takeSlots(table, rows.length);
  const search = openSearch(table, asked);
  takeScanned(search, scan);
  for (let list = undecided(search); list.length > 0; list = undecided(search)) {
    decide(search, Float32Array.from([...list].flatMap((slot) => [...rows[slot]!])));
  }
  const best = found(search);
  return [...best.rows].map((row, i) => [row, best.scores[i]!]);
}

const wantedOf = (rows: readonly Float32Array[], asked: SlotQuery): [number, number][] =>
  slowBest(rows, asked).map(({ row, score }) => [row, score]);

let compute: Compute | undefined;
afterEach(() => compute?.close());

test('rows written into any slot, also beyond emptied ones, are found where they stand', async () => {
  const source = sourceOf(ROWS, DIM);
  const scan = createLargeScan(source, undefined, () => undefined);
  await scan.ready();
  const rows = [...ROWS, new Float32Array(DIM), new Float32Array(DIM), unit(random, DIM)];
  rows[7] = unit(random, DIM);
  for (const slot of [1102, 7]) {
    source.changes.set(slot, rows[slot]!);
    scan.write(slot, rows[slot]!);
  }
  const filter = everybody(1103);
  filter[34]! &= ~(3 << 12); // the two that are empty
  const asked = { ...query, filter, k: 1103 };
  expect(endOf((await scan.scan(asked, undefined))!, rows, asked)).toEqual(wantedOf(rows, asked));
  scan.drop();
  expect(endOf((await scan.scan(asked, undefined))!, rows, asked)).toEqual(wantedOf(rows, asked));
  expect(source.filled).toBe(2);
});

test('what is sent of a file to a Worker is what it needs, and memory that a piece leaves is used for the next', async () => {
  const near = Array.from({ length: 9000 }, () => nearly(random, ROWS[1]!, 1e-6)); // with references, in two pieces
  const file = await openBytes(catalogueOf(near, DIM), { module: null, elsewhere: true });
  createCatalogueRows(file, DIM, ({ shape: { references }, fill }) => {
    expect(references.length).toBeGreaterThan(0);
    expect(references.buffer.byteLength).toBe(references.byteLength);
    return { fill } as never;
  });
  const whole: Uint8Array[] = [];
  const rooms: number[] = [];
  await file.fill(false, ({ codes, facts }, sum) => {
    expect(facts.buffer.byteLength).toBe(facts.byteLength);
    whole.push(codes.slice());
    const room = codes.buffer as ArrayBuffer;
    rooms.push(room.byteLength);
    return { sum: checksum(codes, sum), room: structuredClone(room, { transfer: [room] }) }; // as one that was there and back
  });
  expect(rooms).toEqual([8192 * 32, 8192 * 32]);
  const { codes } = codeRows(Float32Array.from(near.flatMap((row) => [...row])), 9000, DIM, file.index.references);
  expect(Buffer.concat(whole).equals(Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength))).toBe(true);
});

test('a scan that rows are written into says that it is worth nothing', async () => {
  const long = Array.from({ length: 33_000 }, () => ROWS[1]!);
  const held = createHeldRows({ dim: DIM, references: new Float32Array(), expected: 0 });
  long.forEach((row, slot) => held.write(slot, row));
  const scan = await held.scan({ ...query, filter: everybody(33_000) }, async () => held.write(5, ROWS[2]!));
  expect(scan).toBeUndefined();
});

test('where no Worker can be made the page scans, and says so once', async () => {
  let tried = 0;
  compute = createCompute(() => {
    tried++;
    throw new Error('refused');
  });
  const told: AttuneError[] = [];
  const scans = [sourceOf(ROWS, DIM), sourceOf(ROWS, DIM)].map((source) =>
    createLargeScan(source, compute, (error) => told.push(error)),
  );
  for (const scan of scans) {
    const [left] = await Promise.all([scan.scan(query, undefined), scan.ready(), scan.scan(query, undefined)]);
    expect(endOf(left!, ROWS, query)).toEqual(wantedOf(ROWS, query));
  }
  expect(tried).toBe(1);
  expect(told.map(({ code }) => code)).toEqual(['compute/unavailable', 'compute/unavailable']); // one a catalogue
});

test('a damaged file is told as such, and read again by the next scan', async () => {
  const source = sourceOf(ROWS, DIM);
  const { fill } = source;
  let isDamaged = true;
  source.fill = async (...given) => {
    if (isDamaged) throw new AttuneError('model/corrupt', 'damaged');
    return fill.apply(source, given);
  };
  const scan = createLargeScan(source, undefined, () => undefined);
  await expect(scan.ready()).rejects.toMatchObject({ code: 'model/corrupt' });
  isDamaged = false;
  expect(endOf((await scan.scan(query, undefined))!, ROWS, query)).toEqual(wantedOf(ROWS, query));
});
