import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { liteEncoder, memoryStore } from 'attune/core';
import { type Attune, type AttuneError, type AttuneOptions, createAttune, type Ranking } from 'attune';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { nextTask, oneHotEncoder, openSongs, song, SONGS, type Song, START, told, watchWarnings } from '../one-hot.js';

const sliders = [{ id: 'pace', low: 'calm', high: 'wild' }];
const invalidInput = { name: 'AttuneError', code: 'input/invalid' };

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
process.on('unhandledRejection', onUnhandled);
afterAll(() => void process.off('unhandledRejection', onUnhandled));

let attune: Attune<Song>;
let ranking: Ranking<Song>;
let kept: unknown;

/** What a bad call must leave as it was. */
async function everything(): Promise<unknown> {
  const { exportedAt: _, ...rest } = await attune.data.export();
  return [rest, attune.profile(), told(await attune.rank(SONGS))];
}

beforeEach(async () => {
  attune = await openSongs({ sliders, segments: { night: { recency: 2 } } });
  attune.track('save', song('jazz'));
  attune.track('hide', song('rock'));
  attune.setSlider('pace', 0.5);
  await attune.flush();
  ranking = await attune.rank(SONGS);
  kept = await everything();
});

afterEach(async () => {
  await attune.close();
  await nextTask();
  expect(unhandled.splice(0)).toEqual([]);
});

/** The call's one error, thrown or rejected, or undefined. */
async function failureOf(call: () => unknown): Promise<AttuneError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error as AttuneError;
  }
}

const boom = (): never => {
  throw new Error('boom');
};
const odd = (...values: unknown[]): never[] => values as never[];
const throwing = {
  get id(): never {
    return boom();
  },
  title: 'x',
};
const unprintable = { toString: boom, [Symbol.toPrimitive]: boom };

describe('createAttune refuses', () => {
  const cases: [string, unknown[]][] = [
    ['encrypt', odd(0, 1, 'yes', {}, { secret: '' }, { secret: 7 }, true)], // true: not with a store of one's own
    ['options', odd(null, 7, 'granted')],
    ['consent', odd('yes', 7, true, 'constructor')],
    ['privacy', odd('on', 7, '__proto__')],
    ['user', odd('', 7, {}, 'u'.repeat(201))],
    ['id', odd('id', 7, {})],
    ['text', odd('title', [])],
    ['sliders', odd('pace', {}, [null], [{}], [{ id: 'a', low: 'b', high: 'b' }])],
    ['kinds', odd('toString', '__proto__', 7, { save: NaN }, { save: '3' })],
    ['temperature', odd(0, -1, NaN, Infinity, '1')],
    ['halfLifeMs', odd(0, NaN, '14 days')],
    ['sessionHalfLifeMs', odd(-1, Infinity)],
    ['standardize', odd('no', 1)],
    ['segments', odd('night', 7, { night: null }, { night: { recency: NaN } }, { night: { recently: 2 } })],
    ['weights', odd({ profile: -1 }, { profile: NaN }, { profil: 1 }, { constructor: 1 }, 7, 'all')],
    ['redact', odd(/\d/, 'all')],
    ['assetBase', odd(7, {})],
    ['model', odd('litee', 7, {}, { id: 7 }, { id: '' })],
    ['prompts', odd('User wrote: ', null, 7, ['so '], { write: 7 }, { impression: 'so ' }, { write: 'x'.repeat(201) })],
    ['maxWaitMs', odd(-1, NaN, Infinity, '200')],
    ['worker', odd(true, '/worker.js', {})],
    ['encoder', odd(7, {}, { modelVersion: 'x' })],
    ['store', odd(7, {}, 'memory')],
    ['now', odd(7, new Date())],
    ['random', odd(0.5)],
  ];
  for (const [option, values] of cases) {
    test.each(values.map((value) => [value]))(`${option}: %j`, async (value) => {
      const options =
        option === 'options' ? value : { encoder: oneHotEncoder(), store: memoryStore(), [option]: value };
      expect(await failureOf(() => createAttune(options as AttuneOptions<Song>))).toMatchObject(invalidInput);
    });
  }

  test('nothing when an option is left undefined', async () => {
    const names = cases.map(([name]) => name).filter((name) => name !== 'options');
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    const bare = await createAttune(options);
    await bare.close();
  });
});

