import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSequences } from '../../src/cli/build-sequences.js';
import { evaluateLog } from '../../src/cli/evaluate.js';
import type { SequenceFile } from '../../src/compute/sequence/file.js';
import { checksum } from '../../src/core/checksum.js';
import { seeded } from '../../src/core/random.js';
import { foundationRanker, promotedRanker } from '../../src/cli/foundation-ranker.js';
import { type FoundationVerdict, foundationVerdict, verdictText } from '../../src/cli/foundation-verdict.js';
import { openSequence } from '../../src/compute/sequence/model.js';
import { LITE } from '../../src/encoder/lite-release.js';
import type { Evaluation } from '../../src/lab/evaluation/summary.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';
import { goldenModel } from '../golden/sequence-weights.js';
import { writeSequence } from '../golden/write-sequence.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-foundation-'));
const [people, set, file] = ['people', 'set.attune', 'model.attune'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const lite = ['--model', 'public/models/lite/lite.attune'];
const pooled = ['--targets', 'all', '--priors', 'pooled'];

beforeAll(() => {
  const world = createWorld({ seed: 9, items: 40, people: 6 });
  mkdirSync(people);
  for (const [i, person] of world.people.entries()) {
    const visits = drawSessions(world, person, { count: 6 });
    writeFileSync(join(people, `${person.id}.json`), JSON.stringify(exportOf(visits, seeded(i))));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface SetHeader {
  readonly items: readonly string[];
  readonly kinds: readonly string[];
  readonly encoder: string;
  readonly log: { readonly learning: string; readonly all: string };
  readonly columns: Readonly<Record<string, number>>;
}

/** The set's header, and its columns as they follow it. */
async function made(...more: readonly string[]): Promise<{ header: SetHeader; column: (name: string) => number[] }> {
  expect(await buildSequences([people, '-o', set, ...lite, ...more], () => {})).toBe(0);
  const bytes = new Uint8Array(readFileSync(set));
  const length = new DataView(bytes.buffer).getUint32(20, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(28, 28 + length))) as SetHeader;
  expect(checksum(bytes.subarray(28, 28 + length))).toBe(new DataView(bytes.buffer).getUint32(24, true));
  const starts = new Map<string, number>();
  let at = 28 + length;
  for (const [name, count] of Object.entries(header.columns)) {
    starts.set(name, at);
    at += count * (name === 'at' ? 8 : 4);
  }
  expect(at).toBe(bytes.length);
  const column = (name: string): number[] => {
    const from = starts.get(name)!;
    const part = bytes.slice(from, from + header.columns[name]! * (name === 'at' ? 8 : 4)).buffer;
    if (name === 'at') return [...new Float64Array(part)];
    return [
      ...(['dwellMs', 'hour', 'weekday', 'texts'].includes(name) ? new Float32Array(part) : new Uint32Array(part)),
    ];
  };
  return { header, column };
}

describe('attune sequences', () => {
  test('cuts each log in three parts that follow one another, and asks in the last two', async () => {
    const { header, column } = await made(...pooled);
    const [user, part, asked, at, kind] = ['user', 'part', 'asked', 'at', 'kind'].map(column) as [
      number[],
      ...number[][],
    ];
    expect(header.encoder).toBe(LITE.modelVersion);
    for (const person of new Set(user)) {
      const own = [...user.keys()].filter((e) => user[e] === person);
      const parts = own.map((e) => part![e]!);
      expect(parts).toEqual([...parts].sort((a, b) => a - b));
      expect(own.map((e) => at![e]!)).toEqual(own.map((e) => at![e]!).sort((a, b) => a - b));
      for (const cut of [1, 2]) {
        if (parts.includes(cut)) expect(asked![own[parts.indexOf(cut)]!]).toBe(1); // a part begins with what is asked
      }
    }
    expect([0, 1, 2].map((one) => part!.includes(one))).toEqual([true, true, true]);
    expect(asked!.some((one, e) => one === 1 && part![e] === 0)).toBe(false);
    expect(kind!.map((k) => header.kinds[k])).not.toContain('impression');
  });

  test('tells of stays as they were, and of nothing that was not told', async () => {
    const { column } = await made(...pooled);
    expect(column('dwellMs').every((ms) => ms > 0)).toBe(true);
    expect(column('hour').every(Number.isNaN)).toBe(true);
    expect(column('device').every((row) => row === 0)).toBe(true);
  });

  test('under a global cut, what is learned from lies before what is asked for', async () => {
    const { column } = await made('--targets', 'all', '--protocol', 'global');
    const [part, at] = [column('part'), column('at')];
    const timesOf = (one: number): number[] => at.filter((_, e) => part[e] === one);
    expect([0, 1, 2].map((one) => part.includes(one))).toEqual([true, true, true]);
    expect(Math.max(...timesOf(0))).toBeLessThan(Math.min(...timesOf(1)));
    expect(Math.max(...timesOf(1))).toBeLessThan(Math.min(...timesOf(2)));
  });
});

describe('attune eval --foundation', () => {
  const shape = { layers: 1, width: 8, heads: 2, hidden: 12, window: 6, text: 256, blend: 200 };
  const write = (changed: Partial<SequenceFile>): void => {
    const { file: made } = goldenModel(shape, [5], [2, 1, 1], 3, 1);
    writeFileSync(file, writeSequence({ ...made, encoder: LITE.modelVersion, until: 8e15, ...changed }));
  };
  const run = (...more: readonly string[]): Promise<number> =>
    evaluateLog([people, ...lite, '--resamples', '20', '--foundation', file, '-o', join(folder, 'report'), ...more], {
      say: () => {},
      print: () => {},
    });
  const names = (): string[] =>
    (JSON.parse(readFileSync(join(folder, 'report', 'report.json'), 'utf8')) as Evaluation).rankers.map(
      ({ name }) => name,
    );
  const refused = (why: string) => ({ code: 'input/invalid', message: expect.stringContaining(why) as string });

  test('takes a model of this very log, for the part that it did not learn of', async () => {
    const { header } = await made(...pooled);
    write({ log: header.log.all });
    await run(...pooled);
    expect(names()).toContain('foundation');
    write({ log: header.log.learning });
    await run(...pooled, '--validation');
    expect(names()).toContain('foundation');
    await expect(run(...pooled)).rejects.toMatchObject(refused('earlier ones are asked for'));
    await expect(run(...pooled, '--validation', '--share', '0.3')).rejects.toMatchObject(refused('earlier ones'));
  });

  test('refuses one of this log where nobody could have known it yet', async () => {
    const { header } = await made(...pooled);
    write({ log: header.log.all });
    await expect(run('--targets', 'all')).rejects.toMatchObject(refused('--priors pooled'));
    write({ log: 'any', until: 0 });
    expect(await run('--targets', 'all')).toBe(0);
  });

  test('says whether to promote it: the gain of the term over the product, and what it adds to a ranking', async () => {
    write({ until: 0 });
    const said: string[] = [];
    const report = join(folder, 'report');
    const args = [people, ...lite, '--resamples', '20', '--foundation', file, '--targets', 'all', '-o', report];
    expect(await evaluateLog(args, { say: () => {}, print: (text) => said.push(text) })).toBe(0);
    const made = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8')) as Evaluation & {
      promotion: FoundationVerdict;
    };
    const { promotion, comparisons, rankers } = made;
    expect(promotion.gain).toEqual(
      comparisons.find(({ ranker }) => ranker === 'attune + foundation')!.differences.ndcg,
    );
    const base = rankers.find(({ name }) => name === 'attune')!.measures.ndcg.value;
    expect(promotion.share.value).toBeCloseTo(promotion.gain.value / base, 12);
    expect(promotion.promote).toBe(promotion.gain.low > 0);
    expect([promotion.latency.again > 0, promotion.latency.first > 0]).toEqual([true, true]);
    expect(said.join('')).toContain(promotion.promote ? 'promote: yes' : 'promote: no, because its gain is not shown');
    await run('--targets', 'all', '--factor', '0');
    const none = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8')) as typeof made;
    expect(none.promotion).toMatchObject({ promote: false, gain: { value: 0, low: 0, high: 0 } });
    await expect(run('--factor', 'much')).rejects.toMatchObject(refused('It is a number of 0 or more'));
  });

  test('ranks by the product and the standardized score of the model, and by the product alone while nobody is known', () => {
    const { file: made, texts, events } = goldenModel({ ...shape, text: 12 }, [5, 90, 0, 400], [2, 1, 1], 3, 9);
    const data = Float32Array.from(texts.flatMap((row) => [...row]));
    const items = texts.map((_, i) => ({ id: `i${i}`, text: '', title: '' }));
    const alone = foundationRanker(openSequence(made), { items }, { data, dim: 12 });
    const product = {
      name: 'attune',
      score: (_: unknown, __: number, scores: Float64Array) => scores.set([4, 3, 2, 1]),
    };
    const ranker = promotedRanker(product, alone, 2);
    const person = { user: 0, history: [], seen: new Set<number>() };
    const scores = new Float64Array(4);
    ranker.score(person, 0, scores);
    expect([...scores]).toEqual([4, 3, 2, 1]);
    for (const { itemId, text: _, ...event } of events) {
      const told = { ...event, user: 0, item: Number(itemId.slice(1)), weight: 1 };
      ranker.follow!(told);
      alone.follow!(told); // the same event, told by both, counts once
    }
    ranker.score(person, 0, scores);
    const own = new Float64Array(4);
    alone.score(person, 0, own);
    const mean = own.reduce((sum, x) => sum + x, 0) / 4;
    const sd = Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4);
    expect([...scores]).toEqual([...own].map((x, i) => 4 - i + (2 * (x - mean)) / (3 * sd)));
    const { user } = openSequence(made).read(events);
    const row = new Float32Array(shape.width);
    openSequence(made).project({ itemId: 'i1', text: texts[1]! }, row);
    expect(own[1]).toBeCloseTo(
      row.reduce((sum, x, j) => sum + x * user[j]!, 0),
      5,
    );
  });

  test('does not promote what was not shown to gain, or takes half a second', () => {
    const interval = (low: number) => ({ value: low + 0.01, low, high: low + 0.02 });
    const evaluation = (low: number): Evaluation =>
      ({
        rankers: [{ name: 'attune', measures: { ndcg: interval(0.05) } }],
        comparisons: [{ ranker: 'attune + foundation', against: 'attune', differences: { ndcg: interval(low) } }],
      }) as unknown as Evaluation;
    const quick = { again: 1, first: 20 };
    expect(foundationVerdict(evaluation(0.001), quick)).toMatchObject({ promote: true, reasons: [] });
    expect(foundationVerdict(evaluation(0), quick)!.reasons).toEqual([
      'its gain is not shown: the lower end is +0.0000',
    ]);
    const slow = foundationVerdict(evaluation(0.001), { again: 1, first: 500 })!;
    expect([slow.promote, slow.reasons]).toEqual([false, ['it adds 500 ms or more']]);
    expect(verdictText(slow, 10)).toContain('+18.3 % (+1.7 % to +35.0 %), and the 10 % asked for');
    expect(foundationVerdict({ ...evaluation(0), comparisons: [] }, quick)).toBeUndefined();
  });

  test('refuses rows of another encoder, and files that are none', async () => {
    write({ encoder: 'another', until: 0 });
    await expect(run()).rejects.toMatchObject(refused('It reads rows of another'));
    write({ until: 0 });
    await expect(run('--model', 'none')).rejects.toMatchObject(refused('items need texts'));
    writeFileSync(file, 'attune-transitions-1\n');
    await expect(run()).rejects.toMatchObject({ code: 'model/corrupt' });
    rmSync(file);
    await expect(run()).rejects.toMatchObject(refused('There is no such file'));
  });
});
