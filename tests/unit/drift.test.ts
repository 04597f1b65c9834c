import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { addRow, emptyGroups, movedAway, referenceOf, type RowGroups } from '../../src/core/drift.js';
import { mixSeeds } from '../../src/core/random.js';
import { finish } from '../../src/core/steps.js';
import {
  createChangeFinder,
  likingsByTime,
  newestBlocks,
  shareOfBefore,
  type TasteChange,
  THRESHOLD,
} from '../../src/domain/drift.js';
import type { EmbeddedInteraction, ProfileRules } from '../../src/domain/profile.js';
import { resolveOptions } from '../../src/sdk/options.js';
import golden from '../golden/drift.json';
import { nearly, seeded, unit } from '../seeded.js';
import { SOAK } from '../soak.js';

const { rules } = resolveOptions({});
const [START, DAY, DIM] = [Date.UTC(2026, 0, 1), 86_400_000, 16];
/** Seven topics in the same place for everybody. */
const TOPICS = Array.from({ length: 7 }, (_, n) => unit(seeded(n + 1), DIM));

/** Likings of visits a day apart, four at a time, each of a topic that `of` says. */
function live(count: number, of: (n: number, random: () => number) => number, seed = 1): EmbeddedInteraction[] {
  const random = seeded(mixSeeds(seed, 9));
  return Array.from({ length: count }, (_, n) => ({
    interaction: {
      id: `i${String(n).padStart(4, '0')}`,
      kind: 'save',
      itemId: `item-${n}`,
      at: START + Math.floor(n / 4) * DAY + (n % 4) * 60_000,
    },
    embedding: nearly(random, TOPICS[of(n, random)]!, 0.8),
  }));
}

const changesOf = (entries: readonly EmbeddedInteraction[], by: ProfileRules = rules): TasteChange[] => [
  ...finish(createChangeFinder().find(likingsByTime(entries, by))),
];

describe('the statistic', () => {
  function groupsOf(rows: readonly (readonly (readonly number[])[])[]): RowGroups {
    const groups = emptyGroups(rows[0]![0]!.length);
    for (const group of rows) group.forEach((row, i) => addRow(groups, Float64Array.from(row), i === 0));
    return groups;
  }

  test.each(golden.cases)('is that of NumPy, $name', ({ from, groups: rows, statistic }) => {
    const groups = groupsOf(rows);
    expect(movedAway(groups, from, referenceOf(groups, from))).toBeAllclose(statistic, { rtol: 1e-10 });
  });

  test('says nothing of one group alone, nor where all before is the same', () => {
    const groups = groupsOf([[[1, 0]], [[1, 0]], [[1, 0]], [[0, 1]], [[0, 1]]]);
    expect(movedAway(groups, 4, referenceOf(groups, 3))).toBe(0);
    expect(movedAway(groups, 3, referenceOf(groups, 3))).toBe(0);
  });
});