describe('a call with bad input fails with one AttuneError and changes nothing', () => {
  const cases: Record<string, (() => unknown)[]> = {
    'track: kind': odd('', null, undefined, 7, {}, 'k'.repeat(1_000_000), unprintable).map(
      (kind) => () => attune.track(kind, song('sea')),
    ),
    'track: item': odd(
      null,
      undefined,
      7,
      '',
      ' \n',
      {},
      [],
      { id: '' },
      { id: 'i'.repeat(1_000_000), title: 'x' },
      throwing,
    ).map((item) => () => attune.track('save', item)),
    'track: details': odd(
      null,
      7,
      'now',
      { at: NaN },
      { at: '2025' },
      { weight: -1 },
      { weight: NaN },
      { dwellMs: -1 },
      { position: 'first' },
      { context: 7 },
      { metadata: { deep: {} } },
      { metadata: [1] },
    ).map((details) => () => attune.track('save', song('sea'), details)),
    'rank: items': odd(
      null,
      undefined,
      7,
      'jazz',
      {},
      [null],
      [undefined],
      [7],
      [{}],
      [song('sea'), {}],
      [throwing],
      [''],
    ).map((items) => () => attune.rank(items)),
    'rank: options': odd(
      null,
      7,
      { limit: -1 },
      { limit: 1.5 },
      { limit: NaN },
      { limit: '3' },
      { diversity: 2 },
      { diversity: NaN },
      { diversity: '0.5' },
      { diversity: null },
      { filter: 7 },
      { filter: boom },
      { boosts: 7 },
      { boosts: null },
      { boosts: { fresh: 7 } },
      { boosts: { fresh: boom } },
      { boosts: { fresh: () => NaN } },
      { boosts: { fresh: () => '1' } },
      { excludeSeen: null },
      { excludeSeen: false },
      { excludeSeen: 7 },
      { excludeSeen: { kinds: 'view' } },
      { excludeSeen: { kinds: [7] } },
      { excludeSeen: { withinMs: 0 } },
      { excludeSeen: { withinMs: NaN } },
      { minRelevance: NaN },
      { minRelevance: '0.5' },
      { minRelevance: null },
      { explore: null },
      { explore: 0.1 },
      { explore: {} },
      { explore: { rate: 0 } },
      { explore: { rate: 1 } },
      { explore: { rate: NaN } },
      { explore: { rate: 0.1, slots: 0 } },
      { explore: { rate: 0.1, pool: 1.5 } },
      { signal: {} },
      { signal: 7 },
    ).map((options) => () => attune.rank(SONGS, options)),
    'rerank: ranking': odd(null, undefined, 7, [], {}, [...SONGS]).map((other) => () => attune.rerank(other)),
    'rerank: a copy': [() => attune.rerank([...ranking] as never), () => attune.rerank(structuredClone(ranking))],
    'rerank: change': odd(
      null,
      7,
      { sliders: { pace: 2 } },
      { sliders: { pace: NaN } },
      { sliders: { pace: '1' } },
      { sliders: { speed: 0 } },
      { sliders: { constructor: 0 } },
      { sliders: JSON.parse('{"__proto__": 0.5}') },
      { sliders: 7 },
      { sliders: null },
      { weights: { profile: NaN } },
      { weights: { profil: 1 } },
      { weights: 7 },
      { limit: -1 },
      { diversity: '0' },
    ).map((change) => () => attune.rerank(ranking, change)),
    'more: ranking': odd(null, undefined, 7, [], [...SONGS]).map((other) => () => attune.more(other)),
    'more: options': odd(null, 7, { limit: -1 }, { limit: '3' }, { signal: 7 }).map(
      (options) => () => attune.more(ranking, options),
    ),
    'related: item': odd(null, undefined, 7, '', {}, throwing).map((item) => () => attune.related(item)),
    'search: text': odd(null, undefined, 7, '', ' ', {}).map((text) => () => attune.search(text)),
    'related and search: options': odd(
      ...[null, 7, { limit: -1 }, { limit: NaN }, { items: {} }, { items: [null] }, { items: [{}] }, { signal: 7 }],
    ).flatMap((options) => [() => attune.related(song('sea'), options), () => attune.search('sea', options)]),
    'lessLike: item': odd(null, undefined, 7, '', {}, throwing).map((item) => () => attune.lessLike(item)),
    'lessLike: details': odd(null, 7, { at: 'now' }).map((details) => () => attune.lessLike(song('sea'), details)),
    'score: item': odd(null, 7, '', {}, throwing).map((item) => () => attune.score(item)),
    'score: options': odd(
      null,
      7,
      { context: null },
      { context: 7 },
      { context: { segment: 'day' } },
      { context: { segment: '__proto__' } },
      { context: { boostFeature: 'constructor' } },
      { context: { isWorkHours: 'yes' } },
      { signal: 7 },
    ).map((options) => () => attune.score(song('sea'), options)),
    'embed: input': odd(null, undefined, 7, '', '\t', {}, throwing).map((input) => () => attune.embed(input)),
    'embed: options': odd(null, 7, { signal: {} }).map((options) => () => attune.embed('jazz', options)),
    'setSlider: id': odd('speed', '', null, 7, '__proto__', 'constructor').map((id) => () => attune.setSlider(id, 0)),
    'setSlider: position': odd(NaN, 1.1, -2, Infinity, '0.5', undefined, {}).map(
      (position) => () => attune.setSlider('pace', position),
    ),
    'explain: ranking': odd(null, 7, [], [...SONGS]).map((other) => () => attune.explain(other, 'jazz')),
    'explain: id': odd('punk', '', null, 7, '__proto__', 'constructor').map((id) => () => attune.explain(ranking, id)),
    'explain: options': odd(null, 7, { signal: 7 }).map((options) => () => attune.explain(ranking, 'jazz', options)),
    'flush: options': odd(null, 7, { signal: 7 }).map((options) => () => attune.flush(options)),
    'on: type': odd('profil', '__proto__', 7, null).map((type) => () => attune.on(type, () => undefined)),
    'on: listener': odd(null, 7, {}).map((listener) => () => attune.on('profile', listener)),
    'data.import: source': odd(
      null,
      undefined,
      7,
      '',
      '{',
      '[]',
      '{}',
      '{"format":"attune-export"}',
      'no,such,columns\n1,2,3',
      [],
      { format: 'attune-export', version: 2, interactions: [], items: [] },
      { format: 'attune-export', version: 1, interactions: {}, items: [] },
      { format: 'attune-export', version: 1, interactions: [], items: [], sliders: { pace: 7 } },
      'x'.repeat(1_000_000),
    ).map((source) => () => attune.data.import(source)),
    'data.import: options': odd(null, 7, { signal: 7 }).map(
      (options) => () => attune.data.import('timestamp,action_type,content', options),
    ),
    'data.export: options': odd(null, 7, { signal: 7 }).map((options) => () => attune.data.export(options)),
    'data.forget: id': odd(null, undefined, 7, {}).map((id) => () => attune.data.forget(id)),
    'data.recent: limit': odd(-1, NaN, 1.5, '3', null).map((limit) => () => attune.data.recent(limit)),
    'data.recent: options': odd(null, 7, { kinds: 'hide' }, { kinds: 7 }).map(
      (options) => () => attune.data.recent(3, options),
    ),
    'data.setConsent': odd('yes', null, undefined, 7, 'constructor').map(
      (consent) => () => attune.data.setConsent(consent),
    ),
    'data.setPrivacy': odd('on', null, undefined, 7, '__proto__').map(
      (privacy) => () => attune.data.setPrivacy(privacy),
    ),
  };
  test.each(Object.entries(cases))('%s', async (_, calls) => {
    for (const [i, call] of calls.entries()) {
      const error = await failureOf(call);
      expect(error, `case ${i}`).toMatchObject(invalidInput);
      expect(error!.message.length).toBeLessThan(400);
    }
    expect(await everything()).toEqual(kept);
    expect(attune.data).toMatchObject({ consent: 'granted', privacy: 'device' });
  });
});

