import { memoryStore } from 'attune/core';
import type { Attune, AttuneOptions, FoundationReport } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { dot } from '../../src/core/vector.js';
import { closeThings, fileOf, live as liveWithThings, open as openShelf, THINGS } from '../open-things.js';
import { nextTask, oneHot, openSongs, song, type Song, SONGS, START, watchWarnings } from '../one-hot.js';
import { smallModel } from '../sequence-models.js';

const KNOWN = SONGS.slice(0, 6).map(({ id }) => id);
const small = smallModel(KNOWN);
const { model, url } = small;

const opened: Attune<Song>[] = [];
afterEach(async () => {
  for (const attune of opened.splice(0)) await attune.close();
});

async function open(
  foundation: AttuneOptions<Song>['foundation'],
  options: Partial<AttuneOptions<Song>> = {},
): Promise<Attune<Song>> {
  const attune = await openSongs({ worker: false, ...(foundation && { foundation }), ...options });
  opened.push(attune);
  return attune;
}

const DONE = [
  ['view', 'jazz'],
  ['save', 'calm'],
  ['share', 'jazz'],
  ['view', 'sea'],
] as const;

/** What the person does, an hour apart, and the events as the model is told of them. */
function live(attune: Attune<Song>, done: readonly (readonly [string, string])[] = DONE): void {
  done.forEach(([kind, id], i) => attune.track(kind, song(id), { at: START - 1e7 + i * 3_600_000 }));
}

const events = (done: readonly (readonly [string, string])[] = DONE): Parameters<typeof model.read>[0] =>
  done.map(([kind, itemId], i) => ({ kind, itemId, at: START - 1e7 + i * 3_600_000, text: oneHot(itemId) }));

