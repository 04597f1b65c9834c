import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { type Attune, type AttuneOptions, createAttune, type Encoder, type SliderCalibration } from 'attune';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeAsked } from '../../src/sdk/describe-model.js';
import { resolveOptions } from '../../src/sdk/options.js';
import '../allclose.js';
import { closeAll, isStored, newUser, openLasting } from '../lasting.js';
import {
  HOUR,
  oneHot,
  oneHotEncoder,
  openSongs,
  song,
  type Song,
  SONGS,
  START,
  told,
  watchWarnings,
} from '../one-hot.js';
import { readRaw } from '../raw-database.js';
import { seeded } from '../seeded.js';

/** What people do, learned from as an encoder that is told so reads it. */
afterEach(closeAll);

/** Phrases that the one-hot encoder understands. */
const PROMPTS = { save: 'snow ', view: 'sea ' };

/** The one-hot encoder, which notes what it was asked for. */
function watched(modelVersion?: string): Encoder & { readonly asked: string[] } {
  const inner = oneHotEncoder(undefined, modelVersion);
  const asked: string[] = [];
  return {
    ...inner,
    cached: true,
    asked,
    encode(texts, options) {
      asked.push(...texts.map((text) => `${options?.role ?? 'content'}: ${text}`));
      return inner.encode(texts, options);
    },
  };
}

