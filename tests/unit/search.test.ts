import { expect, test } from 'vitest';
import '../allclose.js';
import { chooseReferences } from '../../src/core/references.js';
import { addRow, changeRow, createRowTable, isAlive, removeRow, type RowTable } from '../../src/core/row-table.js';
import { compileKernel } from '../../src/core/scan-memory.js';
import { decide, findBest, found, isStale, openSearch, scanNext, undecided } from '../../src/core/search.js';
import type { Query } from '../../src/core/search-query.js';
import { dot } from '../../src/core/vector.js';
import { addAll, bothTables, slowBest } from '../rows.js';
import { gaussian, nearly, seeded, unit } from '../seeded.js';

const module = compileKernel();
const DIMS = [1, 3, 16, 17, 64, 100, 128, 256, 384, 768, 1024];

/** What both kinds of table find, which must be the slow reference's answer to the bit. */
function expectExact(rows: readonly Float32Array[], queries: readonly Query[], referred = true): void {
  const tables = bothTables(rows, queries[0]!.q.length, referred);
  for (const query of queries) {
    const wanted = slowBest(rows, query);
    for (const table of tables) {
      const { rows: best, scores } = findBest(table, query);
      expect([...best]).toEqual(wanted.map(({ row }) => row));
      expect([...scores]).toEqual(wanted.map(({ score }) => score));
    }
  }
}

test.each(DIMS)('the best of random rows of %i numbers are exact, with and without the kernel', (dim) => {
  const random = seeded(dim);
  const rows = Array.from({ length: dim > 256 ? 300 : 1100 }, () => unit(random, dim));
  expectExact(
    rows,
    [1, 10, 200].map((k) => ({ q: unit(random, dim), k })),
  );
});

test.each([1, 2, 5, 8])('%i interests are one pass', (count) => {
  const random = seeded(count);
  const rows = Array.from({ length: 1100 }, () => unit(random, 100));
  const interests = Array.from({ length: count }, () => unit(random, 100));
  const bias = Float64Array.from(rows, () => gaussian(random) / 10);
  expectExact(rows, [
    { q: unit(random, 100), interests, bias, k: 12 },
    { q: new Float32Array(100), interests, k: 12 },
  ]);
});

test('the formula, summed plainly and unfolded, gives the same rows and the same scores but for rounding', () => {
  const random = seeded(19);
  const rows = Array.from({ length: 1200 }, () => unit(random, 150));
  const [q, ...interests] = Array.from({ length: 5 }, () => unit(random, 150)) as [Float32Array, ...Float32Array[]];
  const bias = Float64Array.from(rows, random);
  const plainly = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, j) => sum + x * b[j]!, 0);
  const scores = rows.map((x, i) => Math.max(...interests.map((p) => plainly(p, x))) + plainly(q, x) + bias[i]!);
  const wanted = [...rows.keys()].sort((i, j) => scores[j]! - scores[i]!).slice(0, 50);
  for (const table of bothTables(rows, 150)) {
    const best = findBest(table, { q, interests, bias, k: 50 });
    expect([...best.rows]).toEqual(wanted);
    expect(best.scores).toBeAllclose(
      wanted.map((i) => scores[i]!),
      { atol: 1e-14 },
    );
  }
});

test.each([1e-2, 1e-4, 1e-6])('rows that differ by %f are told apart', (spread) => {
  const random = seeded(7);
  const centres = Array.from({ length: 3 }, () => unit(random, 384));
  const rows = Array.from({ length: 600 }, (_, i) => nearly(random, centres[i % 3]!, spread));
  const queries = [centres[0]!, unit(random, 384)].map((q) => ({ q, k: 10 }));
  expectExact(rows, queries);
  expectExact(rows, queries, false);
});

test('copies of one row come in row order, and none of them is looked at', () => {
  const row = unit(seeded(1), 128);
  const rows = Array.from({ length: 3000 }, () => row);
  expectExact(rows, [{ q: row, k: 25 }]);
  expect(findBest(bothTables(rows, 128)[0], { q: row, k: 25 }).looked).toBe(0);
});

