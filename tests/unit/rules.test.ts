import { afterEach, describe, expect, test } from 'vitest';
import type { Attune, AttuneOptions, Rule } from 'attune';
import '../allclose.js';
import { checkRules } from '../../src/domain/rule.js';
import { HOUR, openSongs, SONGS, song, type Song, START, TestClock } from '../one-hot.js';

interface Tagged extends Song {
  readonly tags?: unknown;
}

const opened: Attune<Tagged>[] = [];

async function open(options: Partial<AttuneOptions<Tagged>> = {}): Promise<Attune<Tagged>> {
  const attune = (await openSongs(options)) as Attune<Tagged>;
  opened.push(attune);
  return attune;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

const penalty: Rule<Tagged> = { name: 'no snow', phrase: 'snow', effect: -2 };

/** Whether the rule picks out an item with this title and these tags. */
function picks(rule: Partial<Rule<Tagged>>, title: string, tags?: unknown): boolean {
  const [checked] = checkRules([{ name: 'x', effect: 1, ...rule } as Rule<Tagged>]);
  return checked!.matches({ id: 'i', title, tags }, { id: 'i', title, text: title });
}

describe('a rule in a ranking', () => {
  test('is a term of every entry, named, and part of the sum', async () => {
    const attune = await open({ rules: [penalty] });
    attune.track('save', song('snow'));
    const before = await (await open()).rank(SONGS);
    const after = await attune.rank(SONGS);
    expect(before[0]!.terms.some(({ name }) => name.startsWith('rule:'))).toBe(false);
    for (const { id, score, terms } of after) {
      expect(terms.find(({ name }) => name === 'rule:no snow')).toEqual({
        name: 'rule:no snow',
        label: 'no snow',
        value: id === 'snow' ? -2 : 0,
      });
      expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
    }
    expect(after.at(-1)!.id).toBe('snow');
  });

  test('stays in its reranks, and in their explanations', async () => {
    const attune = await open({ rules: [penalty] });
    const ranking = await attune.rank(SONGS);
    attune.track('save', song('snow'));
    await attune.flush();
    expect(attune.rerank(ranking).at(-1)!.id).toBe('snow');
    const { score, terms } = await attune.explain(attune.rerank(ranking), 'snow');
    expect(terms[0]).toMatchObject({ name: 'rule:no snow', value: -2, because: [] });
    expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeAllclose(score, { atol: 1e-12 });
  });

  test('of one call stands beside those of all calls, and instead of the one of its name', async () => {
    const attune = await open({ rules: [penalty] });
    const boost: Rule<Tagged> = { name: 'city week', when: ({ id }) => id === 'city', effect: 1 };
    const ranking = await attune.rank(SONGS, { rules: [{ ...penalty, effect: 0 }, boost] });
    expect(ranking[0]!.id).toBe('city');
    expect(ranking[0]!.terms.map(({ name }) => name)).toEqual(['rule:no snow', 'rule:city week']);
    expect(ranking.find(({ id }) => id === 'snow')!.score).toBe(0);
    expect((await attune.rank(SONGS)).at(-1)!.id).toBe('snow');
  });

  test('fades by half every half-life from its time on, and not before', async () => {
    const clock = new TestClock();
    const fading: Rule<Tagged> = { ...penalty, halfLifeMs: 6 * HOUR, since: START };
    const attune = await open({ rules: [fading], now: clock.now });
    const effect = async (): Promise<number> => (await attune.rank([song('snow')]))[0]!.score;
    expect(await effect()).toBe(-2);
    clock.time += 6 * HOUR;
    expect(await effect()).toBe(-1);
    clock.time += 12 * HOUR;
    expect(await effect()).toBe(-0.25);
    expect(checkRules([{ ...fading, since: START + HOUR }])[0]!.effectAt(START)).toBe(-2);
  });

  test('is off with everything else when privacy is off', async () => {
    const attune = await open({ rules: [penalty], privacy: 'off' });
    const ranking = await attune.rank([song('snow'), song('jazz')]);
    expect(ranking.map(({ id, score }) => [id, score])).toEqual([
      ['snow', 0],
      ['jazz', 0],
    ]);
    expect(ranking.neutral).toBe(true);
  });
});

describe('a rule in score()', () => {
  const sliders = [{ id: 'jazzy', text: 'jazz' }];

  test('is a named term beside raw, which stays Σ w f, as does the probability', async () => {
    const without = await open({ sliders, standardize: false });
    const attune = await open({
      sliders,
      standardize: false,
      rules: [penalty, { ...penalty, name: 'no sea', phrase: 'sea' }],
    });
    const [plain] = await without.score(song('jazz snow'));
    const [ruled] = await attune.score(song('jazz snow'));
    expect(ruled!.terms).toEqual([{ name: 'rule:no snow', label: 'no snow', value: -2 }]);
    expect(ruled!.score).toBeAllclose(plain!.raw - 2, { rtol: 1e-12 });
    expect({ ...ruled, terms: [], score: plain!.raw }).toEqual(plain);
  });
});

describe('a phrase', () => {
  test.each([
    ['jazz', 'Late JAZZ, live', true],
    ['jazz', 'jazzy evening', false],
    ['art', 'start the party', false],
    ['rock and roll', 'Rock and roll!', true],
    ['rock and roll', 'rock and slow roll', false],
    ['rock roll', 'rock & roll', true],
    ["don't", 'Don’t look up', true],
    ['straße', 'STRASSE NACH OBEN', true],
    ['σας', 'ΣΑΣ', true],
    ['οδος', 'ΟΔΟΣ’ΑΒ', true],
    ['café', 'cafe\u0301 noir', true],
    ['cafe', 'café noir', false],
    ['full', 'Ｆｕｌｌ house', true],
    ['C++', 'Learn C++ today', true],
    ['C++', 'Vitamin C today', false],
    ['C#', 'C# in a week', true],
    ['寿司', '東京の寿司屋', true],
    ['カレー', 'チキンカレーライス', true],
    ['寿司', '寿と司', false],
    ['ข้าว', 'ผัดข้าวกุ้ง', true],
    ['3 寿司', '3寿司', true],
    ['🎸', 'Guitars 🎸🎶', true],
    ['конь', 'Белый КОНЬ.', true],
    ['कम', 'कमल', false],
  ])('%j in %j: %s', (phrase, title, expected) => {
    expect(picks({ phrase }, title)).toBe(expected);
  });

  test('is looked for in title and text, and not across the end of one', () => {
    const [rule] = checkRules<Tagged>([{ name: 'x', phrase: 'hot chocolate', effect: 1 }]);
    const matches = (title: string, text: string): boolean => rule!.matches(song('x'), { id: 'x', title, text });
    expect([matches('Hot chocolate', ''), matches('', 'hot chocolate'), matches('Hot', 'chocolate')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('a tag is one of the item’s tags as a whole, but for case', () => {
  expect(picks({ tag: 'vegan' }, '', ['Vegan', 'quick'])).toBe(true);
  expect(picks({ tag: 'gluten free' }, '', ['gluten-free'])).toBe(true);
  expect(picks({ tag: 'vegan' }, 'vegan', ['not vegan'])).toBe(false);
  for (const odd of [undefined, null, 'vegan', 7, [7, null], {}]) expect(picks({ tag: 'vegan' }, '', odd)).toBe(false);
});

describe('a rule is refused', () => {
  const sound = { name: 'x', phrase: 'jazz', effect: 1 };
  test.each([
    ['that is none', null],
    ['without a name', { ...sound, name: ' ' }],
    ['without an effect', { name: 'x', phrase: 'jazz' }],
    ['with an effect that is no number', { ...sound, effect: NaN }],
    ['without a condition', { name: 'x', effect: 1 }],
    ['with two conditions', { ...sound, tag: 'jazz' }],
    ['with a phrase of no words', { ...sound, phrase: ' …!' }],
    ['with a phrase that is no text', { ...sound, phrase: 7 }],
    ['with a tag that is no text', { name: 'x', effect: 1, tag: {} }],
    ['with a predicate that is no function', { name: 'x', effect: 1, when: true }],
    ['that fades from no time on', { ...sound, halfLifeMs: HOUR }],
    ['that begins and does not fade', { ...sound, since: START }],
    ['with a half-life of 0', { ...sound, halfLifeMs: 0, since: START }],
    ['that fades from a time that is none', { ...sound, halfLifeMs: HOUR, since: NaN }],
  ])('%s', async (_, rule) => {
    await expect(open({ rules: [rule] as never })).rejects.toMatchObject({ code: 'input/invalid' });
    const attune = await open();
    await expect(attune.rank(SONGS, { rules: [rule] as never })).rejects.toMatchObject({ code: 'input/invalid' });
  });

  test.each([7, {}, null])('in a list that is %j', async (rules) => {
    const attune = await open({ rules: [penalty] });
    await expect(attune.rank(SONGS, { rules } as never)).rejects.toMatchObject({ code: 'input/invalid' });
  });

  test('with the name of another', async () => {
    await expect(open({ rules: [penalty, penalty] })).rejects.toMatchObject({ code: 'input/invalid' });
  });

  test('when its predicate throws or gives no boolean', async () => {
    const attune = await open();
    for (const when of [() => 1 as never, () => JSON.parse('{') as never]) {
      const ranked = attune.rank(SONGS, { rules: [{ name: 'x', effect: 1, when }] });
      await expect(ranked).rejects.toMatchObject({ code: 'input/invalid' });
    }
  });
});