const prompted = (options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> =>
  openSongs({ prompts: PROMPTS, ...options });

describe('with prompts', () => {
  test('what was done is learned from with its phrase, as behaviour, and items are ranked as content', async () => {
    const encoder = watched();
    const attune = await prompted({ encoder });
    const bare = await openSongs();
    for (const each of [attune, bare]) each.track('save', song('jazz'));
    await Promise.all([attune.flush(), bare.flush()]);
    expect(encoder.asked).toEqual(['behaviour: snow ', 'behaviour: snow jazz.']);
    expect(attune.profile().embedding).toEqual(oneHot('snow jazz'));
    expect(bare.profile().embedding).toEqual(oneHot('jazz'));
    const ranking = await attune.rank(SONGS);
    expect(encoder.asked.slice(2).sort()).toEqual(SONGS.map(({ title }) => `content: ${title}.`).sort());
    expect(ranking.slice(0, 2).map(({ id }) => id)).toEqual(['jazz', 'snow']);
    expect((await attune.embed(song('jazz'))).embedding).toEqual(oneHot('jazz'));
  });

  test('a kind without a phrase is behaviour all the same, and learned in the same task once it is known', async () => {
    const encoder = watched();
    const attune = await prompted({ encoder });
    attune.track('click', song('jazz'));
    await attune.flush();
    expect(encoder.asked).toEqual(['behaviour: jazz.']);
    attune.track('click', song('jazz'));
    expect(attune.profile().interactionCount).toBe(2);
  });

  test('a text that adds nothing to its phrase is still one of which nothing is known', async () => {
    const attune = await prompted();
    for (const title of ['polka', 'polka waltz']) attune.track('save', song(title));
    await attune.flush();
    expect(attune.profile()).toMatchObject({ interactionCount: 2, evidence: 6 });
    expect([...attune.profile().embedding].every((x) => x === 0)).toBe(true);
    attune.track('save', song('snow jazz'));
    await attune.flush();
    expect(attune.profile().embedding).toEqual(oneHot('snow jazz'));
  });

  test('a replay, an import and a start from disk know what was learned live, in any order', async () => {
    const random = seeded(7);
    const store = memoryStore();
    const live = await prompted({ store });
    const kinds = ['save', 'view', 'click', 'hide'];
    for (let i = 0; i < 60; i++) {
      const [kind, item] = [kinds[Math.floor(random() * 4)]!, SONGS[Math.floor(random() * 8)]!];
      live.track(kind, item, { at: START - Math.floor(random() * 48 * HOUR) });
      if (i % 7 === 0) await live.flush();
      if (i % 11 === 0) await live.rank(SONGS.slice(0, 1 + (i % 8)));
    }
    await live.flush();
    const { embedding, priorShare: _, ...known } = live.profile();
    const taken = await live.data.export();
    const shuffled = taken.interactions.map((each) => [random(), each] as const).sort(([a], [b]) => a - b);
    const import_ = await prompted();
    await import_.data.import({ ...taken, interactions: shuffled.map(([, each]) => each) });
    const start = await prompted({ store });
    await start.flush();
    const bare = await openSongs();
    await bare.data.import(taken);
    for (const other of [import_, start]) {
      const { embedding: found, priorShare: __, ...rest } = other.profile();
      expect(rest).toEqual({ ...known, evidence: expect.closeTo(known.evidence, 9) });
      expect(found).toBeAllclose(embedding, { atol: 1e-6 });
      expect((await other.rank(SONGS)).map(({ id }) => id)).toEqual((await live.rank(SONGS)).map(({ id }) => id));
    }
    expect(bare.profile().embedding).not.toBeAllclose(embedding, { atol: 0.1 });
    await live.data.forget({ item: 'jazz' });
    await import_.data.forget({ item: 'jazz' });
    expect(live.profile().embedding).toBeAllclose(import_.profile().embedding, { atol: 1e-6 });
  });

  test('an explanation is still the arithmetic: its reasons sum to the term', async () => {
    const attune = await prompted();
    for (const [kind, word] of [
      ['save', 'jazz'],
      ['click', 'jazz'],
      ['view', 'calm'],
    ] as const) {
      attune.track(kind, song(word));
    }
    await attune.flush();
    const ranking = await attune.rank(SONGS);
    for (const id of ['jazz', 'snow', 'city']) {
      const { terms } = await attune.explain(ranking, id);
      for (const { name, value, because } of terms.filter(({ name }) => name === 'profile' || name === 'session')) {
        expect(
          because.reduce((sum, reason) => sum + reason.value, 0),
          name,
        ).toBeAllclose(value, { atol: 1e-9 });
      }
      expect(terms.map(({ name }) => name)).toContain('profile');
    }
  });

  test('raw scores made anew are those that were noted when it was shown', async () => {
    let time = START;
    const prompts = { save: 'calm ', view: 'wild ' };
    const options = {
      prompts,
      sliders: [{ id: 'pace', low: 'calm', high: 'wild' }],
      standardize: false,
      now: () => time,
    };
    const random = seeded(3);
    const noted = await prompted(options);
    await noted.rank(SONGS);
    const ranking = await noted.rank([song('jazz calm'), song('jazz'), song('jazz wild')]);
    for (let i = 0; i < 110; i++) {
      const pole = random() < 0.5 ? 'calm' : 'wild';
      if (i % 5 === 0) noted.track(i % 2 === 0 ? 'save' : 'view', song(pole));
      await noted.flush(); // a row with a phrase is made before its action is learned
      const shown = ranking[Math.floor(random() * 3)]!;
      await noted.impression(ranking, shown.id);
      await noted.outcome(shown.item, random() < (shown.id.endsWith(pole) ? 0.8 : 0.3) ? 1 : 0);
      time += HOUR;
    }
    await noted.flush();
    const taken = await noted.data.export();
    const interactions = taken.interactions.map(({ metadata, ...each }) =>
      each.kind === 'outcome' ? { ...each, metadata: { y: metadata!['y']! } } : each,
    );
    const [anew, plain] = [await prompted(options), await prompted({ ...options, prompts: false })];
    for (const each of [anew, plain]) await each.data.import({ ...taken, interactions });
    const [told, made, other] = await Promise.all(
      [noted, anew, plain].map(async (each) => {
        const [{ calibrator, brier }] = (await each.calibration('pace')) as [SliderCalibration];
        const { scores = [] } = calibrator!.curve as { scores?: readonly number[] };
        return [brier, scores[0], scores.at(-1)] as number[];
      }),
    );
    expect(made).toBeAllclose(told!, { atol: 1e-3 }); // notes are rounded, and isotonic fits tell ties apart
    expect(other).not.toEqual(told!.map((each) => expect.closeTo(each, 2)));
  });
});

/** A visit to a page whose log is on disk, the one before closed. */
async function visit(user: string, options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  await closeAll();
  return openLasting(user, { encoder: watched(), prompts: PROMPTS, sliders: [], ...options });
}

/** Rows on disk once what is on its way has arrived: it is hashed, and then queues where this reads. */
async function rowsOnDisk(user: string): Promise<number> {
  if (!(await isStored(user))) return 0;
  for (let rounds = 0; rounds < 20; rounds++) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(64));
    await readRaw(user, 'embeddings');
  }
  return (await readRaw(user, 'embeddings')).length;
}

