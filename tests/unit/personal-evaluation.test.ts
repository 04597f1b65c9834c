import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { resampledSums, runLength } from '../../src/core/bootstrap.js';
import { seeded } from '../../src/core/random.js';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import { createLog, type LogRow } from '../../src/lab/evaluation/log.js';
import { transitionsOf } from '../../src/lab/evaluation/build-transitions.js';
import { findLeaks } from '../../src/lab/evaluation/leaks.js';
import {
  createPersonalRun,
  evaluatePersonal,
  LEAST_QUESTIONS,
  type PersonalAnswers,
  type PersonalLog,
  type PersonalSetup,
} from '../../src/lab/evaluation/personal.js';
import { planOf } from '../../src/lab/evaluation/protocol.js';
import { personalRankers } from '../../src/lab/evaluation/rankers/personal.js';
import { replay } from '../../src/lab/evaluation/replay.js';
import { rowOf, sourceOfExport } from '../../src/lab/evaluation/sources.js';
import { summarize } from '../../src/lab/evaluation/summary.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';

const world = createWorld({ seed: 9, items: 200, people: 1 });
const file = exportOf(drawSessions(world, world.people[0]!, { count: 60 }), seeded(3));
const noted: PersonalLog = {
  rows: file.interactions.map((interaction) => rowOf(interaction, 'own')),
  items: world.items.map(({ id }) => id),
  embeddings: { data: Float32Array.from(world.items.flatMap(({ embedding }) => [...embedding])), dim: world.dim },
};
/** The same without what was shown. */
const log: PersonalLog = { ...noted, rows: noted.rows.filter(({ kind }) => kind !== 'impression') };
const setup: PersonalSetup = {
  ...{ kindWeights: KIND_PRESETS.feed, settings: {}, offered: 200, share: 0.5, targets: 'positive', repeats: false },
  ...{ table: undefined, k: 10, resamples: 200, seed: 1 },
};

test("one person's evaluation is the same at once, by the smallest parts, and taken up where it was stopped", () => {
  const whole = evaluatePersonal(log, setup)!;
  const run = createPersonalRun(log, setup);
  const kept: { run: string; answers: PersonalAnswers['answers'][number][] } = { run: '', answers: [] };
  while (kept.answers.length < 7) {
    const advance = run.advance(() => true);
    kept.run = advance.run;
    kept.answers.push(...advance.answers);
    expect(advance.done).toBe(kept.answers.length);
  }
  const rest = createPersonalRun(log, setup, kept).advance(() => false);
  expect(rest.evaluation).toEqual(whole);
  expect(rest.answers).toHaveLength(rest.total - 7);
  const others = createPersonalRun(log, { ...setup, share: 0.4 }, kept).advance(() => false);
  expect(others.answers).toHaveLength(others.total); // answers to other questions are not taken for its own
});

test('a person is compared with what can be known of one: chance, the order given, their taste; counts where things may come again', () => {
  const names = (changed: Partial<PersonalSetup>): string[] =>
    evaluatePersonal(log, { ...setup, ...changed })!.rankers.map(({ name }) => name);
  const tastes = ['weighted mean', 'weighted mean by place', 'attune'];
  expect(names({})).toEqual(['random', 'order given', ...tastes]);
  expect(names({ offered: null })).toEqual(['random', ...tastes]);
  expect(names({ repeats: true })).toEqual([
    'random',
    'order given',
    'popularity',
    'recency',
    'transitions',
    ...tastes,
  ]);
});

test('fewer than twenty questions say nothing, and nothing at all is no mistake', () => {
  const short = { ...log, rows: log.rows.slice(0, 30) };
  const { evaluation, asked } = createPersonalRun(short, setup).advance(() => false);
  expect(evaluation).toBeNull();
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(LEAST_QUESTIONS);
  for (const rows of [[], noted.rows.filter(({ kind }) => kind === 'impression'), short.rows.slice(0, 1)]) {
    expect(createPersonalRun({ ...log, rows }, setup).advance(() => false)).toMatchObject({
      evaluation: null,
      asked: 0,
    });
  }
});