test('options whose functions throw or give nonsense fail as one AttuneError', async () => {
  for (const options of odd(
    { id: boom },
    { id: () => 7 },
    { text: boom },
    { text: () => null },
    { redact: boom },
    { redact: () => undefined },
  )) {
    const faulty = await openSongs(options);
    const calls = [
      () => faulty.track('save', song('sea')),
      () => faulty.rank([song('sea')]),
      () => faulty.score(song('sea')),
      () => faulty.embed(song('sea')),
    ];
    for (const call of calls) expect(await failureOf(call)).toMatchObject(invalidInput);
    expect(await faulty.data.recent()).toEqual([]);
    await faulty.close();
  }
});

test('an unknown id is nothing to forget', async () => {
  for (const id of ['', 'nothing', '__proto__', 'constructor']) {
    expect(await attune.data.forget(id)).toEqual({ removed: 0, token: '' });
  }
  expect(await everything()).toEqual(kept);
});

test('everything but close() says ‘closed’ after it', async () => {
  await attune.close();
  const calls: (() => unknown)[] = [
    () => attune.track('save', song('sea')),
    () => attune.rank(SONGS),
    () => attune.rerank(ranking),
    () => attune.more(ranking),
    () => attune.related(song('sea')),
    () => attune.search('sea'),
    () => attune.lessLike(song('sea')),
    () => attune.score(song('sea')),
    () => attune.embed('jazz'),
    () => attune.setSlider('pace', 0),
    () => attune.profile(),
    () => attune.explain(ranking, 'jazz'),
    () => attune.flush(),
    () => attune.data.export(),
    () => attune.data.import('timestamp,action_type,content'),
    () => attune.data.forget('x'),
    () => attune.data.erase(),
    () => attune.data.setConsent('denied'),
    () => attune.data.setPrivacy('off'),
    () => attune.data.recent(),
  ];
  for (const [i, call] of calls.entries()) {
    expect(await failureOf(call), `case ${i}`).toMatchObject({ name: 'AttuneError', code: 'closed' });
  }
  await attune.close();
});