describe.each([false, true])('on disk, sealed: %s', (encrypt) => {
  /** Jazz saved, viewed and clicked on, the sea saved: content, three and one behaviour. */
  async function kept(): Promise<[Attune<Song>, string, string, string]> {
    const user = newUser();
    const attune = await visit(user, { encrypt });
    const saved = attune.track('save', song('jazz'));
    const viewed = attune.track('view', song('jazz'));
    attune.track('click', song('jazz'));
    attune.track('save', song('sea'));
    await attune.rank([song('jazz'), song('sea')]);
    await attune.flush();
    expect(await rowsOnDisk(user)).toBe(6);
    return [attune, user, saved, viewed];
  }

  test('a second visit asks for nothing, and knows and ranks the same', async () => {
    const [first, user] = await kept();
    const before = [first.profile(), told(await first.rank([song('jazz'), song('sea')]))];
    const encoder = watched();
    const second = await visit(user, { encrypt, encoder });
    await second.data.import({ ...(await second.data.export()), interactions: [] }); // a replay, from the texts
    expect([second.profile(), told(await second.rank([song('jazz'), song('sea')]))]).toEqual(before);
    expect(encoder.asked).toEqual([]);
  });

  test('an item that is forgotten or ignored takes along every row that came of its text', async () => {
    const [attune, user] = await kept();
    await attune.data.forget({ item: 'jazz' });
    expect(await rowsOnDisk(user)).toBe(2);
    const session = await visit(user, { encrypt, privacy: 'session' });
    await session.ignore(song('sea'));
    expect(await rowsOnDisk(user)).toBe(0);
  });

  test('an action that is forgotten leaves no row that tells of it, though its item stays', async () => {
    const [attune, user, saved, viewed] = await kept();
    await attune.data.forget(saved);
    const encoder = watched();
    const second = await visit(user, { encrypt, encoder });
    await second.data.import({ ...(await second.data.export()), interactions: [] });
    expect(encoder.asked.sort()).toEqual(['behaviour: jazz.', 'behaviour: sea ', 'behaviour: sea jazz.']);
    expect(await rowsOnDisk(user)).toBe(4);
    const session = await visit(user, { encrypt, privacy: 'session' });
    await session.data.forget(viewed);
    expect(await rowsOnDisk(user)).toBe(2); // the sea's: jazz stays, clicked on
    await session.data.forget({ from: START, to: START });
    expect(await rowsOnDisk(user)).toBe(0);
  });

  test('other prompts are another model: what was learned and kept under the ones never meets the others', async () => {
    const [, user] = await kept();
    const encoder = watched();
    const other = await visit(user, { encrypt, encoder, prompts: { save: 'wild ' } });
    const replayed = await openSongs({ prompts: { save: 'wild ' } });
    await replayed.data.import(await other.data.export());
    expect(other.profile().embedding).toBeAllclose(replayed.profile().embedding, { atol: 1e-6 });
    expect(encoder.asked).toContain('behaviour: wild jazz.');
    const versions = await Promise.all(
      [PROMPTS, { save: 'wild ' }, {}, undefined].map(async (prompts) => {
        const attune = await openSongs(prompts && { prompts });
        return attune.profile().modelVersion;
      }),
    );
    expect(new Set(versions).size).toBe(4);
    expect(other.profile().modelVersion).toBe(versions[1]);
    expect(versions[3]).toBe('one-hot-1');
  });
});

describe('without prompts', () => {
  test.each([undefined, false])(
    '(%s) each text is asked for once, as content, and nothing is another than before',
    async (prompts) => {
      const encoder = watched();
      const attune = await openSongs({ encoder, ...(prompts === false && { prompts }) });
      for (const kind of ['save', 'view', 'hide']) attune.track(kind, song('jazz'));
      await attune.rank(SONGS);
      await attune.flush();
      expect(encoder.asked.sort()).toEqual(SONGS.map(({ title }) => `content: ${title}.`).sort());
      expect(attune.profile().modelVersion).toBe('one-hot-1');
      expect(attune.profile().embedding).toEqual(oneHot('jazz'));
    },
  );

  test('a built-in encoder that tells no roles, and is given no phrases, is as it is', async () => {
    const attune = await createAttune<Song>({ model: 'lexical', prompts: {} });
    expect(attune.profile().modelVersion).not.toContain('prompts');
    await attune.close();
  });
});

