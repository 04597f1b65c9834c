import { expect, test } from 'vitest';
import { AttuneError } from 'attune';
import '../allclose.js';
import { byTime, interactionWeight, KIND_PRESETS, makeInteraction } from '../../src/domain/interaction.js';

const BUILT_IN = 'write read react click share view save bookmark search purchase skip hide dislike'.split(' ');
const NOW = 1_760_000_000_000;

test('both presets list every built-in kind, and nothing else', () => {
  for (const preset of Object.values(KIND_PRESETS)) expect(Object.keys(preset).sort()).toEqual([...BUILT_IN].sort());
});

test('the presets have the weights the specification names', () => {
  expect(KIND_PRESETS.conversation).toMatchObject({
    write: 1.5,
    click: 1,
    react: 0.8,
    read: 0.5,
    bookmark: 0.9,
    search: 0.7,
    purchase: 2,
    skip: -0.3,
    hide: -1,
    dislike: -1.5,
  });
  expect(KIND_PRESETS.feed).toMatchObject({
    view: 1,
    save: 3,
    share: 5,
    purchase: 8,
    skip: -0.3,
    hide: -1,
    dislike: -1.5,
  });
});

const interaction = makeInteraction('1', 'save', 'a', {}, NOW);

test('a kind nobody listed weighs 1, names of Object.prototype among them', () => {
  for (const kind of ['juggle', 'constructor', '__proto__', 'toString']) {
    expect(interactionWeight({ ...interaction, kind }, { save: 3 }, 1)).toBe(1);
  }
});

test('an interaction’s own weight multiplies its kind’s', () => {
  expect(interactionWeight({ ...interaction, weight: 0.5 }, { save: 3 }, 1)).toBe(1.5);
  expect(interactionWeight(interaction, { save: -3 }, 1)).toBe(-3);
});

test('temperature is an exponent that keeps the sign', () => {
  expect(interactionWeight(interaction, { save: 9 }, 0.5)).toBeAllclose(3, { rtol: 1e-15 });
  expect(interactionWeight(interaction, { save: -9 }, 0.5)).toBeAllclose(-3, { rtol: 1e-15 });
  expect(interactionWeight(interaction, { save: 0 }, 0.5)).toBeAllclose(0, { atol: 0 });
});

test('a checked interaction has what was given, and now as its time', () => {
  const details = { weight: 0, dwellMs: 1200, position: 3, context: { device: 'phone' }, metadata: { paid: true } };
  expect(makeInteraction('1', 'save', 'a', details, NOW)).toEqual({
    id: '1',
    kind: 'save',
    itemId: 'a',
    at: NOW,
    ...details,
  });
  expect(makeInteraction('1', 'save', 'a', { at: 5 }, NOW)).toEqual({ id: '1', kind: 'save', itemId: 'a', at: 5 });
});

test('context and metadata are copied, names of Object.prototype included', () => {
  const metadata = JSON.parse('{"__proto__": "x", "constructor": 1}') as Record<string, string>;
  const made = makeInteraction('1', 'save', 'a', { metadata }, NOW);
  expect(made.metadata).not.toBe(metadata);
  expect(JSON.stringify(made.metadata)).toBe('{"__proto__":"x","constructor":1}');
});

test.each([
  ['kind', [7, 'a', {}]],
  ['kind', ['', 'a', {}]],
  ['kind', ['k'.repeat(65), 'a', {}]],
  ['item id', ['save', '', {}]],
  ['item id', ['save', 7, {}]],
  ['item id', ['save', 'i'.repeat(1025), {}]],
  ['details', ['save', 'a', null]],
  ['details', ['save', 'a', 'fast']],
  ['at', ['save', 'a', { at: NaN }]],
  ['at', ['save', 'a', { at: -1 }]],
  ['at', ['save', 'a', { at: new Date() }]],
  ['weight', ['save', 'a', { weight: -1 }]],
  ['weight', ['save', 'a', { weight: Infinity }]],
  ['weight', ['save', 'a', { weight: '3' }]],
  ['dwellMs', ['save', 'a', { dwellMs: NaN }]],
  ['position', ['save', 'a', { position: -1 }]],
  ['context', ['save', 'a', { context: 'phone' }]],
  ['context', ['save', 'a', { context: ['phone'] }]],
  ['context.deep', ['save', 'a', { context: { deep: {} } }]],
  ['metadata.rate', ['save', 'a', { metadata: { rate: NaN } }]],
] as const)('a wrong %s is refused by name: %j', (field, [kind, itemId, details]) => {
  const make = (): unknown => makeInteraction('1', kind, itemId, details as never, NOW);
  expect(make).toThrow(AttuneError);
  expect(make).toThrow(
    expect.objectContaining({ code: 'input/invalid', message: expect.stringContaining(`${field}: got`) }),
  );
});

test('interactions sort by time, and within an instant by id', () => {
  const made = [
    ['c', 2],
    ['b', 1],
    ['a', 2],
  ].map(([id, at]) => makeInteraction(id as string, 'save', 'x', { at: at as number }, 0));
  expect(made.sort(byTime).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
});
