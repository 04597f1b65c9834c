import { type Attune, createAttune, type DriftChange, type Encoder } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { checksum } from '../../src/core/checksum.js';
import { DAY, START } from '../one-hot.js';
import { deleteRaw } from '../raw-database.js';
import { nearly, seeded, unit } from '../seeded.js';

/** A changed mind on a page with a real disk: told of once, and taken back for good. */
const [user, DIM] = [`adapts-${Date.now()}`, 16];
afterEach(() => deleteRaw(user));

interface Story {
  readonly id: string;
  readonly title: string;
}

const story = (topic: string, n: number): Story => ({ id: `${topic}-${n}`, title: `${topic} ${n}` });
const seedOf = (text: string): number => checksum(new TextEncoder().encode(text));

const encoder: Encoder = {
  modelVersion: 'topics-1',
  dim: DIM,
  encode(texts) {
    const rows = texts.map((text) => nearly(seeded(seedOf(text)), unit(seeded(seedOf(text.split(' ')[0]!)), DIM), 0.5));
    return Promise.resolve({
      data: Float32Array.from(rows.flatMap((row) => [...row])),
      rows: rows.length,
      dim: DIM,
      truncated: 0,
    });
  },
  close() {},
};

const open = (at: number): Promise<Attune<Story>> =>
  createAttune<Story>({ consent: 'granted', user, encoder, adapt: { drift: true }, maxWaitMs: 10_000, now: () => at });

test('a page is told of a change of taste, and taking it back holds on the next page', async () => {
  const first = await open(START + 16 * DAY);
  const told: DriftChange[] = [];
  first.on('drift', (change) => told.push(change));
  for (let n = 0; n < 60; n++) {
    const at = START + Math.floor(n / 4) * DAY + (n % 4) * 60_000;
    first.track('save', story(n < 48 ? 'bread' : 'trains', n), { at });
  }
  await first.flush();
  const stories = ['bread', 'trains', 'chess'].flatMap((topic) => [100, 101, 102].map((n) => story(topic, n)));
  const topics = async (attune: Attune<Story>): Promise<string[]> =>
    (await attune.rank(stories)).slice(0, 3).map(({ item }) => item.title.split(' ')[0]!);
  expect(await topics(first)).toEqual(['trains', 'trains', 'trains']);
  expect(told).toMatchObject([{ at: START + 12 * DAY, from: [expect.stringContaining('bread')] }]);
  expect((await first.adaptation.undo()).drift.leading).toBe(false);
  const order = await topics(first);
  expect(order[0]).toBe('bread');
  await first.close();

  const second = await open(START + 16 * DAY);
  second.on('drift', (change) => told.push(change));
  expect(await topics(second)).toEqual(order);
  expect((await second.adaptation.report()).drift).toMatchObject({ leading: false, changes: [{ undone: true }] });
  expect(told).toHaveLength(1);
  await second.data.erase();
  await second.close();
});
