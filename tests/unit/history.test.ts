import { memoryStore } from 'attune/core';
import type { Attune } from 'attune';
import { afterEach, expect, test } from 'vitest';
import '../allclose.js';
import { DAY, HOUR, oneHotEncoder, song, type Song, START, TestClock } from '../one-hot.js';
import { closeSongs, open } from '../open-songs.js';
import { closeReads, openReads, read, save } from '../tastes.js';

afterEach(closeSongs);
afterEach(closeReads);

const sliders = [{ id: 'wildness', low: 'calm', high: 'wild' }];

/** Five days of calm songs, then five of wild ones, now; `seen` gets the evidence of each day's end. */
async function changed(clock: TestClock, seen: number[] = []): Promise<Attune<Song>> {
  const attune = await open({ now: clock.now, sliders });
  for (let day = 0; day < 10; day++) {
    clock.time = START + day * DAY;
    attune.track('save', song(day < 5 ? 'calm' : 'wild'));
    attune.track('view', song('city'));
    await attune.flush();
    seen.push(attune.profile().evidence);
  }
  return attune;
}

test('goes from the first action to now, evenly, and ends with what is known now', async () => {
  const seen: number[] = [];
  const attune = await changed(new TestClock(), seen);
  const told = await attune.history({ points: 4 });
  expect(told.map(({ at }) => at)).toEqual([0, 3, 6, 9].map((day) => START + day * DAY));
  expect(told.map(({ interactionCount }) => interactionCount)).toEqual([2, 8, 14, 20]);
  const then = [0, 3, 6, 9].map((day) => seen[day]!);
  expect(told.map(({ evidence }) => evidence)).toBeAllclose(then, { rtol: 1e-9 });
  expect(told.at(-1)!.sliders[0]!.inferred).toBeAllclose(attune.profile().sliders[0]!.inferred, { rtol: 1e-9 });
});

test('tells a change of taste when it came, whatever was asked or set since', async () => {
  const attune = await changed(new TestClock());
  attune.setSlider('wildness', -1);
  const told = await attune.history({ points: 10 });
  const positions = told.map(({ sliders: [wildness] }) => wildness!.inferred);
  for (let day = 1; day < 5; day++) expect(positions[day]!).toBeLessThan(positions[day - 1]!);
  for (let day = 5; day < 10; day++) expect(positions[day]!).toBeGreaterThan(positions[day - 1]!);
  expect([positions[4]! < -0.1, positions[9]! > 0]).toEqual([true, true]);
});

test('is twelve points unless told, one where all was done at once, and none where nothing was done or all is off', async () => {
  expect(await (await changed(new TestClock())).history()).toHaveLength(12);
  const attune = await open({ sliders });
  expect(await attune.history()).toEqual([]);
  attune.track('save', song('wild'));
  attune.track('save', song('calm'), { at: START + HOUR }); // dated later, counts as done now
  const [only, ...more] = await attune.history();
  expect([only!.at, only!.interactionCount, more]).toEqual([START, 2, []]);
  await attune.data.setPrivacy('off');
  expect(await attune.history()).toEqual([]);
});

test('holds nothing that was forgotten, and counts no impression', async () => {
  const attune = await changed(new TestClock());
  await attune.impression(await attune.rank([song('snow')]), 'snow');
  await attune.data.forget({ item: 'wild' });
  const told = await attune.history({ points: 3 });
  expect(told.at(-1)!.interactionCount).toBe(15);
  expect(told.at(-1)!.sliders[0]!.inferred).toBeLessThan(-0.1);
});

test('tells what part each of today’s interests had', async () => {
  const clock = new TestClock();
  const attune = await openReads({ now: clock.now, store: memoryStore() });
  await save(attune, 6, 'bread');
  clock.time += 10 * DAY;
  for (let n = 0; n < 6; n++) attune.track('save', read('trains', n));
  const told = await attune.history({ points: 3 });
  const parts = told.map(({ interests }) => Object.fromEntries(interests.map(({ name, share }) => [name, share])));
  expect(parts[0]).toEqual({ bread: 1, trains: 0 });
  expect(parts[1]).toEqual({ bread: 1, trains: 0 });
  const old = 2 ** (-10 / 14);
  expect(parts[2]!['bread']).toBeAllclose(old / (old + 1), { rtol: 1e-9 });
  expect(parts[2]!['trains']).toBeAllclose(1 / (old + 1), { rtol: 1e-9 });
});

test.each([1, 101, 2.5, '12', null])('of %o points is refused', async (points) => {
  const attune = await open({ encoder: oneHotEncoder(), sliders });
  await expect(attune.history({ points: points as number })).rejects.toMatchObject({ code: 'input/invalid' });
});

test('can be given up', async () => {
  const attune = await changed(new TestClock());
  const leaving = new AbortController();
  const asked = attune.history({ points: 50, signal: leaving.signal });
  setTimeout(() => leaving.abort(new Error('gone')), 5);
  await expect(asked).rejects.toThrow('gone');
});