test('equal scores are in row order, also where a later row is better', () => {
  const random = seeded(3);
  const [a, b] = [unit(random, 64), unit(random, 64)];
  const rows = Array.from({ length: 3000 }, (_, i) =>
    i === 2500 ? b : i % 7 === 3 ? a : unit(random, 64).map((x) => x / 9),
  );
  expectExact(rows, [{ q: a.map((x, j) => x + 2 * b[j]!), k: 40 }]);
});

test('rows that all score nearly the same are all looked at, and still in exact order', () => {
  const random = seeded(4);
  const q = unit(random, 256);
  const rows = Array.from({ length: 2500 }, () => {
    const row = unit(random, 256);
    const far = 0.5 + 1e-7 * random() - dot(row, q);
    return row.map((x, j) => x + far * q[j]!);
  });
  expectExact(rows, [{ q, k: 10 }]);
});

test('rows in ascending and in descending order are exact', () => {
  const random = seeded(5);
  const q = unit(random, 64);
  const rows = Array.from({ length: 4000 }, () => unit(random, 64)).sort((a, b) => dot(a, q) - dot(b, q));
  expectExact(rows, [{ q, k: 10 }]);
  const search = openSearch(bothTables(rows, 64)[0], { q, k: 10 });
  scanNext(search);
  expect(search.candidates.count).toBeLessThan(1000);
  expectExact(rows.reverse(), [{ q, k: 10 }]);
});

test('zero rows, a zero query, no rows, one row, k of 0 and beyond', () => {
  const random = seeded(6);
  const zero = new Float32Array(64);
  const rows = Array.from({ length: 1300 }, (_, i) => (i % 3 === 0 ? zero : unit(random, 64)));
  const q = unit(random, 64);
  expectExact(
    rows,
    [0, 1, 1299, 1300, 9999].map((k) => ({ q, k })),
  );
  expectExact(rows, [{ q: zero, k: 10 }]);
  expectExact(
    Array.from({ length: 40 }, () => zero),
    [{ q, k: 10 }],
  );
  expectExact(
    [q],
    [0, 1, 5].map((k) => ({ q, k })),
  );
  expectExact([], [{ q, k: 3 }]);
});

test.each([1e-300, 1e-12, 1, 1e9, 1e16, 1e300])('bias of the size of %f is added exactly', (size) => {
  const random = seeded(8);
  const rows = Array.from({ length: 1500 }, () => unit(random, 96));
  const bias = Float64Array.from(rows, (_, i) => (i % 5 === 0 ? size : (gaussian(random) * size) / 2));
  expectExact(
    rows,
    [0, 2].map((count) => ({
      q: unit(random, 96),
      interests: Array.from({ length: count }, () => unit(random, 96)),
      bias,
      k: 17,
    })),
  );
});

test.each([1e-44, 1e-38, 1e-30, 1e-9, 1e9, 1e29])('rows and queries of the size of %f are exact', (size) => {
  const random = seeded(9);
  const rows = Array.from({ length: 1100 }, () => unit(random, 40).map((x) => x * size));
  const q = Float64Array.from(unit(random, 40));
  expectExact(
    rows,
    [1e-300, 1e-160, 1, 1e140].map((scale) => ({ q: q.map((x) => x * scale), k: 10 })),
  );
});

test('a query with one large number and a query of equal numbers keep their sums in 32 bits', () => {
  const random = seeded(10);
  const dim = 1024;
  const ones = new Float32Array(dim).fill(1);
  const rows = Array.from({ length: 64 }, (_, i) => ones.map((x) => (i % 2 === 0 ? x : -x) * (1 + i / 1000)));
  const [spiky, against] = [ones.map((_, j) => (j === 5 ? 1000 : 1e-3)), ones.map((x) => -x)];
  const queries = [ones, spiky, against].map((q) => ({ q, k: 100 }));
  expectExact(rows, queries, false);
  expectExact([...rows, ...rows.map((row) => row.map((x) => x * random()))], queries);
});

test('a filter that passes all, none or one', () => {
  const random = seeded(11);
  const rows = Array.from({ length: 2100 }, () => unit(random, 64));
  const q = unit(random, 64);
  const none = new Uint32Array(66);
  const one = none.slice();
  one[64] = 1 << 31;
  const all = none.map(() => -1);
  const some = none.map((_, w) => Math.imul(w + 1, 0x9e3779b1));
  expectExact(
    rows,
    [all, none, one, some].map((filter) => ({ q, filter, k: 10 })),
  );
});