describe('prompts', () => {
  test('of a built-in encoder are read by it, kinds without one as content', async () => {
    const attune = await createAttune<Song>({
      model: 'lexical',
      prompts: { save: 'Somebody kept this: ' },
      now: () => START,
    });
    const plain = await createAttune<Song>({ model: 'lexical', now: () => START });
    const rowOf = async (text: string): Promise<Float32Array> => (await plain.embed(text)).embedding;
    attune.track('save', song('quiet music'));
    await attune.flush();
    expect(attune.profile().embedding).toBeAllclose(await rowOf('Somebody kept this: quiet music.'), { atol: 1e-6 });
    await attune.data.erase();
    attune.track('click', song('quiet music'));
    await attune.flush();
    expect(attune.profile().embedding).toBeAllclose(await rowOf('quiet music.'), { atol: 1e-6 });
    await Promise.all([attune, plain].map((each) => each.close()));
  });

  test('are those of the encoder asked for: one that stands in for it learns the same as content', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    const options = { worker: false, now: () => START } as const;
    const attune = await createAttune<Song>({ ...options, prompts: true });
    const { seen } = watchWarnings(attune);
    const lexical = await createAttune<Song>({ ...options, model: 'lexical' });
    for (const each of [attune, lexical]) {
      each.track('save', song('quiet music'));
      each.track('view', song('night trains'));
      await each.flush();
    }
    expect(attune.profile()).toEqual(lexical.profile());
    expect(await seen()).toHaveLength(1);
    vi.unstubAllGlobals();
    await Promise.all([attune, lexical].map((each) => each.close()));
  });

  test('of topics that are off-limits are none: nothing is asked of them as behaviour', async () => {
    const encoder = watched();
    const attune = await prompted({ encoder, offLimits: { topics: ['jazz'] } });
    attune.track('save', song('jazz'));
    attune.track('save', song('sea'));
    await attune.flush();
    expect(encoder.asked.filter((each) => each.startsWith('behaviour'))).toEqual([
      'behaviour: snow ',
      'behaviour: snow sea.',
    ]);
    expect(attune.profile()).toMatchObject({ interactionCount: 1, embedding: oneHot('snow sea') });
  });

  test('and texts that may not be kept do not go together; a model’s own prompts give way', async () => {
    await expect(prompted({ keepText: 'none' })).rejects.toMatchObject({ code: 'input/invalid' });
    const attune = await openSongs({ keepText: 'none', prompts: false });
    attune.track('save', song('jazz'));
    await attune.flush();
    expect(attune.profile().embedding).toEqual(oneHot('jazz'));
    expect(await versionOf({ model: 'e5', keepText: 'none' })).toBe(await versionOf({ model: 'e5', prompts: false }));
  });

  test('that make no sense are refused at once', async () => {
    for (const prompts of ['User wrote: ', null, ['a'], { write: 7 }, { outcome: 'so ' }, 1]) {
      await expect(prompted({ prompts: prompts as never })).rejects.toMatchObject({ code: 'input/invalid' });
      await expect(versionOf({ model: { id: 'me/model', prompts: prompts as never } })).rejects.toMatchObject({
        code: 'input/invalid',
      });
    }
  });
});

/** The version of the model asked for. */
async function versionOf(options: Partial<AttuneOptions<Song>>): Promise<string> {
  const { first } = await asked(options);
  return first[0]!.modelVersion;
}

function asked(options: Partial<AttuneOptions<Song>>): ReturnType<typeof describeAsked> {
  const inWorker = ({ modelVersion }: { readonly modelVersion: string }): { modelVersion: string; open: never } => ({
    modelVersion,
    open: undefined as never,
  });
  return describeAsked(resolveOptions<Song>(options), undefined as never, inWorker, () => undefined);
}

describe('of the models that Attune knows', () => {
  /** How a model reads a saved and a hidden text; undefined for both alike, as content. */
  async function reads(options: Partial<AttuneOptions<Song>>): Promise<readonly [boolean, boolean]> {
    const { first } = await asked(options);
    const { said } = first[0]!;
    return [(said?.('save', 'x') ?? 'x') !== 'x', (said?.('hide', 'x') ?? 'x') !== 'x'];
  }

  test.each([
    ['minilm', [false, false]],
    ['gte', [false, false]],
    ['e5', [true, false]],
    ['multilingual', [true, false]],
    ['bge', [true, true]],
  ] as const)('%s reads what was saved, and what was hidden, apart from content: %j', async (model, expected) => {
    expect(await reads({ model })).toEqual(expected);
    expect(await reads({ model, prompts: false })).toEqual([false, false]);
    expect(await reads({ model, prompts: { hide: 'User hid: ' } })).toEqual([expected[0], true]);
    expect(await versionOf({ model: { preset: model, host: 'self' } })).toBe(await versionOf({ model }));
    expect(await versionOf({ model: { preset: model, host: 'self', prompts: false } })).toBe(
      await versionOf({ model, prompts: false }),
    );
  });

  test('one that is described has phrases only where they are asked for, and roles where its prefixes tell them', async () => {
    expect(await reads({ model: { id: 'me/model' } })).toEqual([false, false]);
    expect(await reads({ model: { id: 'me/model', prefix: 'query: ' } })).toEqual([false, false]);
    const prefix = { content: 'search_document: ', behaviour: 'search_query: ' };
    expect(await reads({ model: { id: 'me/model', prefix } })).toEqual([true, true]);
    expect(await reads({ model: { id: 'me/model', prompts: true } })).toEqual([true, false]);
    expect(await reads({ model: { id: 'me/model', prefix, prompts: false } })).toEqual([false, false]);
  });

  test('the one that is gone over to has its prompts, and the one that answers at once none', async () => {
    const { first, better, speak } = await asked({ model: { preset: 'e5', auto: true } });
    expect(first).toEqual([]);
    expect(better!.choices[0]!.said).toBeTypeOf('function');
    expect(speak('lite', { modelVersion: 'lite', open: undefined as never }).said).toBeUndefined();
  });
});
