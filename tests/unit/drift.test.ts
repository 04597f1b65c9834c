import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { mixSeeds } from '../../src/core/random.js';
import { finish } from '../../src/core/steps.js';
import {
  createChangeReader,
  likingsByTime,
  newestBlocks,
  type TasteChange,
  THRESHOLD,
} from '../../src/domain/drift.js';
import type { EmbeddedInteraction } from '../../src/domain/profile.js';
import { resolveOptions } from '../../src/sdk/options.js';
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

/** As embeddings of all items are, where every topic is as frequent. */
const MEAN = TOPICS.reduce((sum, topic) => sum.map((x, j) => x + topic[j]! / 7), new Float64Array(DIM));

const read = (entries: readonly EmbeddedInteraction[], reader = createChangeReader()): TasteChange[] => [
  ...finish(reader.find(likingsByTime(entries, rules), MEAN)),
];
const changesOf = (entries: readonly EmbeddedInteraction[]): TasteChange[] => read(entries);

/** What holds still of what was liked on day `on`. */
function keptOf(entries: readonly EmbeddedInteraction[], undone: readonly TasteChange[] = []): (day: number) => number {
  const reader = createChangeReader();
  read(entries, reader);
  const kept = reader.keep(undone.map(({ at, detectedAt }) => ({ from: at, to: detectedAt })));
  return (day) => kept?.share(START + day * DAY) ?? 1;
}

const whole = (of: (day: number) => number): boolean =>
  Array.from({ length: 60 }, (_, day) => of(day - 2)).every((share) => share === 1);

describe('a change of taste', () => {
  test('is found within ten likings, from the visit on with which it began', () => {
    const [change, ...more] = changesOf(live(72, (n) => (n < 48 ? 0 : 1)));
    expect(more).toEqual([]);
    expect(change!.at).toBe(START + 12 * DAY);
    expect(change!.detectedAt).toBe(START + 13 * DAY); // the fifth
    expect(change!.logOdds).toBeGreaterThanOrEqual(THRESHOLD);
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
    const reader = createChangeReader();
    for (let count = 1; count <= 160; count += 7) read(entries.slice(0, count), reader);
    expect(read(entries, reader)).toEqual(changesOf(entries));
    const less = entries.filter((_, n) => n !== 20);
    expect(read(less, reader)).toEqual(changesOf(less));
    const other = entries.map(({ interaction, embedding }) => ({
      interaction,
      embedding: embedding.map((x) => x / 2 + 1),
    }));
    read(entries, reader);
    expect(read(other, reader)).toEqual(changesOf(other));
    reader.find(likingsByTime(entries, rules), MEAN).next(); // left off
    expect(read(other, reader)).toEqual(changesOf(other));
    const elsewhere = finish(createChangeReader().find(likingsByTime(other, rules), TOPICS[2]!));
    expect(finish(reader.find(likingsByTime(other, rules), TOPICS[2]!))).toEqual(elsewhere);
    expect(read([], reader)).toEqual([]);
  });

  test('is found again when it is followed by another', () => {
    const found = changesOf(live(160, (n) => (n < 48 ? 0 : n < 104 ? 1 : 2)));
    expect(found[0]!.at).toBe(START + 12 * DAY);
    expect(Math.abs(found[1]!.at - (START + 26 * DAY))).toBeLessThanOrEqual(DAY); // a visit of the old taste may lie near the new
    expect(found).toHaveLength(2);
  });

  test('takes five likings, however far they lie', () => {
    const entries = live(54, (n) => (n < 48 ? 0 : 1)).map((entry, n) =>
      n < 49 ? entry : moved(entry, 4 * (n - 49), 13),
    );
    expect(changesOf(entries.slice(0, 52))).toEqual([]);
    expect(whole(keptOf(entries.slice(0, 52)))).toBe(true);
    expect(changesOf(entries.slice(0, 53))).toHaveLength(1);
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
    expect(changesOf([...entries, ...again])[0]!.logOdds).toBe(changesOf(entries)[0]!.logOdds);
  });

  test('is one in people who stay the same in at most one of a hundred', () => {
    const people = SOAK > 1 ? 1000 : 24;
    let touched = 0;
    for (let person = 0; person < people; person++) {
      const two = (_: number, random: () => number): number => (random() < 0.7 ? 0 : 1);
      touched += Number(changesOf(live(500, person % 2 ? () => 0 : two, 100 + person)).length > 0);
    }
    expect(touched).toBeLessThanOrEqual(people / 100);
  }, 600_000);
});