test('rows are added, changed and removed in place, and free slots are used again', () => {
  const random = seeded(12);
  const rows = Array.from({ length: 2500 }, () => unit(random, 48));
  const q = unit(random, 48);
  for (const table of bothTables(rows, 48)) {
    const gone = rows.map((_, i) => i).filter((i) => i % 3 === 0);
    for (const row of gone) removeRow(table, row);
    expect(isAlive(table, 3)).toBe(false);
    const filter = new Uint32Array(80).fill(-1);
    for (const row of gone) filter[row >> 5]! &= ~(1 << (row & 31));
    expect([...findBest(table, { q, k: 30 }).rows]).toEqual(slowBest(rows, { q, filter, k: 30 }).map(({ row }) => row));
    const again = rows.slice();
    for (let i = 0; i < gone.length; i++) {
      const row = unit(random, 48);
      again[addRow(table, row)] = row;
    }
    expect(table.slots).toBe(2500);
    again[77] = q;
    changeRow(table, 77, q);
    expect(findBest(table, { q, k: 1 }).rows).toEqual(Int32Array.of(77));
    expect([...findBest(table, { q, k: 30 }).rows]).toEqual(slowBest(again, { q, k: 30 }).map(({ row }) => row));
  }
});

test('a scan in slices finds what one in one go does, beside another on the same table', () => {
  const random = seeded(13);
  const rows = Array.from({ length: 5000 }, () => unit(random, 64));
  for (const table of bothTables(rows, 64)) {
    const queries = [0, 1].map((): Query => ({ q: unit(random, 64), bias: Float64Array.from(rows, random), k: 9 }));
    const searches = queries.map((query) => openSearch(table, query));
    let turns = 0;
    while (searches.filter((search) => scanNext(search, 1000)).length > 0) turns++;
    expect(turns).toBe(4);
    for (const [s, search] of searches.entries()) {
      answer(search, rows);
      expect(found(search).rows).toEqual(findBest(table, queries[s]!).rows);
    }
  }
});

function answer(search: ReturnType<typeof openSearch>, rows: readonly Float32Array[]): number[] {
  const asked: number[] = [];
  for (let list = undecided(search); list.length > 0; list = undecided(search)) {
    asked.push(list.length);
    decide(search, Float32Array.from([...list].flatMap((row) => [...rows[row]!])));
  }
  return asked;
}

test('without f32 rows in memory a search names those it needs, at most twice', () => {
  const random = seeded(14);
  const [centre, q] = [unit(random, 128), unit(random, 128)];
  const rows = Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? unit(random, 128) : nearly(random, centre, 1e-3)));
  const codes = addAll(createRowTable(128, { module, keepsRows: false }), rows);
  for (const query of [q, centre]) {
    const search = openSearch(codes, { q: query, k: 10 });
    scanNext(search);
    expect(undecided(search)).toEqual(undecided(search));
    expect(() => found(search)).toThrow('Decide');
    const asked = answer(search, rows);
    expect(asked[0]).toBeLessThanOrEqual(52);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect([...found(search).rows]).toEqual(slowBest(rows, { q: query, k: 10 }).map(({ row }) => row));
  }
  expect(() => findBest(codes, { q, k: 10 })).toThrow('Pass the rows');
});

test('a row that is not the one that was coded is refused', () => {
  const random = seeded(15);
  const rows = Array.from({ length: 50 }, () => unit(random, 64));
  const search = openSearch(addAll(createRowTable(64, { module, keepsRows: false }), rows), { q: rows[0]!, k: 5 });
  scanNext(search);
  const { length } = undecided(search);
  expect(() => decide(search, new Float32Array(length * 64).fill(0.3))).toThrow('as they were');
  expect(() => decide(search, new Float32Array(length * 64).fill(NaN))).toThrow('as they were');
  expect(() => decide(search, new Float32Array(64))).toThrow('numbers');
  answer(search, rows);
  expect(found(search).rows[0]).toBe(0);
});