/** The term of each item as docs/foundation.md has it: `(u·p − μ) / 3σ` over the items that were ranked. */
function termsOf(user: Float32Array, items: readonly Song[], weight = 1): Map<string, number> {
  const scores = items.map(({ id, title }) => {
    const row = new Float32Array(16);
    model.project({ itemId: id, text: oneHot(title) }, row);
    return dot(user, row);
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const sd = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  return new Map(items.map(({ id }, i) => [id, (weight * (scores[i]! - mean)) / (3 * sd)]));
}

const valueIn = (ranking: readonly { terms: readonly { name: string; value: number }[] }[]): (number | undefined)[] =>
  ranking.map(({ terms }) => terms.find(({ name }) => name === 'foundation')?.value);

describe('a model that is on', () => {
  test('is a term by its own arithmetic, of items it knows and of those it never heard of, and scores stay sums', async () => {
    const attune = await open({ url, mode: 'on', weight: 2 });
    live(attune);
    await attune.foundation.report();
    const ranking = await attune.rank(SONGS);
    const wanted = termsOf(model.read(events()).user, SONGS, 2);
    expect(valueIn(ranking)).toBeAllclose(
      ranking.map(({ id }) => wanted.get(id)!),
      { atol: 1e-6 },
    );
    for (const { score, terms } of ranking) expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
    expect(ranking.map(({ score }) => score)).toEqual([...ranking.map(({ score }) => score)].sort((a, b) => b - a));
    const { terms } = await attune.explain(ranking, 'snow');
    expect(terms.find(({ name }) => name === 'foundation')).toMatchObject({ value: expect.any(Number) as number });
    expect(attune.rerank(ranking)).toEqual(ranking);
  });

  test('is told of new actions alone, and of the whole log where something was taken away', async () => {
    const attune = await open({ url, mode: 'on' });
    live(attune, DONE.slice(0, 3));
    expect((await attune.foundation.report()).userEmbedding).toEqual(model.read(events(DONE.slice(0, 3))).user);
    const id = attune.track('view', song('sea'), { at: START - 1e7 + 3 * 3_600_000 });
    expect((await attune.foundation.report()).userEmbedding).toEqual(model.read(events()).user);
    await attune.data.forget(id);
    expect((await attune.foundation.report()).userEmbedding).toEqual(model.read(events(DONE.slice(0, 3))).user);
    attune.track('view', song('rock'), { at: START - 2e7 }); // older than all: it comes first
    const late = { kind: 'view', itemId: 'rock', at: START - 2e7, text: oneHot('rock') };
    expect((await attune.foundation.report()).userEmbedding).toEqual(
      model.read([late, ...events(DONE.slice(0, 3))]).user,
    );
    await attune.data.erase();
    expect(await attune.foundation.report()).toMatchObject({ userEmbedding: null, nextKinds: [] });
    expect(valueIn(await attune.rank(SONGS)).every((value) => value === undefined)).toBe(true);
  });

  test('that comes late is waited for by no ranking: the next one, which "ready" tells of, has the term', async () => {
    const attune = await open({ url, mode: 'on' });
    live(attune);
    const ready = new Promise((resolve) => attune.on('ready', resolve));
    const first = await attune.rank(SONGS);
    expect([first.partial, valueIn(first)[0]]).toEqual([false, undefined]);
    await ready;
    expect(attune.rerank(first)).toEqual(first); // what is looked at stays
    expect(valueIn(attune.rerank(first, { refresh: true })).every(Number.isFinite)).toBe(true);
    expect(valueIn(await attune.rank(SONGS)).every(Number.isFinite)).toBe(true);
  });

  test('makes nothing of somebody who did nothing, or with privacy off', async () => {
    const attune = await open({ url, mode: 'on' });
    expect(await attune.foundation.report()).toMatchObject({ status: 'on', userEmbedding: null, nextKinds: [] });
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    live(attune);
    await attune.data.setPrivacy('off');
    expect(await attune.foundation.report()).toMatchObject({ status: 'off', userEmbedding: null });
    expect(valueIn(await attune.rank(SONGS)).every((value) => value === undefined)).toBe(true);
  });
});

test("a catalogue's pool is found by the other terms and ordered with it", async () => {
  const { url: file } = smallModel(['t3', 't10'], { encoder: 'hashed-1', text: 24 });
  const attune = await openShelf({ worker: false, foundation: { url: file, mode: 'on' } });
  await liveWithThings(attune);
  await attune.foundation.report();
  const ranking = await attune.rank(await attune.openCatalogue(fileOf(THINGS)), { limit: 20 });
  expect(valueIn(ranking).filter((value) => value !== undefined && value !== 0)).toHaveLength(20);
  for (const { score, terms } of ranking) expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
  await closeThings();
});

test('is fetched when there is something to go by, and while the site wants it', async () => {
  const told: string[] = [];
  let mode: 'off' | 'on' = 'off';
  const attune = await open({ url, mode: () => mode });
  attune.on('progress', ({ file }) => told.push(file));
  const rankedAgain = async (): Promise<(number | undefined)[]> => {
    await attune.rank(SONGS);
    if (mode === 'on' && attune.profile().interactionCount > 0) await attune.foundation.report();
    for (let n = 0; n < 5; n++) await nextTask();
    return valueIn(await attune.rank(SONGS));
  };
  expect(await attune.foundation.report()).toMatchObject({ status: 'off', why: 'The site has it switched off.' });
  mode = 'on';
  expect([(await rankedAgain())[0], told]).toEqual([undefined, []]); // a newcomer
  live(attune);
  await attune.flush();
  mode = 'off';
  expect([(await rankedAgain())[0], told]).toEqual([undefined, []]);
  const before = await attune.rank(SONGS);
  mode = 'on';
  expect(attune.rerank(before)).toEqual(before); // a list keeps what it was ranked by
  expect((await rankedAgain()).every(Number.isFinite)).toBe(true);
  expect(new Set(told).size).toBe(1);
  const after = await attune.rank(SONGS);
  mode = 'off';
  expect(attune.rerank(after)).toEqual(after);
  expect(valueIn(await attune.rank(SONGS))[0]).toBeUndefined();
  mode = 'maybe' as never;
  await expect(attune.foundation.report()).rejects.toMatchObject({ code: 'input/invalid' });
});

test("a person's own ways with kinds are learned from 300 actions on, kept, and gone with what they were made of", async () => {
  const store = memoryStore();
  const kept = Object.create(store, { close: { value() {} } }) as typeof store;
  const attune = await open({ url }, { store: kept });
  const done = Array.from({ length: 340 }, (_, n) => [n % 8 === 7 ? 'view' : 'share', SONGS[n % 5]!.id] as const);
  const chanceOf = ({ nextKinds }: FoundationReport, wanted: string): number =>
    nextKinds.find(({ kind }) => kind === wanted)!.probability;
  const plain = (count: number): number => model.kindsAfter(model.read(events(done.slice(0, count))))[2]!;
  live(attune, done.slice(0, 300));
  const early = await attune.foundation.report(); // 299 of them were foretold
  expect(early.ownKinds).toEqual({ inUse: false, outcomes: 200, heldOut: null }); // too few to tell
  expect(chanceOf(early, 'share')).toBeCloseTo(plain(300), 12);
  done.slice(300).forEach(([kind, id], i) => attune.track(kind, song(id), { at: START - 1e7 + (300 + i) * 3_600_000 }));
  const report = await attune.foundation.report();
  expect(report.ownKinds).toMatchObject({ inUse: true, outcomes: 300, heldOut: { n: 120 } });
  expect(report.ownKinds.heldOut!.interval.low).toBeGreaterThan(0);
  expect(chanceOf(report, 'share')).toBeGreaterThan(plain(340) + 0.2);
  expect(report.nextKinds.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  expect(report.userEmbedding).toEqual(model.read(events(done)).user); // the model itself stays as it is
  await attune.close();
  const again = await open({ url }, { store: kept });
  expect((await again.foundation.report()).ownKinds).toEqual(report.ownKinds);
  await again.data.erase();
  expect((await again.foundation.report()).ownKinds.outcomes).toBe(0);
});

test('in shadow it scores and tells, and moves nothing', async () => {
  const [plain, attune] = [await open(undefined), await open({ url })];
  live(plain);
  live(attune);
  const report = await attune.foundation.report();
  expect(report).toMatchObject({ status: 'shadow', judged: { outcomes: 0, blocks: [] } });
  expect(report.model).toMatchObject({ name: small.name, encoder: 'one-hot-1', until: 5, actions: 7, on: 'page' });
  const chances = model.kindsAfter(model.read(events()));
  expect(report.nextKinds.map(({ kind }) => kind).sort()).toEqual(['save', 'share', 'view']);
  for (const { kind, probability } of report.nextKinds) {
    expect(probability).toBeCloseTo(chances[['view', 'save', 'share'].indexOf(kind)]!, 12);
  }
  expect(report.nextKinds[0]!.probability).toBe(Math.max(...chances));
  const ranking = await attune.rank(SONGS);
  expect(ranking).toEqual(await plain.rank(SONGS));
});

test('without the option nothing is fetched, and the report says why', async () => {
  const attune = await open(undefined);
  expect(await attune.foundation.report()).toMatchObject({ status: 'off', model: null, nextKinds: [] });
});

describe('what cannot be', () => {
  test.each([
    ['a file that is not there', { url: 'data:text/html,no' }, 'foundation/unavailable', 'failed'],
    ['a damaged one', { url: 'data:application/octet-stream,nonsense' }, 'model/corrupt', 'failed'],
    ['another hash', { url, sha256: '0'.repeat(64) }, 'model/corrupt', 'failed'],
    ['another encoder', { url: smallModel(KNOWN, { encoder: 'lite-9' }).url }, 'input/invalid', 'off'],
  ] as const)('is one warning, and rankings go on: %s', async (_, foundation, code, status) => {
    const attune = await open({ ...foundation, mode: 'on' });
    const { seen } = watchWarnings(attune);
    live(attune);
    expect(await attune.foundation.report()).toMatchObject({ status });
    expect(await attune.foundation.report()).toMatchObject({ status, userEmbedding: null });
    const ranking = await attune.rank(SONGS);
    expect([ranking.partial, ranking.neutral, valueIn(ranking)[0]]).toEqual([false, false, undefined]);
    expect((await seen()).map((warning) => warning.code)).toEqual([code]);
  });

  test.each([
    ['foundation', { url: '/a', modes: 'on' }],
    ['foundation.url', {}],
    ['foundation.sha256', { url: '/a', sha256: 'abc' }],
    ['foundation.mode', { url: '/a', mode: 'maybe' }],
    ['foundation.weight', { url: '/a', weight: -1 }],
    ['foundation.weight', { url: '/a', weight: Infinity }],
  ])('is refused at once: %s of %o', async (name, foundation) => {
    await expect(open(foundation as never)).rejects.toMatchObject({
      code: 'input/invalid',
      message: expect.stringContaining(name) as string,
    });
  });
});

describe('outcomes', () => {
  let warned: ReturnType<typeof watchWarnings>;
  /** A log of `count` impressions, each with its term as noted; the term says the contrary of what came of them, or the same. */
  async function judgedBy(
    sign: 1 | -1,
    count: number,
    mode: 'on' | 'shadow',
  ): Promise<[Attune<Song>, FoundationReport]> {
    const store = memoryStore();
    const attune = await open({ url, mode }, { store });
    warned = watchWarnings(attune);
    const rows = Array.from({ length: count }, (_, n) => {
      const y = n % 3 === 0 ? 1 : 0;
      const itemId = SONGS[n % 8]!.id;
      const at = START - 1e9 + n * 4_000_000;
      const term = sign * (y === 1 ? 0.3 : -0.3) + 0.01 * (n % 5);
      const isCounted = mode === 'on';
      const score = 0.2 * y + 0.1 * (n % 4) + (isCounted ? term : 0);
      const metadata = { score, foundation: term, 'foundation:of': `${small.name}*1`, 'foundation:counted': isCounted };
      const shown = { id: `${String(n).padStart(6, '0')}a`, kind: 'impression', itemId, at, weight: 0, metadata };
      return y === 1 ? [shown, { id: `${String(n).padStart(6, '0')}b`, kind: 'save', itemId, at: at + 1000 }] : [shown];
    }).flat();
    const items = SONGS.map(({ id, title }) => ({ id, title, text: title }));
    const file = { format: 'attune-export', version: 1, exportedAt: START, interactions: rows, items, sliders: {} };
    await attune.data.import(JSON.stringify(file));
    return [attune, await attune.foundation.report()];
  }

  test('that the term foretold worse take it out, with figures and one warning', async () => {
    const [attune, report] = await judgedBy(-1, 100, 'on');
    expect(report).toMatchObject({ status: 'demoted', judged: { outcomes: 100 } });
    const [block] = report.judged.blocks;
    expect(block!.with).toBeGreaterThan(block!.without);
    expect(report.why).toContain(`${block!.with.toFixed(3)} instead of ${block!.without.toFixed(3)}`);
    expect(valueIn(await attune.rank(SONGS)).every((value) => value === undefined)).toBe(true);
    await attune.foundation.report();
    expect((await warned.seen()).map(({ code }) => code)).toEqual(['foundation/demoted']);
  });

  test('that it foretold better leave it in force; too few say nothing; in shadow it is judged as well', async () => {
    expect((await judgedBy(1, 150, 'on'))[1]).toMatchObject({ status: 'on', judged: { outcomes: 150 } });
    expect((await judgedBy(-1, 99, 'on'))[1]).toMatchObject({ status: 'on', judged: { outcomes: 99, blocks: [] } });
    const [, shadow] = await judgedBy(1, 100, 'shadow');
    expect(shadow).toMatchObject({ status: 'shadow', judged: { outcomes: 100 } });
    expect(shadow.judged.blocks[0]!.gain).toBeGreaterThan(0);
  });

  test.each(['on', 'shadow'] as const)('are noted with the term: %s', async (mode) => {
    const store = memoryStore();
    const attune = await open({ url, mode }, { store });
    live(attune);
    await attune.foundation.report();
    await attune.rank(SONGS);
    const ranking = await attune.rank(SONGS);
    const id = await attune.impression(ranking, 'rock');
    const { interactions } = await attune.data.export();
    const noted = interactions.find((each) => each.id === id)!.metadata!;
    const wanted = termsOf(model.read(events()).user, SONGS).get('rock')!;
    expect(noted['foundation']).toBeCloseTo(wanted, 5);
    expect(noted).toMatchObject({ 'foundation:of': `${small.name}*1`, 'foundation:counted': mode === 'on' });
    const entry = ranking.find((each) => each.id === 'rock')!;
    expect(noted['score']).toBeCloseTo(entry.score, 5);
  });
});
