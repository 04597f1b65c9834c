import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from 'attune/core';
import type { Attune, AttuneOptions, DriftChange } from 'attune';
import { START } from '../one-hot.js';
import { closeReads, openReads, read, type Read, reads } from '../tastes.js';

const DAY = 86_400_000;
const MANY = reads(60);
let clock = START;
beforeEach(() => void (clock = START));
afterEach(closeReads);

/** One who heeds changes of taste, as the day stands. */
const open = (options: Partial<AttuneOptions<Read>> = {}): Promise<Attune<Read>> =>
  openReads({ interests: false, adapt: { drift: true }, now: () => clock, ...options });

/** Four a day from `day` on, `count` in all; the clock stands a day later. */
function like(attune: Attune<Read>, subject: string, count: number, day: number): void {
  for (let n = 0; n < count; n++) {
    clock = START + (day + Math.floor(n / 4)) * DAY + (n % 4) * 60_000;
    attune.track('save', read(subject, day * 4 + n), { at: clock });
  }
  clock += DAY;
}

/** 48 of bread, then twelve of trains. */
async function changed(options: Partial<AttuneOptions<Read>> = {}): Promise<Attune<Read>> {
  const attune = await open(options);
  like(attune, 'bread', 48, 0);
  like(attune, 'trains', 12, 12);
  await attune.flush();
  return attune;
}

const ofTrains = async (attune: Attune<Read>): Promise<number> =>
  (await attune.rank(MANY, { limit: 10 })).filter(({ item }) => item.id.startsWith('trains')).length;

describe('a changed mind', () => {
  test('is reported by the topics it went from and to, and leads', async () => {
    const attune = await changed();
    const { drift } = await attune.adaptation.report();
    expect(drift).toEqual({
      leading: true,
      since: START + 12 * DAY,
      changes: [
        {
          id: `drift:${START + 12 * DAY}`,
          at: START + 12 * DAY,
          detectedAt: expect.any(Number) as number,
          logOdds: expect.any(Number) as number,
          from: [expect.stringContaining('bread')],
          to: [expect.stringContaining('trains')],
          evidence: expect.any(Number) as number,
          undone: false,
        },
      ],
    });
    expect(drift.changes[0]!.evidence).toBeLessThanOrEqual(10);
  });

  test('ranks first what is liked since, and explains it by terms that sum to the score', async () => {
    expect(await ofTrains(await changed({ adapt: { drift: false } }))).toBeLessThan(10);
    const attune = await changed();
    const ranking = await attune.rank(MANY, { limit: 10 });
    expect(ranking.every(({ item }) => item.id.startsWith('trains'))).toBe(true);
    const { score, terms } = await attune.explain(ranking, ranking[0]!.id);
    expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score, 12);
    const { because } = terms.find(({ name }) => name === 'profile')!;
    expect(because.map(({ interaction }) => interaction.itemId.split('-')[0])).toEqual(['trains', 'trains', 'trains']);
  });

  test('is told once, also to who comes back', async () => {
    const store = memoryStore();
    const told: DriftChange[] = [];
    const first = await changed({ store });
    first.on('drift', (change) => told.push(change));
    await first.adaptation.report();
    await first.adaptation.report();
    expect(told).toHaveLength(1);
    expect(told[0]).not.toHaveProperty('undone');
    const second = await open({ store });
    second.on('drift', (change) => told.push(change));
    expect((await second.adaptation.report()).drift.leading).toBe(true);
    expect(told).toHaveLength(1);
  });

  test('is told of in an idle moment after a ranking, without anybody asking', async () => {
    const attune = await open();
    like(attune, 'bread', 48, 0);
    await attune.rank(MANY);
    const told = new Promise<DriftChange>((resolve) => attune.on('drift', resolve));
    like(attune, 'trains', 12, 12);
    await attune.rank(MANY);
    expect((await told).at).toBe(START + 12 * DAY);
  });

  test('leads until 256 likings since', async () => {
    const attune = await changed();
    like(attune, 'trains', 256, 16);
    await attune.flush();
    const { drift } = await attune.adaptation.report();
    expect(drift.changes).toHaveLength(1);
    expect(drift.leading).toBe(false);
  });
});

describe('who stays the same', () => {
  test('is ranked to the bit as without', async () => {
    const scores = [];
    for (const drift of [true, false]) {
      clock = START;
      const attune = await open({ adapt: { drift } });
      like(attune, 'bread', 60, 0);
      await attune.flush();
      await attune.rank(MANY);
      expect((await attune.adaptation.report()).drift).toEqual({ changes: [], leading: false });
      scores.push((await attune.rank(MANY)).map(({ id, score, terms }) => ({ id, score, terms })));
    }
    expect(scores[0]).toEqual(scores[1]);
  });
});

describe('taking it back', () => {
  test('gives the order of before back, and is in the trail', async () => {
    const plain = await changed({ adapt: { drift: false } });
    clock = START;
    const attune = await changed();
    await attune.rank(MANY);
    const { drift } = await attune.adaptation.undo();
    expect(drift).toMatchObject({ leading: false, changes: [{ undone: true }] });
    expect((await attune.rank(MANY)).map(({ score }) => score)).toEqual(
      (await plain.rank(MANY)).map(({ score }) => score),
    );
    expect(attune.profile().embedding).toEqual(plain.profile().embedding);
    expect((await attune.adaptation.undo()).drift).toEqual(drift); // nothing is left
  });

  test('holds after a start, and in another log that takes the export in', async () => {
    const store = memoryStore();
    const first = await changed({ store });
    await first.adaptation.undo();
    const exported = await first.data.export();
    expect(exported.interests?.undone).toEqual([{ from: START + 12 * DAY, to: expect.any(Number) as number }]);
    const elsewhere = await open();
    await elsewhere.data.import(JSON.parse(JSON.stringify(exported)) as never);
    for (const attune of [await open({ store }), elsewhere]) {
      expect((await attune.adaptation.report()).drift).toMatchObject({ leading: false, changes: [{ undone: true }] });
    }
  });

  test('is gone with an erase', async () => {
    const attune = await changed();
    await attune.adaptation.undo();
    await attune.data.erase();
    expect((await attune.adaptation.report()).drift).toEqual({ changes: [], leading: false });
    expect(await attune.data.export()).not.toHaveProperty('interests');
  });
});

test('without the option nothing is adapted to, and no log is read', async () => {
  const attune = await changed({ adapt: {} });
  expect((await attune.adaptation.report()).drift).toEqual({ changes: [], leading: false });
});

test('wrong options are refused by name', async () => {
  for (const adapt of [true, { drift: 1 }, { drifts: true }]) {
    await expect(open({ adapt: adapt as never })).rejects.toMatchObject({ code: 'input/invalid', message: /adapt/ });
  }
});
