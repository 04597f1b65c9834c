import { SOAK } from '../soak.js';
import type { Attune, Ranking, RankOptions } from 'attune';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../allclose.js';
import { mmrOrder } from '../../src/core/mmr.js';
import { scanRows } from '../../src/core/scan.js';
import { scanPairs } from '../../src/core/scan-pairs.js';
import { poolSize, scoreBest, scorePool } from '../../src/domain/pool.js';
import type { LinearTerm } from '../../src/domain/ranking.js';
import { seeded, unit } from '../seeded.js';
import { DAY, openSongs, type Song, START, told, WORDS } from '../one-hot.js';

const sliders = [
  { id: 'pace', low: 'calm', high: 'wild' },
  { id: 'place', low: 'city', high: 'sea' },
  { id: 'jazzy', text: 'jazz' },
];

const text = fc.oneof(
  fc.subarray([...WORDS], { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.constantFrom('qwertz', ''),
);
const list = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '__proto__'), title: text }), {
  maxLength: 25,
});
const position = fc.oneof(fc.constantFrom(-1, 0, 1, null), fc.double({ min: -1, max: 1, noNaN: true }));
const positions = fc.dictionary(fc.constantFrom('pace', 'place', 'jazzy'), position);
const options = fc.record({
  limit: fc.option(fc.nat(30), { nil: undefined }),
  diversity: fc.constantFrom(0, 0, 0.3, 1),
  boosts: fc.constantFrom({}, { short: ({ title }: Song) => 1 / (1 + title.length) }),
});

function given({
  limit,
  ...rest
}: {
  limit: number | undefined;
  diversity: number;
  boosts: object;
}): RankOptions<Song> {
  return { ...(rest as RankOptions<Song>), ...(limit !== undefined && { limit }) };
}

const tallied = (items: readonly Song[]): Map<Song, number> =>
  items.reduce((counts, item) => counts.set(item, (counts.get(item) ?? 0) + 1), new Map<Song, number>());

function set(attune: Attune<Song>, changes: Readonly<Record<string, number | null>>): void {
  for (const [id, value] of Object.entries(changes)) attune.setSlider(id, value);
}

let attune: Attune<Song>;

beforeAll(async () => {
  attune = await openSongs({ sliders });
  for (const [kind, title, at] of [
    ['save', 'jazz sea', START],
    ['view', 'folk', START - 9 * DAY],
    ['hide', 'rock wild', START],
    ['save', 'calm', START + DAY],
  ] as const) {
    attune.track(kind, { id: title, title }, { at });
  }
  await attune.flush();
});
afterAll(() => attune.close());

describe('a ranking', () => {
  test('is a permutation of its input, duplicates and unknown texts included', async () => {
    await fc.assert(
      fc.asyncProperty(list, positions, async (items, changes) => {
        set(attune, changes);
        const ranking = await attune.rank(items);
        expect(tallied(ranking.map(({ item }) => item))).toEqual(tallied(items));
        expect(ranking.map((entry) => entry.position)).toEqual([...items.keys()]);
      }),
      { numRuns: 60 * SOAK },
    );
  });

  test('has terms that sum to the score, and scores that descend but for moved items', async () => {
    await fc.assert(
      fc.asyncProperty(list, positions, options, async (items, changes, chosen) => {
        set(attune, changes);
        const ranking = await attune.rank(items, given(chosen));
        for (const { score, terms } of ranking) {
          expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeAllclose(score, { atol: 1e-9 });
          expect(new Set(terms.map(({ name }) => name)).size).toBe(terms.length);
        }
        const unmoved = ranking.filter(({ moved }) => moved === undefined).map(({ score }) => score);
        expect(unmoved).toEqual([...unmoved].sort((a, b) => b - a));
        if (chosen.diversity === 0) expect(unmoved).toHaveLength(ranking.length);
      }),
      { numRuns: 60 * SOAK },
    );
  });

  test('with limit and diversity has as many places as asked for, and invents nothing', async () => {
    await fc.assert(
      fc.asyncProperty(list, options, async (items, chosen) => {
        const ranking = await attune.rank(items, given(chosen));
        expect(ranking).toHaveLength(Math.min(chosen.limit ?? items.length, items.length));
        const available = tallied(items);
        for (const [item, count] of tallied(ranking.map((entry) => entry.item))) {
          expect(count).toBeLessThanOrEqual(available.get(item) ?? 0);
        }
        const whole = await attune.rank(items, { boosts: given(chosen).boosts! });
        const scores = new Map(whole.map(({ item, score }) => [item, score]));
        for (const { item, score } of ranking) expect(score).toBe(scores.get(item));
      }),
      { numRuns: 60 * SOAK },
    );
  });
});

