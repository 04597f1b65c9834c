import { expect, test } from 'vitest';
import { createIdMaker } from '../../src/domain/id.js';
import { seeded } from '../semantic/catalogue.js';

test('ids of one maker sort in the order they were made, within a millisecond and across', () => {
  const make = createIdMaker(seeded(1));
  const ids = Array.from({ length: 3000 }, (_, i) => make(1_760_000_000_000 + Math.floor(i / 1000)));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ids go on growing while the clock runs back', () => {
  const make = createIdMaker(() => 0.5);
  const ids = [make(2000), make(1000), make(1000.7), make(2001)];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
});

test('two makers at the same instant differ by chance alone', () => {
  expect(createIdMaker(() => 0.1)(5)).not.toBe(createIdMaker(() => 0.2)(5));
});

test('an id has 21 characters from 1970 to the end of time', () => {
  for (const at of [-5, 0, 1_760_000_000_000, 8.64e15]) expect(createIdMaker(() => 0)(at)).toMatch(/^[0-9a-z]{21}$/);
});