test('what is not on offer, such as words searched for, is learned from and not asked about', () => {
  const words: LogRow[] = log.rows.slice(0, 40).map((row, i) => ({ ...row, kind: 'search', itemId: `text:${i}` }));
  const searching = {
    rows: [...words, ...log.rows],
    items: [...log.items, ...words.map(({ itemId }) => itemId)],
    embeddings: {
      ...log.embeddings,
      data: Float32Array.from([...log.embeddings.data, ...log.embeddings.data.slice(0, 40 * world.dim)]),
    },
  };
  const evaluation = evaluatePersonal(searching, setup)!;
  expect(evaluation.log.unknownTargets).toBe(0);
  expect(evaluation.rankers[0]!.measures.hitRate.value).toBeLessThan(0.3);
  const [before, after] = [evaluatePersonal(log, setup)!, evaluation].map(({ rankers }) => rankers.at(-1)!);
  expect(after!.measures.reciprocalRank.value).not.toBe(before!.measures.reciprocalRank.value);
});

test('probabilities are judged where it was noted what was shown, and not by what was done alone', () => {
  const own = ({ rankers }: { readonly rankers: readonly { readonly probabilities: unknown }[] }): unknown =>
    rankers.at(-1)!.probabilities;
  expect(own(evaluatePersonal(noted, setup)!)).toMatchObject({ frequency: expect.any(Number) });
  expect(own(evaluatePersonal(log, { ...setup, share: 0.9 })!)).toBeNull();
});

test('what the site said came of an item answers its impression, or stands by itself', () => {
  const minute = 60_000;
  const note = (itemId: string, at: number, kind: string, y?: 0 | 1): LogRow => ({
    ...{ user: 'own', itemId, at, kind },
    ...(y !== undefined && { y }),
  });
  const rows = [
    note('a', minute, 'impression'),
    note('a', 2 * minute, 'outcome', 1),
    note('b', 3 * minute, 'outcome', 0),
    note('c', 99 * minute, 'click'),
  ];
  const { y, knownAt } = createLog(rows, new Map(), { kindWeights: { click: 1 } });
  expect([...y]).toEqual([1, -1, 0, -1]);
  expect([knownAt[0], knownAt[2]]).toEqual([31 * minute, 3 * minute]);
  const id = (n: number): string => `000000000000000000${n}`;
  const source = sourceOfExport(
    {
      ...{ format: 'attune-export', version: 1, exportedAt: 0, sliders: {} },
      interactions: [{ id: id(1), kind: 'outcome', itemId: 'b', at: 1, metadata: { y: 0, score: 1 } }],
      items: [{ id: 'b', text: 'b', title: 'b' }],
    },
    'me',
  );
  expect(source.rows).toEqual([{ user: 'me', kind: 'outcome', itemId: 'b', at: 1, y: 0 }]);
});

test("the site's own half-lives and weights make its ranking another one", () => {
  const [plain, own] = [{}, { halfLifeMs: 3_600_000, weights: { session: 3 } }].map((settings) =>
    evaluatePersonal(log, { ...setup, settings })!.rankers.map(({ measures }) => measures.reciprocalRank.value),
  );
  expect(own!.slice(0, 2)).toEqual(plain!.slice(0, 2));
  expect(own!.at(-1)).not.toBe(plain!.at(-1));
});

test('a table of transitions is a baseline more where it is older than what is asked, and else refused', () => {
  const people = createWorld({ seed: 9, items: 200, people: 4 });
  const others = people.people.slice(1).flatMap((person, i) => {
    const { rows } = sourceOfExport(exportOf(drawSessions(people, person, { count: 20 }), seeded(i)), person.id);
    return rows.map((row) => ({ ...row, at: row.at - 1e11 }));
  });
  const table = transitionsOf(createLog(others, new Map(), { kindWeights: KIND_PRESETS.feed }));
  expect(evaluatePersonal(log, { ...setup, table })!.rankers.map(({ name }) => name)).toContain('transitions, table');
  const late = { ...table, until: log.rows.at(-1)!.at };
  expect(() => evaluatePersonal(log, { ...setup, table: late })).toThrow('it knows answers');
});