test('close() in the middle of things ends them with ‘closed’ or their result, and nothing else', async () => {
  let release = (): void => undefined;
  const slow = await openSongs({ sliders, encoder: oneHotEncoder(new Promise((resolve) => (release = resolve))) });
  slow.track('save', song('sea'));
  const calls = [
    slow.rank(SONGS),
    slow.rank(SONGS, { excludeSeen: true }),
    slow.related(song('sea')),
    slow.search('sea'),
  ];
  const pending = [...calls, slow.score(song('sea')), slow.embed('jazz'), slow.data.recent()].map((call) =>
    call.then(
      () => 'done',
      ({ code }: AttuneError) => code,
    ),
  );
  const closing = slow.close();
  release();
  await closing;
  for (const outcome of await Promise.all(pending)) expect(['done', 'closed']).toContain(outcome);
});

describe('names of Object.prototype are names like any other', () => {
  test('as kinds, item ids and texts', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      attune.track(name, { id: name, title: 'snow' });
      attune.track('search', name);
    }
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(2 + 8);
    const list = ['__proto__', 'constructor', 'valueOf'].map((id) => ({ id, title: 'snow' }));
    expect((await attune.rank(list)).map(({ id }) => id)).toEqual(['__proto__', 'constructor', 'valueOf']);
    expect(({} as Record<string, unknown>)['title']).toBeUndefined();
  });

  test('as slider ids, through setting, reranking, export and import', async () => {
    const ids = ['__proto__', 'constructor'];
    const options = {
      sliders: [
        { id: ids[0]!, text: 'jazz' },
        { id: ids[1]!, text: 'rock' },
      ],
    };
    const [from, to] = [await openSongs(options), await openSongs(options)];
    const list = await from.rank(SONGS);
    expect(from.rerank(list, { sliders: JSON.parse('{"__proto__": 1}') as Record<string, number> })[0]!.id).toBe(
      'jazz',
    );
    ids.forEach((id, i) => from.setSlider(id, i === 0 ? -0.5 : 1));
    const file = JSON.stringify(await from.data.export());
    await to.data.import(file);
    expect(to.profile().sliders.map(({ id, override }) => [id, override])).toEqual([
      ['__proto__', -0.5],
      ['constructor', 1],
    ]);
    expect((await to.rank(SONGS))[0]!.id).toBe('rock');
    await Promise.all([from.close(), to.close()]);
  });

  test('as segments and keys of context and metadata', async () => {
    const segments = JSON.parse('{"__proto__": {"recency": 0}}') as AttuneOptions<Song>['segments'];
    const odd = await openSongs({ sliders, segments: segments! });
    expect((await odd.score(song('sea'), { context: { segment: '__proto__' } }))[0]!.weights.recency).toBe(0);
    odd.track('save', song('sea'), { metadata: JSON.parse('{"__proto__": "x"}') as Record<string, string> });
    expect(JSON.stringify((await odd.data.export()).interactions[0]!.metadata)).toBe('{"__proto__":"x"}');
    await odd.close();
  });
});

test('an item given twice is ranked twice, and reported once', async () => {
  const { seen } = watchWarnings(attune);
  const twice = [song('sea'), song('jazz'), song('sea')];
  const list = await attune.rank(twice);
  expect(list.map(({ id }) => id).sort()).toEqual(['jazz', 'sea', 'sea']);
  await attune.rank(twice);
  expect((await seen()).map(({ code, message }) => [code, message.includes('same id')])).toEqual([
    ['input/invalid', true],
  ]);
});

