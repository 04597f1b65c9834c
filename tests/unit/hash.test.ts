import { expect, test } from 'vitest';
import { hashText } from '../../src/core/hash.js';

test('a hash is eleven base-36 characters, the same each time, also for odd strings', () => {
  for (const text of ['', 'a', '\0', '\ud800', '__proto__', 'x'.repeat(10_000)]) {
    expect(hashText(text)).toMatch(/^[0-9a-z]{11}$/);
    expect(hashText(text)).toBe(hashText(text));
  }
});

test('ten thousand similar texts hash apart', () => {
  expect(new Set(Array.from({ length: 10_000 }, (_, i) => hashText(`item ${i}`))).size).toBe(10_000);
});

test('order and unpaired surrogates make a difference', () => {
  expect(new Set(['ab', 'ba', '\ud800', '\udc00', '\ufffd'].map(hashText)).size).toBe(5);
});
