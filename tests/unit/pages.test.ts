import type { Attune, AttuneOptions, RankChange, Ranking } from 'attune';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSongs, song, SONGS, type Song, START, told, WORDS } from '../one-hot.js';
import { seeded } from '../seeded.js';
import { SOAK } from '../soak.js';

const sliders = [
  { id: 'pace', low: 'calm', high: 'wild' },
  { id: 'place', low: 'city', high: 'sea' },
];
const random = seeded(11);
const CATALOGUE = Array.from({ length: 400 }, (_, i) => ({
  id: `item ${i}`,
  title: WORDS.filter(() => random() < 0.3).join(' ') || 'jazz',
}));

let attune: Attune<Song>;

async function open(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const opened = await openSongs({ sliders, random: seeded(2), ...options });
  opened.track('save', song('jazz sea'), { at: START - 1000 });
  opened.track('hide', song('rock wild'));
  await opened.flush();
  return opened;
}

beforeAll(async () => {
  attune = await open();
});
afterAll(() => attune.close());

const ids = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);

describe('the next page', () => {
  test('stands behind what is shown, in the order of the whole list', async () => {
    const whole = await attune.rank(CATALOGUE);
    const first = await attune.rank(CATALOGUE, { limit: 20 });
    const second = await attune.more(first);
    const third = await attune.more(second, { limit: 7 });
    expect(told(second)).toEqual((told(whole) as unknown[]).slice(0, 40));
    expect(told(third)).toEqual((told(whole) as unknown[]).slice(0, 47));
    expect(third.map(({ position }) => position)).toEqual([...third.keys()]);
    expect(told(await attune.more(third))).toEqual((told(whole) as unknown[]).slice(0, 54));
    expect(attune.rerank(third)).toEqual(third);
  });

  test('of a list that is shown in full is nothing more', async () => {
    const all = await attune.rank(SONGS);
    expect(told(await attune.more(all))).toEqual(told(all));
    expect(await attune.more(await attune.rank([]))).toHaveLength(0);
    expect(await attune.more(await attune.rank(SONGS, { limit: 6 }))).toHaveLength(SONGS.length);
  });

  test('needs a ranking of ours, and a whole number', async () => {
    const ranking = await attune.rank(SONGS, { limit: 2 });
    const odd = [[], [...ranking], null, 7] as unknown as Ranking<Song>[];
    for (const other of odd) await expect(attune.more(other)).rejects.toMatchObject({ code: 'input/invalid' });
    for (const limit of [-1, 1.5, NaN]) {
      await expect(attune.more(ranking, { limit })).rejects.toMatchObject({ code: 'input/invalid' });
    }
    const reason = new Error('gone');
    await expect(attune.more(ranking, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('leaves out what was turned down meanwhile, and moves nothing that is shown', async () => {
    const own = await open();
    const first = await own.rank(CATALOGUE, { limit: 20, diversity: 0.4 });
    const next = (await own.more(first))[20]!;
    own.lessLike(next.item);
    own.lessLike(first[3]!.item);
    const second = await own.more(first);
    expect(ids(second.slice(0, 20))).toEqual(ids(first));
    expect(ids(second)).not.toContain(next.id);
    expect(ids(second.hidden)).toContain(next.id);
    expect(ids(own.rerank(second))).not.toContain(first[3]!.id);
    await own.close();
  });
});

const options = fc.record(
  {
    limit: fc.integer({ min: 1, max: 30 }),
    diversity: fc.constantFrom(0, 0.3, 0.9),
    minRelevance: fc.constantFrom(-9, -0.1, 0.1),
    explore: fc.record(
      { rate: fc.constantFrom(0.2, 0.9), slots: fc.integer({ min: 1, max: 40 }) },
      { requiredKeys: ['rate'] },
    ),
    filter: fc.constant(({ id }: Song) => !id.endsWith('3')),
  },
  { requiredKeys: ['limit'] },
);
const step = fc.oneof(
  fc.record({
    what: fc.constant('track' as const),
    kind: fc.constantFrom('view', 'save', 'purchase'),
    at: fc.nat(399),
  }),
  fc.record({ what: fc.constant('slide' as const), position: fc.constantFrom(-1, 0, 0.5, null) }),
  fc.record({ what: fc.constant('suppose' as const), position: fc.constantFrom(-1, 1) }),
  fc.record({ what: fc.constant('more' as const), limit: fc.integer({ min: 0, max: 25 }) }),
);

test('whatever happens between pages, no item is on two, none that is shown moves, and ranking again changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(options, fc.array(step, { minLength: 1, maxLength: 8 }), async (given, steps) => {
      let ranking = await attune.rank(CATALOGUE, given);
      let isAsItStands = true;
      for (const each of steps) {
        if (each.what === 'track') attune.track(each.kind, CATALOGUE[each.at]!);
        else if (each.what === 'slide') {
          attune.setSlider('pace', each.position);
          isAsItStands = false;
        } else if (each.what === 'suppose') {
          ranking = attune.rerank(ranking, { sliders: { place: each.position } } satisfies RankChange);
          isAsItStands = false;
        } else {
          const grown = await attune.more(ranking, { limit: each.limit });
          expect(told(grown.slice(0, ranking.length))).toEqual(told(ranking));
          expect(grown.length).toBeLessThanOrEqual(ranking.length + each.limit);
          if (each.limit > 0 && grown.length < ranking.length + each.limit) {
            const placed = grown.length + grown.hidden.length;
            expect(placed).toBeGreaterThanOrEqual(Math.min(200, CATALOGUE.length));
          }
          ranking = grown;
        }
        expect(new Set(ids(ranking)).size).toBe(ranking.length);
        if (isAsItStands) expect(told(attune.rerank(ranking))).toEqual(told(ranking));
      }
      const again = attune.rerank(ranking);
      expect(new Set(ids(again)).size).toBe(again.length);
      attune.setSlider('pace', null);
    }),
    { numRuns: 40 * SOAK },
  );
});
