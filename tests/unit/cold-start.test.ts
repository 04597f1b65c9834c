import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import '../allclose.js';
import type { PriorsFile, Ranking } from 'attune';
import { memoryStore } from 'attune/core';
import { codeDirection } from '../../src/core/priors-file.js';
import { buildTransitionTable, writeTransitionTable } from '../../src/core/transition-table.js';
import { countTransition, noTransitions } from '../../src/core/transitions.js';
import { oneHot, oneHotEncoder, type Song, song, SONGS, told, watchWarnings, WORDS } from '../one-hot.js';
import { closeSongs, open } from '../open-songs.js';
import { clearThings, closeThings, encoder, fileOf, open as openThings, THINGS } from '../open-things.js';

afterEach(async () => {
  await closeSongs();
  vi.unstubAllGlobals();
});

const towards = (word: string): number[] => Array.from(oneHot(word), (x) => 127 * x);
const FILE: PriorsFile = {
  ...{
    format: 'attune-priors',
    version: 1,
    modelVersion: 'one-hot-1',
    dim: WORDS.length,
    people: 90,
    until: 0,
    least: 20,
  },
  groups: {
    'segment=hiker': { people: 30, direction: towards('snow') },
    'device=phone': { people: 30, direction: towards('sea') },
  },
  popular: towards('city'),
  items: [
    ['wild', 60],
    ['calm', 30],
  ],
};

const hashed = encoder();
const first = (ranking: Ranking<Song>): string => ranking[0]!.id;
const termOf = (ranking: Ranking<Song>, id: string, name: string): number | undefined =>
  ranking.find((entry) => entry.id === id)!.terms.find((term) => term.name === name)?.value;
const plain = { ...FILE, items: [] };

/** Serves a body by URL; the requests made. */
function serve(bodies: Readonly<Record<string, BodyInit>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const body = bodies[url];
    return Promise.resolve(body === undefined ? new Response('', { status: 404 }) : new Response(body));
  });
  return asked;
}

describe('a newcomer', () => {
  test('is ranked for by what they say they like, and an explanation names it', async () => {
    const attune = await open({ priors: { file: plain, context: { segment: 'hiker' } } });
    expect(await attune.preferences(['folk', 'folk songs', 'more folk'])).toEqual({
      ...{ texts: ['folk', 'folk songs', 'more folk'], sources: ['stated', 'cohort'], share: 1 },
    });
    const ranking = await attune.rank(SONGS);
    expect(ranking.slice(0, 2).map(({ id }) => id)).toEqual(['folk', 'snow']);
    const { terms } = await attune.explain(ranking, 'folk');
    expect(terms[0]).toMatchObject({ name: 'prior:stated', label: 'Close to what you said you like', because: [] });
    expect(ranking[0]!.terms.map(({ name }) => name)).toContain('prior:cohort');
    expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(ranking[0]!.score, 12);
  });

  test('is ranked for by their groups, else by what is popular, else not at all', async () => {
    const context = { segment: 'hiker' };
    expect(first(await (await open({ priors: { file: plain, context } })).rank(SONGS))).toBe('snow');
    const asked = await open({ priors: { file: plain, context: () => ({ device: 'phone' }) } });
    expect(first(await asked.rank(SONGS))).toBe('sea');
    expect((await asked.preferences()).sources).toEqual(['cohort']);
    const other = await open({ priors: { file: plain, context: { segment: 'cook' } } });
    expect(first(await other.rank(SONGS))).toBe('city');
    const neutral = await (await open({ priors: {} })).rank(SONGS);
    expect([neutral.neutral, neutral.map(({ id }) => id)]).toEqual([true, [...WORDS]]);
  });

  test('sees what is popular a little higher, by a term that fades', async () => {
    const attune = await open({ priors: { file: FILE } });
    const ranking = await attune.rank(SONGS);
    expect([termOf(ranking, 'wild', 'popularity'), termOf(ranking, 'calm', 'popularity')]).toEqual([0.2, 0.1]);
    attune.track('click', song('jazz'), { weight: 20 });
    expect(termOf(await attune.rank(SONGS), 'wild', 'popularity')).toBe(0.1);
  });
});

test('the prior fades with evidence, by the share that the profile tells, and terms sum to the score', async () => {
  const attune = await open({ priors: { file: plain } });
  const fresh = termOf(await attune.rank(SONGS), 'city', 'prior:popular')!;
  attune.track('click', song('jazz'), { weight: 60 });
  const ranking = await attune.rank(SONGS);
  const { priorShare } = attune.profile();
  expect(priorShare).toBe(0.25);
  expect(termOf(ranking, 'city', 'prior:popular')).toBeCloseTo(0.25 * fresh, 12);
  const without = await (await open()).rank(SONGS);
  expect(termOf(without, 'jazz', 'profile')).toBeUndefined();
  expect(first(ranking)).toBe('jazz');
  for (const { score, terms } of ranking)
    expect(score).toBeCloseTo(
      terms.reduce((sum, { value }) => sum + value, 0),
      12,
    );
});