test.each([false, true])('no ranker of a person knows what is to come (repeats %s)', (repeats) => {
  const texts = new Map(log.items.map((id) => [id, '']));
  const own = createLog(log.rows, texts, { kindWeights: KIND_PRESETS.feed });
  const places = new Map(log.items.map((id, i) => [id, i * world.dim]));
  const data = Float32Array.from(
    own.items.flatMap(({ id }) => [...log.embeddings.data.slice(places.get(id), places.get(id)! + world.dim)]),
  );
  const options = { rows: { data, dim: world.dim }, settings: {}, order: log.items };
  const make: Parameters<typeof findLeaks>[2] = (seen, plan) => personalRankers(seen, plan, options);
  expect(findLeaks(own, { kind: 'last-out', share: 0.5, repeats }, make, { samples: 5 })).toEqual([]);
});

describe('intervals of one person', () => {
  test('draw runs of ⌈n^(1/3)⌉ questions', () => {
    expect([1, 8, 9, 27, 28, 64, 1000, 20_000].map(runLength)).toEqual([1, 2, 3, 3, 4, 4, 10, 28]);
  });

  test('are as wide as theory says for questions that know nothing of each other, and wider where hits come in runs', () => {
    const n = 343;
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    function ratios(run: number, unit: number): number {
      return mean(
        Array.from({ length: 20 }, (_, seed) => {
          const random = seeded(seed);
          const drawn = Float64Array.from({ length: n }, () => Number(random() < 0.3));
          const hits = drawn.map((_, i) => drawn[Math.floor(i / run)]!);
          const sums = new Float64Array(Math.ceil(n / unit));
          hits.forEach((hit, i) => (sums[Math.floor(i / unit)]! += hit));
          const means = resampledSums([sums], 400, random)[0]!
            .map((sum) => sum / n)
            .sort();
          const p = mean([...hits]);
          return (means[389]! - means[10]!) / (2 * 1.96 * Math.sqrt((p * (1 - p)) / n));
        }),
      );
    }
    expect(ratios(1, runLength(n))).toBeAllclose(1, { atol: 0.1 });
    expect(ratios(7, 1)).toBeAllclose(1, { atol: 0.1 });
    expect(ratios(7, runLength(n))).toBeAllclose(Math.sqrt(7), { rtol: 0.1 }); // runs of seven are one draw each
  });

  test('have a width, where people resampled would have none, and each question counts the same', () => {
    const own = createLog(log.rows, new Map(), { kindWeights: KIND_PRESETS.feed });
    const plan = planOf(own, { kind: 'last-out', share: 0.5 });
    const hits = { name: 'every other', score: (_: unknown, at: number, scores: Float64Array) => scores.fill(at % 2) };
    const rankers = [
      hits,
      ...personalRankers(own, plan, {
        rows: { data: new Float32Array(own.items.length), dim: 1 },
        settings: {},
        order: log.items,
      }),
    ];
    const answers = [...replay(own, plan, rankers)];
    const names = rankers.map(({ name }) => name);
    const [people, runs] = (['people', 'runs'] as const).map((resampled) =>
      summarize(own, plan, answers, { names, resamples: 200, resampled }).rankers.map(
        ({ measures }) => measures.hitRate,
      ),
    );
    const given = names.indexOf('order given');
    expect(people![given]!.high).toBe(people![given]!.low);
    expect(runs![given]!.high).toBeGreaterThan(runs![given]!.low);
    expect(runs![given]!.value).toBeAllclose(people![given]!.value, { atol: 1e-12 });
  });
});