describe('what was liked before', () => {
  const entries = live(60, (n) => (n < 48 ? 0 : 1));

  test('holds no more once a change is found, but for as much as 256 likings since make up', () => {
    const on = keptOf(entries);
    for (const day of [-5, 0, 11.9]) expect(on(day)).toBeLessThan(0.1);
    for (const day of [12, 99]) expect(on(day)).toBe(1);
    const later = [...entries, ...live(256, () => 1, 2).map((entry, n) => moved(entry, n, 15))];
    expect(keptOf(later.slice(0, 60 + 100))(3)).toBeCloseTo(112 / 256, 1);
    expect(whole(keptOf(later.slice(0, 48 + 256)))).toBe(true);
  });

  test('holds less from even odds on, before a change is sure enough to be told', () => {
    const careful = createChangeReader(30);
    expect(read(entries.slice(0, 54), careful)).toEqual([]);
    expect(careful.keep([])!.share(START)).toBeLessThan(0.1);
    expect(whole(keptOf(entries.slice(0, 52)))).toBe(true); // one visit alone is an errand
  });

  test('holds whole for who stays the same', () => {
    for (const seed of [1, 2, 3]) expect(whole(keptOf(live(120, () => 0, seed)))).toBe(true);
    expect(whole(keptOf([]))).toBe(true);
  });

  test('holds again after an errand, and what was liked for it does not', () => {
    const on = keptOf(live(80, (n) => (n >= 48 && n < 60 ? 1 : 0)));
    for (const day of [5, 16]) expect(on(day)).toBeGreaterThan(0.99);
    for (const day of [12, 13, 14]) expect(on(day)).toBeLessThan(0.15);
  });

  test('holds whole where the person says that they did not change, until they change anew', () => {
    const again = [...entries, ...live(120, (n) => (n < 40 ? 1 : 2), 2).map((entry, n) => moved(entry, n, 15))];
    const [first, second, ...more] = changesOf(again) as [TasteChange, TasteChange];
    expect(more).toEqual([]);
    expect(whole(keptOf(again.slice(0, 80), [first]))).toBe(true);
    const on = keptOf(again.slice(0, 112), [first]);
    expect(on(0)).toBe(on(13));
    expect(on(13)).toBeLessThan(0.1);
    const undone = keptOf(again, [second]);
    expect(undone(3)).toBeCloseTo(132 / 256, 10);
    expect([undone(12), undone(30)]).toEqual([1, 1]);
    expect(whole(keptOf(again, [first, second]))).toBe(true);
  });
});

/** The `n`th of likings that go on four a day from `day` on. */
function moved({ interaction, embedding }: EmbeddedInteraction, n: number, day: number): EmbeddedInteraction {
  const at = START + (day + Math.floor(n / 4)) * DAY + (n % 4) * 60_000;
  return { interaction: { ...interaction, id: `m${interaction.id}`, itemId: `m${interaction.itemId}`, at }, embedding };
}

test('a log is looked at from a multiple of 256 likings on', () => {
  const likings = live(800, () => 0).map(({ interaction }) => interaction);
  const first = (count: number): string => newestBlocks(likings.slice(0, count).reverse())[0]!.id;
  expect([1, 511, 512, 767, 768].map(first)).toEqual(['i0000', 'i0000', 'i0256', 'i0256', 'i0512']);
});