test('own terms stand at what the prior leaves, and their reasons still sum to them', async () => {
  const [attune, plainly] = [await open({ priors: { file: plain } }), await open()];
  for (const each of [attune, plainly]) {
    each.track('click', song('jazz'));
    each.track('click', song('sea'));
    await each.flush();
  }
  const [ranking, other] = [await attune.rank(SONGS), await plainly.rank(SONGS)];
  expect(termOf(ranking, 'jazz', 'profile')).toBeCloseTo((2 / 22) * termOf(other, 'jazz', 'profile')!, 12);
  const { terms } = await attune.explain(ranking, 'jazz');
  const own = terms.find(({ name }) => name === 'profile')!;
  expect(own.because.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(own.value, 6);
});

test('a list that stands keeps its prior; a new one, and a refreshed one, have the new', async () => {
  const attune = await open({ priors: {} });
  await attune.preferences(['jazz']);
  const ranking = await attune.rank(SONGS);
  await attune.preferences(['snow']);
  expect(first(attune.rerank(ranking))).toBe('jazz');
  expect(first(attune.rerank(ranking, { refresh: true }))).toBe('snow');
  expect(first(await attune.rank(SONGS))).toBe('snow');
});

describe('preferences', () => {
  test('are kept for the next visit, taken back by an empty list, and gone after an erase, also from what stands', async () => {
    const store = memoryStore();
    const options = { priors: {}, store: { ...store, close: () => undefined } };
    const before = await open(options);
    await before.preferences([' jazz ', 'jazz']);
    const attune = await open(options);
    expect((await attune.preferences()).texts).toEqual(['jazz']);
    const ranking = await attune.rank(SONGS);
    expect(first(ranking)).toBe('jazz');
    await attune.data.erase();
    expect(attune.rerank(ranking).neutral).toBe(true);
    expect((await attune.preferences()).texts).toEqual([]);
    await attune.preferences(['sea']);
    expect(await attune.preferences([])).toMatchObject({ texts: [], sources: [] });
  });

  test('go with an export into an import', async () => {
    const attune = await open({ priors: {} });
    expect(await attune.data.export()).not.toHaveProperty('preferences');
    await attune.preferences(['jazz']);
    const file = await attune.data.export();
    expect(file.preferences).toEqual(['jazz']);
    const other = await open({ priors: {}, redact: (text) => text.replace('jazz', 'folk') });
    await other.preferences(['sea']);
    await other.data.import(JSON.stringify(file));
    expect((await other.preferences()).texts).toEqual(['folk']);
    await other.data.import({ ...file, preferences: undefined } as never);
    expect((await other.preferences()).texts).toEqual(['folk']);
    await expect(other.data.import({ ...file, preferences: 'jazz' } as never)).rejects.toThrow('preferences');
  });

  test('go with the log to the disk, once that is allowed', async () => {
    const attune = await openThings({ consent: 'unknown', priors: {} });
    await attune.preferences(['Thing number 3.']);
    await attune.data.setConsent('granted');
    expect([attune.data.storage, (await attune.preferences()).texts]).toEqual(['indexed-db', ['Thing number 3.']]);
    await closeThings();
  });

  test('leave out what is off-limits, and nothing is kept while all is off', async () => {
    const attune = await open({ priors: {}, offLimits: { topics: ['snow'] } });
    expect((await attune.preferences(['snow', 'jazz'])).texts).toEqual(['jazz']);
    await attune.data.setPrivacy('off');
    expect(await attune.preferences(['sea'])).toMatchObject({ texts: [], sources: [] });
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    await attune.data.setPrivacy('device');
    expect((await attune.preferences()).texts).toEqual(['jazz']);
  });

  test.each([['jazz'], [[3]], [['']], [Array.from({ length: 21 }, String)], [['a'.repeat(501)]]])(
    'that make no sense are refused: %j',
    async (given) => {
      const attune = await open({ priors: {} });
      await expect(attune.preferences(given as never)).rejects.toMatchObject({ code: 'input/invalid' });
    },
  );

  test('are refused where nothing would come of them', async () => {
    await expect((await open()).preferences(['jazz'])).rejects.toThrow('option `priors`');
    expect(await (await open()).preferences()).toEqual({ texts: [], sources: [], share: 1 });
    const none = await open({ priors: {}, keepText: 'none' });
    await expect(none.preferences(['jazz'])).rejects.toMatchObject({ code: 'input/invalid' });
  });
});

describe('files', () => {
  test('are fetched once; one that can’t be had is one warning, and the next of the chain ranks', async () => {
    const asked = serve({ 'https://site.test/priors.json': JSON.stringify(plain) });
    const attune = await open({ priors: { file: 'https://site.test/priors.json' } });
    expect(first(await attune.rank(SONGS))).toBe('city');
    await attune.rank(SONGS);
    expect(asked).toHaveLength(1);
    const lost = await open({ priors: { file: new URL('https://site.test/lost.json') } });
    const { seen } = watchWarnings(lost);
    await lost.preferences(['folk']);
    expect(first(await lost.rank(SONGS))).toBe('folk');
    await lost.rank(SONGS);
    expect((await seen()).map(({ code }) => code)).toEqual(['priors/unavailable']);
  });

  test('of another model are off but for popularity, and say so once', async () => {
    const priors = { file: FILE, context: { segment: 'hiker' } };
    const attune = await open({ priors, encoder: oneHotEncoder(undefined, 'one-hot-2') });
    const { seen } = watchWarnings(attune);
    const ranking = await attune.rank(SONGS);
    await attune.rank(SONGS);
    expect([first(ranking), termOf(ranking, 'wild', 'prior:popular')]).toEqual(['wild', undefined]);
    const said = await seen();
    expect(said.map(({ message }) => message.includes('one-hot-1'))).toEqual([true]);
  });

  test('whose directions are of another length are off, whatever model they name', async () => {
    const attune = await open({ priors: { file: { ...plain, dim: 3, groups: {}, popular: [0, 0, 127] } } });
    const { seen } = watchWarnings(attune);
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    expect(await seen()).toHaveLength(1);
  });

  test('that are damaged are one warning and nothing else', async () => {
    const attune = await open({ priors: { file: { ...FILE, dim: 3 } } });
    const { seen } = watchWarnings(attune);
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    expect((await seen()).map(({ code }) => code)).toEqual(['model/corrupt']);
  });

  test('of transitions rank what people go on to from what the person liked last, as it is done', async () => {
    const counts = noTransitions();
    for (let person = 0; person < 5; person++) {
      countTransition(counts, [], 0);
      countTransition(counts, [0], 1);
    }
    const table = buildTransitionTable(counts, { items: ['jazz', 'snow'], until: 0, actions: 10 });
    serve({ 'https://site.test/next.attune': writeTransitionTable(table) });
    const attune = await open({ priors: { transitions: 'https://site.test/next.attune' } });
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    attune.track('hide', song('jazz'));
    expect(termOf(await attune.rank(SONGS), 'snow', 'transitions')).toBeUndefined();
    attune.track('click', song('jazz'));
    expect(termOf(await attune.rank(SONGS), 'snow', 'transitions')).toBeCloseTo(0.5, 6);
    attune.track('click', song('sea'));
    expect(termOf(await attune.rank(SONGS), 'snow', 'transitions')).toBeCloseTo(0.4, 6);
  });

  test.each([
    { file: 3 },
    { transitions: '' },
    { context: 'phone' },
    { weights: { prior: -1 } },
    { weights: { profile: 1 } },
  ])('and options that make no sense are refused: %j', async (priors) => {
    await expect(open({ priors: priors as never })).rejects.toMatchObject({ code: 'input/invalid' });
  });
});

describe('a catalogue', () => {
  beforeEach(clearThings);
  afterEach(closeThings);

  test('is ranked as its items would be: whom its pool holds is found by the prior and popularity too', async () => {
    const direction = codeDirection(Float64Array.from((await hashed.encode(['Thing number 70.'])).data));
    const liked = Array.from({ length: 30 }, (_, n) => `t${23 * n + 7}`); // t7 among them, of which nothing is known
    const items = liked.map((id) => [id, 50] as const);
    const file = { ...FILE, modelVersion: 'hashed-1', dim: hashed.dim, groups: {}, popular: direction, items };
    const attune = await openThings({ priors: { file, weights: { popularity: 2 } } });
    const catalogue = await attune.openCatalogue(fileOf(THINGS));
    const ranking = await attune.rank(catalogue, { limit: 31 });
    const ids = ranking.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...liked, 't70'].sort());
    const plainly = await attune.rank(THINGS, { limit: 31 });
    expect(told(plainly)).toEqual(told(ranking));
  });
});
