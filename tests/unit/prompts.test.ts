import { array, assert, nat, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import { behaviourText, checkPrompts, PHRASES, promptsOf, readAlike, readAs } from '../../src/domain/prompts.js';

/** What is put before texts, and how that is read again. */
const wellFormed = string({ unit: 'binary-ascii' });

test('each built-in kind that attracts has a phrase, and none that repels', () => {
  for (const kinds of Object.values(KIND_PRESETS)) {
    for (const [kind, weight] of Object.entries(kinds)) expect(Object.hasOwn(PHRASES, kind), kind).toBe(weight > 0);
    expect(Object.keys(PHRASES).filter((kind) => !Object.hasOwn(kinds, kind))).toEqual([]);
  }
  expect(PHRASES).toMatchObject({
    write: 'User wrote: ',
    click: 'User clicked on: ',
    react: 'User reacted to: ',
    read: 'User read: ',
    share: 'User shared: ',
  });
});

test('a text stands for itself where it is empty, and where its kind has no phrase and the encoder knows no roles', () => {
  expect(behaviourText(PHRASES, 'write', '', true)).toBe('');
  for (const kind of ['hide', 'impression', 'juggle', 'constructor', '__proto__']) {
    expect(behaviourText(PHRASES, kind, 'jazz', false)).toBe('jazz');
    expect(behaviourText(PHRASES, kind, 'jazz', true)).not.toBe('jazz');
  }
  expect(behaviourText(PHRASES, 'write', 'jazz', false)).not.toBe('jazz');
});

test('what was made of a text is read as phrase and text again, whatever is in them', () => {
  assert(
    property(
      array(
        tuple(
          wellFormed,
          array(nat(0xffff)).map((units) => String.fromCharCode(...units)),
        ),
      ),
      array(wellFormed),
      (acts, items) => {
        const behaviour = acts.filter(([, text]) => text !== '');
        const made = behaviour.map(([phrase, text]) => behaviourText({ save: phrase }, 'save', text, true));
        const read: (readonly [string, string, string])[] = [];
        for (const { role, prompt, texts, places } of readAlike([...made, ...items])) {
          texts.forEach((text, i) => (read[places[i]!] = [role, prompt, text]));
        }
        expect(read).toEqual([
          ...behaviour.map(([phrase, text]) => ['behaviour', phrase, text]),
          ...items.map((text) => ['content', '', text]),
        ]);
      },
    ),
  );
});

test('texts that are read alike stand together, and each way to read has a name of its own', () => {
  const ways = [
    { role: 'content', prompt: '' },
    { role: 'behaviour', prompt: '' },
    { role: 'behaviour', prompt: '/' },
    { role: 'behaviour', prompt: '"/' },
    { role: 'behaviour', prompt: 'User wrote: ' },
  ] as const;
  expect(new Set(ways.map((way) => `${readAs(way)}/"/x`)).size).toBe(ways.length);
  const [save, share] = ['save', 'share'].map((kind) => (text: string) => behaviourText(PHRASES, kind, text, false));
  const groups = readAlike([save!('a'), 'b', share!('c'), save!('d'), 'e']);
  expect(groups.map(({ texts, places }) => [texts, places])).toEqual([
    [
      ['a', 'd'],
      [0, 3],
    ],
    [
      ['b', 'e'],
      [1, 4],
    ],
    [['c'], [2]],
  ]);
});

describe('phrases of a site', () => {
  test('go over the encoder’s own, which stay where none are given, and are all gone for false', () => {
    expect(promptsOf(undefined, PHRASES)).toBe(PHRASES);
    expect(promptsOf(undefined, undefined)).toBeUndefined();
    expect(promptsOf(false, PHRASES)).toBeUndefined();
    expect(promptsOf(true, undefined)).toBe(PHRASES);
    expect(promptsOf({ write: 'Said: ', juggle: 'Juggled: ' }, { write: 'Wrote: ', read: 'Read: ' })).toEqual({
      write: 'Said: ',
      read: 'Read: ',
      juggle: 'Juggled: ',
    });
    expect(promptsOf({ read: '' }, { write: 'Wrote: ', read: 'Read: ' })).toEqual({ write: 'Wrote: ' });
  });

  test('are the same in any order', () => {
    const [one, other] = [promptsOf({ a: '1', b: '2' }, undefined), promptsOf({ b: '2', a: '1' }, undefined)];
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test.each([
    ['no object', 'User wrote: '],
    ['a list', ['User wrote: ']],
    ['null', null],
    ['a phrase that is no text', { write: 7 }],
    ['a phrase that is too long', { write: 'x'.repeat(201) }],
    ['half a character', { write: 'User wrote\ud800: ' }],
    ['a kind that is only noted', { impression: 'User saw: ' }],
  ])('of which %s is refused', (_, prompts) => {
    expect(() => checkPrompts('prompts', prompts)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });

  test('of 200 characters, and an empty one, are taken', () => {
    for (const prompts of [true, false, {}, { write: '' }, { juggle: 'é'.repeat(200) }]) {
      expect(() => checkPrompts('prompts', prompts)).not.toThrow();
    }
  });
});