test('a search over rows that changed meanwhile is stale and says so', () => {
  const rows = Array.from({ length: 3000 }, () => unit(seeded(16), 16));
  for (const table of bothTables(rows, 16)) {
    const search = openSearch(table, { q: rows[0]!, k: 3 });
    scanNext(search, 1);
    expect(isStale(search)).toBe(false);
    expect(() => undecided(search)).toThrow('Scan all rows first');
    removeRow(table, 4);
    expect(isStale(search)).toBe(true);
    for (const act of [scanNext, undecided, found]) expect(() => act(search)).toThrow('stale');
    expect(() => decide(search, new Float32Array())).toThrow('stale');
  }
});

test('references make the bounds of similar rows as tight as their differences', () => {
  const random = seeded(17);
  const centres = Array.from({ length: 5 }, () => unit(random, 384));
  const rows = Array.from({ length: 1000 }, (_, i) => nearly(random, centres[i % 5]!, 1e-6));
  const query = { q: nearly(random, centres[2]!, 0.5), k: 10 };
  const [plainly, referred] = [false, true].map((given) => findBest(bothTables(rows, 384, given)[0], query));
  expect(plainly!.looked).toBe(200);
  expect(referred!.looked).toBeLessThan(80);
  expect(referred!.rows).toEqual(plainly!.rows);
});

test('rows that fill the space evenly get no references, and zero rows none either', () => {
  const random = seeded(18);
  const data = new Float32Array(600 * 384);
  expect(chooseReferences(data, 600, 384)).toHaveLength(0);
  for (let i = 0; i < 600; i++) data.set(unit(random, 384), i * 384);
  expect(chooseReferences(data, 600, 384)).toHaveLength(0);
  expect(chooseReferences(data, 0, 384)).toHaveLength(0);
});

test('bad input is refused with a code', () => {
  const refused = (act: () => unknown): void => expect(act).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  for (const dim of [0, 1.5, NaN]) refused(() => createRowTable(dim, { module }));
  refused(() => createRowTable(4, { module, references: new Float32Array(6) }));
  refused(() => createRowTable(4, { module, references: new Float32Array(4 * 65) }));
  refused(() => createRowTable(2, { module, references: Float32Array.of(1, NaN) }));
  for (const kernel of [module, null]) {
    const table: RowTable = createRowTable(2, { module: kernel });
    const x = Float32Array.of(1, 0);
    addRow(table, x);
    for (const bad of [NaN, Infinity, -Infinity, 1e31]) {
      refused(() => addRow(table, Float32Array.of(bad, 1)));
      refused(() => changeRow(table, 0, Float32Array.of(1, bad)));
    }
    refused(() => addRow(table, new Float32Array(3)));
    refused(() => addRow(table, [1, 0] as unknown as Float32Array));
    for (const row of [-1, 1, 0.5, NaN]) refused(() => changeRow(table, row, x));
    for (const row of [-1, 1]) refused(() => removeRow(table, row));
    for (const bad of [NaN, Infinity, 1e200]) {
      refused(() => findBest(table, { q: Float64Array.of(bad, 0), k: 1 }));
      refused(() => findBest(table, { q: x, interests: [Float64Array.of(0, bad)], k: 1 }));
    }
    for (const bad of [NaN, Infinity, -Infinity])
      refused(() => findBest(table, { q: x, bias: Float64Array.of(bad), k: 1 }));
    refused(() => findBest(table, { q: x, bias: new Float64Array(), k: 1 }));
    refused(() => findBest(table, { q: x, filter: new Uint32Array(), k: 1 }));
    refused(() => findBest(table, { q: new Float32Array(3), k: 1 }));
    refused(() => findBest(table, { q: x, interests: Array.from({ length: 9 }, () => x), k: 1 }));
    for (const k of [-1, 0.5, NaN]) refused(() => findBest(table, { q: x, k }));
    for (const slice of [0, -1, NaN]) refused(() => scanNext(openSearch(table, { q: x, k: 1 }), slice));
    expect(findBest(table, { q: x, k: 5 })).toMatchObject({ rows: Int32Array.of(0), scores: Float64Array.of(1) });
  }
});