test('items nobody understands are reported once, and stand as given behind nothing', async () => {
  const newcomer = await openSongs();
  const { seen } = watchWarnings(newcomer);
  const list = ['qwertz', '', 'zzz'].map((title, i) => ({ id: `x${i}`, title }));
  for (let i = 0; i < 2; i++) expect((await newcomer.rank(list)).map(({ id }) => id)).toEqual(['x0', 'x1', 'x2']);
  expect((await seen()).map(({ code }) => code)).toEqual(['input/invalid']);
  await newcomer.close();
});

test('rows of an import that make no sense are reported one by one, and the others go in', async () => {
  const good = { id: 'good', kind: 'save', itemId: 'a', at: START };
  const rows = [
    good,
    null,
    7,
    {},
    { ...good, id: '' },
    { ...good, id: 7 },
    { ...good, id: 'b', kind: 7 },
    { ...good, id: 'c', at: NaN },
    { ...good, id: 'd', at: '1' },
    { ...good, id: 'e', itemId: 'unknown' },
    { ...good, id: 'f', itemId: '__proto__' },
    { ...good, id: 'g', weight: -1 },
    { ...good, id: 'h', metadata: { deep: {} } },
  ];
  const items = [{ id: 'a', text: 'snow', title: 'snow' }, null, 7, { id: 7, text: 'x' }, { id: 'b' }];
  const file = { format: 'attune-export', version: 1, exportedAt: 0, interactions: rows, items, sliders: {} };
  const report = await attune.data.import(file as never);
  expect(report.interactions).toBe(1);
  expect(report.rejected.map(({ row }) => row)).toEqual(rows.slice(1).map((_, i) => i + 1));
  expect((await attune.data.recent()).map(({ id }) => id)).toContain('good');
  expect(attune.profile().interactionCount).toBe(3);
});

test('of very many bad rows the first hundred are reported', async () => {
  const csv = ['timestamp,action_type,content', ...Array.from({ length: 500 }, () => 'never,save,jazz')].join('\n');
  expect((await attune.data.import(csv)).rejected).toHaveLength(100);
});

describe('with the real lite encoder', () => {
  const bytes = readFileSync(new URL('../../public/models/lite/lite.attune', import.meta.url));
  const encoder = liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

  test('a million characters are cut, reported, and work', async () => {
    const lite = await openSongs({ encoder });
    const { seen } = watchWarnings(lite);
    const title = 'quiet piano at night '.repeat(50_000);
    lite.track('write', title);
    lite.track('save', { id: 'long', title });
    await lite.flush();
    const { embedding } = await lite.embed(title);
    expect(Math.hypot(...embedding)).toBeAllclose(1, { atol: 1e-5 });
    expect(
      (
        await lite.rank([
          { id: 'a', title: 'loud drums' },
          { id: 'b', title },
        ])
      )[0]!.id,
    ).toBe('b');
    const { items } = await lite.data.export();
    for (const { text } of items) expect(text.length).toBeLessThanOrEqual(20_000);
    expect((await seen()).some(({ message }) => /longer/.test(message))).toBe(true);
    await lite.close();
  });

  test('lone surrogates, controls and emptied texts give finite unit rows or zeros', async () => {
    const lite = await openSongs({ encoder });
    for (const text of [
      '\ud800',
      'piano \udfff night',
      '\0\u0001\u0002',
      '👍'.repeat(3),
      'a\u0301'.repeat(300),
      '__proto__ constructor',
    ]) {
      const { embedding } = await lite.embed(text);
      expect([0, 1].some((length) => Math.abs(Math.hypot(...embedding) - length) < 1e-5)).toBe(true);
      lite.track('write', text);
    }
    await lite.flush();
    expect(lite.profile().interactionCount).toBe(6);
    expect(lite.profile().embedding.every(Number.isFinite)).toBe(true);
    const exported = JSON.stringify(await lite.data.export());
    const copy = await openSongs({ encoder });
    expect((await copy.data.import(exported)).interactions).toBe(6);
    await Promise.all([lite.close(), copy.close()]);
  });
});

test('a store that fails is reported, and what happened lives on in memory', async () => {
  const full = {
    ...memoryStore(),
    kind: 'indexed-db' as const,
    logId: 'full',
    append: () => Promise.reject(new Error('disk full')),
  };
  const degraded = await openSongs({ store: full });
  const { seen } = watchWarnings(degraded);
  degraded.track('save', song('jazz'));
  await degraded.flush();
  degraded.track('save', song('sea'));
  await degraded.flush();
  expect(degraded.data.storage).toBe('memory');
  expect((await degraded.data.recent()).map(({ itemId }) => itemId).sort()).toEqual(['jazz', 'sea']);
  expect((await seen()).map(({ code }) => code)).toEqual(['storage/unavailable']);
  await degraded.close();
});
