import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRow, changeRow, createRowTable, isAlive, removeRow, takeSlots } from '../../src/core/row-table.js';
import { compileKernel } from '../../src/core/scan-memory.js';
import {
  decide,
  decideResident,
  found,
  openSearch,
  scanned,
  scanNext,
  takeScanned,
  undecided,
} from '../../src/core/search.js';
import { slowBest } from '../rows.js';
import { nearly, seeded, unit } from '../seeded.js';
import { SOAK } from '../soak.js';

/** A row of one of four kinds around few centres, so that copies, ties and near-duplicates are the rule. */
const row = fc.record({
  kind: fc.constantFrom('copy', 'near', 'scaled', 'random', 'zero'),
  centre: fc.nat(2),
  spread: fc.constantFrom(1e-1, 1e-3, 1e-6, 1e-7),
  seed: fc.nat(1e6),
});
const change = fc.record({ at: fc.nat(400), what: fc.constantFrom('remove', 'change', 'add'), row });
const world = fc.record({
  dim: fc.constantFrom(1, 2, 5, 16, 23, 64, 100, 128, 256, 384, 768, 1024),
  rows: fc.array(row, { maxLength: 60 }),
  /** How often the rows are repeated, so that some tables are longer than a block. */
  times: fc.constantFrom(1, 1, 2, 30),
  changes: fc.array(change, { maxLength: 12 }),
  referred: fc.nat(3),
  seed: fc.nat(1e6),
  query: fc.constantFrom('random', 'centre', 'zero', 'flat'),
  interests: fc.nat(8),
  bias: fc.constantFrom('none', 'tiny', 'same', 'few', 'any', 'huge'),
  filter: fc.constantFrom('none', 'some', 'nobody'),
  k: fc.oneof(fc.nat(12), fc.constantFrom(60, 5000)),
  slice: fc.constantFrom(1, 1025, Infinity),
});

const module = compileKernel();

test('a search finds what sorting all exact scores finds, to the bit, also where the rows lie elsewhere', () => {
  fc.assert(
    fc.property(world, ({ dim, ...given }) => {
      const random = seeded(given.seed);
      const centres = Array.from({ length: 3 }, () => unit(random, dim));
      const made = ({ kind, centre, spread, seed }: (typeof given.rows)[number]): Float32Array => {
        const x = centres[centre]!;
        if (kind === 'copy') return x;
        if (kind === 'near') return nearly(seeded(seed), x, spread);
        if (kind === 'scaled') return x.map((value) => value * (1 + spread));
        return kind === 'random' ? unit(seeded(seed), dim) : new Float32Array(dim);
      };
      const references = Float32Array.from(centres.slice(0, given.referred).flatMap((x) => [...x]));
      const tables = [module, null].map((kernel) => createRowTable(dim, { module: kernel, references }));
      const rows = Array.from({ length: given.times }, () => given.rows.map(made)).flat();
      for (const table of tables) {
        for (const x of rows) addRow(table, x);
      }
      for (const { at, what, row } of given.changes) {
        const x = made(row);
        const slots = tables.map((table) => {
          if (what === 'add') return addRow(table, x);
          if (!isAlive(table, at)) return -1;
          if (what === 'change') changeRow(table, at, x);
          else removeRow(table, at);
          return what === 'change' ? at : -1;
        });
        if (slots[0]! >= 0) rows[slots[0]!] = x;
        expect(slots[1]).toBe(slots[0]);
      }

      const direction = {
        random: () => unit(random, dim),
        centre: () => centres[0]!,
        zero: () => new Float32Array(dim),
        flat: () => new Float32Array(dim).fill(1),
      }[given.query];
      const q = direction();
      const interests = Array.from({ length: given.interests }, direction);
      const amount = {
        none: () => 0,
        tiny: () => 1e-17 * random(),
        same: () => 0.1,
        few: () => Math.floor(random() * 3),
        any: random,
        huge: () => 1e17 * random(),
      }[given.bias];
      const bias = given.bias === 'none' ? {} : { bias: Float64Array.from(rows, amount) };
      const words = Math.ceil(rows.length / 32);
      const passes = Uint32Array.from({ length: words }, () => (given.filter === 'nobody' ? 0 : random() * 2 ** 32));
      const filter = given.filter === 'none' ? {} : { filter: passes };
      const query = { q, interests, k: given.k, ...bias, ...filter };

      const alive = Uint32Array.from(
        { length: words },
        (_, w) => tables[0]!.alive[w]! & ('filter' in filter ? passes[w]! : -1),
      );
      const wanted = slowBest(rows, { ...query, filter: alive });
      for (const table of tables) {
        const search = openSearch(table, query);
        while (scanNext(search, given.slice));
        for (let asked = 0; undecided(search).length > 0; asked++) {
          expect(asked).toBeLessThan(2);
          decideResident(search);
        }
        const best = found(search);
        expect([...best.rows]).toEqual(wanted.map(({ row }) => row));
        expect([...best.scores]).toEqual(wanted.map(({ score }) => score));

        if ((table === tables[0]) !== (given.seed % 2 === 0)) continue; // one of them, for the time it takes
        const elsewhere = createRowTable(dim, { module: null, references, elsewhere: true });
        takeSlots(elsewhere, rows.length);
        const away = openSearch(elsewhere, query);
        const scan = openSearch(table, query);
        while (scanNext(scan, given.slice));
        takeScanned(away, scanned(scan));
        for (let list = undecided(away); list.length > 0; list = undecided(away)) {
          const data = new Float32Array(list.length * dim);
          list.forEach((slot, i) => data.set(rows[slot]!, i * dim));
          decide(away, data);
        }
        expect([...found(away).rows]).toEqual(wanted.map(({ row }) => row));
        expect([...found(away).scores]).toEqual(wanted.map(({ score }) => score));
      }
    }),
    { numRuns: 150 * SOAK },
  );
});
