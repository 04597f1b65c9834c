import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from '../../src/storage/pack.js';

const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 0));
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.float32Array(),
    fc.float64Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', 'of', 'box', 'constructor')), tie('value'), {
      noNullPrototype: true,
    }),
  ),
})).value;

test('what is packed comes back as it was, numbers, arrays of numbers and odd names included', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(unpack(pack(value))).toEqual(value);
    }),
  );
});

test('half a character comes back as half a character', () => {
  expect(unpack(pack({ text: '\ud83d and \udc00' }))).toEqual({ text: '\ud83d and \udc00' });
});

test('an object that looks like one of our own marks is kept as it was', () => {
  for (const value of [{ $: 'number', of: '1' }, { $: 'f64', of: 'AAAA' }, { $: { $: 'object', of: [] } }]) {
    expect(unpack(pack(value))).toEqual(value);
  }
});

test('what JSON cannot hold is refused', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  for (const value of [1n, circle]) expect(() => pack(value)).toThrow(TypeError);
});