test('scores are the sums of their terms in double precision, and give the order, whatever comes first and how many tie', () => {
  const DIM = 16;
  const number = fc.constantFrom(-2, -1, -0.1, 0, 0.1, 1, 2);
  const world = fc.record({
    seed: fc.nat(1e6),
    count: fc.constantFrom(0, 1, 5, 199, 200, 201, 900),
    kinds: fc.constantFrom(1, 3, 40, 900),
    terms: fc.array(fc.record({ scale: number, offset: number }), { maxLength: 4 }),
    bias: fc.boolean(),
    limit: fc.constantFrom(1, 20, 60, 900),
    scan: fc.constantFrom(scanRows, scanPairs),
  });
  fc.assert(
    fc.property(world, ({ seed, count, kinds, terms, bias, limit, scan }) => {
      const random = seeded(seed);
      const data = new Float32Array(DIM * kinds);
      for (let row = 0; row < kinds; row++) data.set(unit(random, DIM), DIM * row);
      const offsets = Int32Array.from({ length: count }, () => DIM * (Math.floor(random() * (kinds + 1)) - 1));
      for (let i = 0; i < count; i++) if (offsets[i]! < 0) offsets[i] = -1;
      const linear = terms.map(({ scale, offset }, t): LinearTerm => {
        return { name: `t${t}`, label: '', direction: unit(random, DIM), scale, offset };
      });
      const values = Float64Array.from({ length: count }, () => Math.floor(3 * random()));
      const scalar = bias ? [{ name: 'b', label: '', values }] : [];
      const candidates = { data, offsets, dim: DIM, dots: new WeakMap() };
      const best = scorePool(candidates, linear, scalar, poolSize(limit), scan).slice(0, limit);
      const reference = Array.from(offsets, (offset, index) => {
        const parts = linear.map(({ direction, scale, offset: base }) => {
          if (offset < 0) return 0;
          let dot = 0;
          for (let j = 0; j < DIM; j++) dot += direction[j]! * data[offset + j]!;
          return scale * dot + base;
        });
        return { index, score: [...parts, ...(bias ? [values[index]!] : [])].reduce((sum, part) => sum + part, 0) };
      });
      reference.sort((a, b) => (Math.abs(a.score - b.score) < 1e-9 ? a.index - b.index : b.score - a.score));
      expect(best.map(({ index }) => index)).toEqual(reference.slice(0, limit).map(({ index }) => index));
      for (const { score, terms: parts } of best) expect(parts.reduce((sum, { value }) => sum + value, 0)).toBe(score);
      expect(scoreBest(candidates, linear, scalar, limit, scan).slice(0, limit)).toEqual(best);
    }),
    { numRuns: 60 * SOAK },
  );
});

describe('rerank', () => {
  test('without a change is rank again', async () => {
    await fc.assert(
      fc.asyncProperty(list, positions, options, async (items, changes, chosen) => {
        set(attune, changes);
        const ranking = await attune.rank(items, given(chosen));
        expect(told(attune.rerank(ranking))).toEqual(told(ranking));
        expect(told(await attune.rank(items, given(chosen)))).toEqual(told(ranking));
      }),
      { numRuns: 60 * SOAK },
    );
  });

  test('with slider positions is setting them and ranking again, and changes nothing itself', async () => {
    await fc.assert(
      fc.asyncProperty(list, positions, positions, options, async (items, before, changes, chosen) => {
        set(attune, { pace: null, place: null, jazzy: null, ...before });
        const ranking = await attune.rank(items, given(chosen));
        const supposed = attune.rerank(ranking, { sliders: changes });
        expect(told(attune.rerank(ranking))).toEqual(told(ranking));
        set(attune, changes);
        expect(told(supposed)).toEqual(told(await attune.rank(items, given(chosen))));
        expect(told(supposed)).toEqual(told(attune.rerank(ranking)));
      }),
      { numRuns: 60 * SOAK },
    );
  });

  test('with limit and diversity is rank with them', async () => {
    await fc.assert(
      fc.asyncProperty(list, options, async (items, { limit, diversity }) => {
        const change = { diversity, ...(limit !== undefined && { limit }) };
        const ranking: Ranking<Song> = await attune.rank(items);
        expect(told(attune.rerank(ranking, change))).toEqual(told(await attune.rank(items, change)));
      }),
      { numRuns: 40 * SOAK },
    );
  });
});

test('maximal marginal relevance is a permutation whatever the rows', () => {
  const rows = fc.array(
    fc.record({ relevance: fc.double({ min: -5, max: 5, noNaN: true }), row: fc.integer({ min: -1, max: 7 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(45), (items, diversity, slots) => {
      const data = Float32Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? Math.cos(i) : Math.sin(i - 1)));
      const offsets = Int32Array.from(items, ({ row }) => (row < 0 ? -1 : 2 * row));
      const order = mmrOrder(
        Float64Array.from(items, ({ relevance }) => relevance),
        data,
        offsets,
        2,
        diversity,
        slots,
      );
      expect([...order].sort((a, b) => a - b)).toEqual([...items.keys()]);
    }),
    { numRuns: 100 * SOAK },
  );
});