describe('a change of taste', () => {
  test('is found within ten likings, from the visit on with which it began', () => {
    const [change, ...more] = changesOf(live(72, (n) => (n < 48 ? 0 : 1)));
    expect(more).toEqual([]);
    expect(change!.at).toBe(START + 12 * DAY);
    expect(change!.detectedAt).toBeLessThanOrEqual(START + 14 * DAY + 60_000); // the tenth
    expect(change!.statistic).toBeGreaterThanOrEqual(THRESHOLD);
    expect(change!.before).toEqual(Array.from({ length: 48 }, (_, n) => `item-${n}`));
    expect(change!.after).toEqual(Array.from({ length: change!.evidence }, (_, n) => `item-${48 + n}`));
  });

  test('is the same whatever order the log is read in, and stays as more is liked', () => {
    const entries = live(100, (n) => (n < 48 ? 0 : 1));
    const first = changesOf(entries.slice(0, 64));
    expect(first).toHaveLength(1);
    expect(changesOf(entries.slice(0, 64).reverse())).toEqual(first);
    for (const count of [70, 85, 100]) expect(changesOf(entries.slice(0, count))[0]).toEqual(first[0]);
  });

  test('is found the same when the log is looked at as it grows, and anew when something of it is gone', () => {
    const entries = live(160, (n) => (n < 48 ? 0 : n < 104 ? 1 : 2));
    const finder = createChangeFinder();
    for (let count = 1; count <= 160; count += 7) finish(finder.find(entries.slice(0, count)));
    expect(finish(finder.find(entries))).toEqual(changesOf(entries));
    const less = entries.filter((_, n) => n !== 20);
    expect(finish(finder.find(less))).toEqual(changesOf(less));
    const other = entries.map(({ interaction, embedding }) => ({
      interaction,
      embedding: embedding.map((x) => x / 2 + 1),
    }));
    finish(finder.find(entries));
    expect(finish(finder.find(other))).toEqual(changesOf(other));
    finder.find(entries).next(); // left off
    expect(finish(finder.find(other))).toEqual(changesOf(other));
    expect(finish(finder.find([]))).toEqual([]);
  });

  test('is found again when it is followed by another', () => {
    const found = changesOf(live(160, (n) => (n < 48 ? 0 : n < 104 ? 1 : 2)));
    expect(found[0]!.at).toBe(START + 12 * DAY);
    expect(Math.abs(found[1]!.at - (START + 26 * DAY))).toBeLessThanOrEqual(DAY); // a visit of the old taste may lie near the new
    expect(found).toHaveLength(2);
  });

  test('is not told by one visit, however long', () => {
    const entries = live(80, (n) => (n < 48 ? 0 : 1)).map((entry, n) =>
      n < 48 ? entry : { ...entry, interaction: { ...entry.interaction, at: START + 12 * DAY + n * 60_000 } },
    );
    expect(changesOf(entries)).toEqual([]);
  });

  test('needs 32 likings in 12 visits to be held against', () => {
    expect(changesOf(live(80, (n) => (n < 44 ? 0 : 1)))[0]?.at ?? Infinity).toBeGreaterThan(START + 11 * DAY); // the new ones help out
    expect(changesOf(live(47, (n) => (n < 28 ? 0 : 1)))).toEqual([]);
  });

  test('counts an item once a visit, and neither refusals nor what nobody understands', () => {
    const entries = live(60, (n) => (n < 48 ? 0 : 1));
    const again = entries.map((entry) => ({
      ...entry,
      interaction: { ...entry.interaction, id: `${entry.interaction.id}+` },
    }));
    const other = live(60, () => 3).map(({ interaction, embedding }, n) => ({
      interaction: { ...interaction, id: `x${n}`, kind: n % 2 ? 'hide' : 'save', itemId: `x${n}` },
      embedding: n % 2 ? embedding : new Float32Array(DIM),
    }));
    expect(changesOf([...entries, ...again, ...other])[0]).toMatchObject({ at: changesOf(entries)[0]!.at });
    expect(changesOf([...entries, ...again])[0]!.statistic).toBe(changesOf(entries)[0]!.statistic);
  });

  test('is one in people who stay the same in at most one of a hundred', () => {
    const people = SOAK > 1 ? 1000 : 50;
    let touched = 0;
    for (let person = 0; person < people; person++) {
      const two = (_: number, random: () => number): number => (random() < 0.7 ? 0 : 1);
      touched += Number(changesOf(live(500, person % 2 ? () => 0 : two, 100 + person)).length > 0);
    }
    expect(touched).toBeLessThanOrEqual(people / 100);
  }, 600_000);
});

describe('what was liked before', () => {
  const likings = live(60, (n) => (n < 48 ? 0 : 1)).map(({ interaction }) => interaction);
  const change = { at: START + 12 * DAY };

  test('weighs half as much as what was liked since, and more with each', () => {
    const now = START + 15 * DAY;
    const share = shareOfBefore(change, likings, rules, now);
    const weights = likings.map(({ at }) => 3 * 2 ** (-(now - at) / (14 * DAY)));
    const sum = (of: readonly number[]): number => of.reduce((total, x) => total + x, 0);
    expect(share * sum(weights.slice(0, 48))).toBeCloseTo(sum(weights.slice(48)) / 2, 10);
    expect(shareOfBefore(change, likings.slice(0, 52), rules, now)).toBeLessThan(share);
  });

  test('weighs what it did once as much was liked since, or 256 likings', () => {
    const later = Array.from({ length: 256 }, (_, n) => ({
      ...likings[59]!,
      id: `z${n}`,
      weight: 1e-6,
    }));
    expect(shareOfBefore(change, [...likings.slice(0, 48), ...later], rules, START + 15 * DAY)).toBe(1);
    expect(shareOfBefore({ at: START + 4 * DAY }, likings, rules, START + 15 * DAY)).toBe(1);
    expect(shareOfBefore({ at: 0 }, likings, rules, START + 15 * DAY)).toBe(1);
  });
});

test('a log is looked at from a multiple of 256 likings on', () => {
  const likings = live(800, () => 0).map(({ interaction }) => interaction);
  const first = (count: number): string => newestBlocks(likings.slice(0, count).reverse())[0]!.id;
  expect([1, 511, 512, 767, 768].map(first)).toEqual(['i0000', 'i0000', 'i0256', 'i0256', 'i0512']);
});
