import { expect, test } from 'vitest';
import { addEmbedding, createEmbeddingTable, embeddingOf, makeRoom } from '../../src/domain/embedding-table.js';

test('an embedding is found again by its text, and kept once', () => {
  const table = createEmbeddingTable(2);
  const offset = addEmbedding(table, 'a', Float32Array.of(1, 0));
  expect(addEmbedding(table, 'a', Float32Array.of(0, 1))).toBe(offset);
  expect([...embeddingOf(table, 'a')!]).toEqual([1, 0]);
  expect(table.rows).toBe(1);
});

test('a text nobody knows is told from one not yet encoded', () => {
  const table = createEmbeddingTable(2);
  expect(addEmbedding(table, 'zzz', new Float32Array(2))).toBe(-1);
  expect([...embeddingOf(table, 'zzz')!]).toEqual([0, 0]);
  expect(embeddingOf(table, 'other')).toBeUndefined();
  expect(table.rows).toBe(0);
});

test('rows stay good in a list that was taken before the table grew', () => {
  const table = createEmbeddingTable(2);
  const offset = addEmbedding(table, 'first', Float32Array.of(3, 4));
  const { data } = table;
  for (let i = 0; i < 1000; i++) addEmbedding(table, `text ${i}`, Float32Array.of(i, 1));
  expect(table.data).not.toBe(data);
  expect([data[offset], data[offset + 1], ...embeddingOf(table, 'first')!]).toEqual([3, 4, 3, 4]);
  expect([...embeddingOf(table, 'text 999')!]).toEqual([999, 1]);
});

test('a full table gives way to one that keeps what is wanted, and rankings keep the old rows', () => {
  const table = createEmbeddingTable(1, 3);
  for (const [i, text] of ['a', 'b', 'c'].entries()) table.items.add(addEmbedding(table, text, Float32Array.of(i + 1)));
  expect(makeRoom(table, new Set(['b']), 0)).toBe(table);
  const roomy = makeRoom(table, new Set(['b', 'd']), 1);
  expect([...embeddingOf(roomy, 'b')!]).toEqual([2]);
  expect(roomy.items).toEqual(new Set([0]));
  expect(embeddingOf(roomy, 'a')).toBeUndefined();
  expect([...table.data.subarray(0, 3)]).toEqual([1, 2, 3]);
});

test('what is wanted at once stays, also past the capacity', () => {
  const table = createEmbeddingTable(1, 2);
  const texts = ['a', 'b', 'c'];
  const roomy = makeRoom(table, new Set(texts), 3);
  for (const text of texts) addEmbedding(roomy, text, Float32Array.of(1));
  expect(texts.map((text) => embeddingOf(roomy, text))).not.toContain(undefined);
});

test('texts named as parts of Object.prototype are texts', () => {
  const table = createEmbeddingTable(1);
  expect(embeddingOf(table, 'constructor')).toBeUndefined();
  addEmbedding(table, '__proto__', Float32Array.of(5));
  expect([...embeddingOf(table, '__proto__')!]).toEqual([5]);
});
