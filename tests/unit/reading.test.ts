import { memoryStore } from 'attune/core';
import type { Attune, Store } from 'attune';
import { describe, expect, test, vi } from 'vitest';
import '../allclose.js';
import { DAY, oneHot, openSongs, song, type Song, START, WORDS } from '../one-hot.js';
import { Tab, World } from '../tab-world.js';

/** The same store, which notes the key of every record that is read from it, and stays open. */
function watched(store: Store): { store: Store; keys: number[]; calls: () => number } {
  const keys: number[] = [];
  let calls = 0;
  const own = Object.create(store, {
    readBatches: {
      async value(...args: Parameters<Store['readBatches']>) {
        const batches = await store.readBatches(...args);
        calls++;
        keys.push(...batches.map(({ key }) => key));
        return batches;
      },
    },
    close: { value() {} },
  }) as Store;
  return { store: own, keys, calls: () => calls };
}

/** An export of a person's many interactions. */
function history(count: number): string {
  return JSON.stringify({
    format: 'attune-export',
    version: 1,
    exportedAt: START,
    interactions: Array.from({ length: count }, (_, i) => ({
      id: `old-${i}`,
      kind: i % 3 === 0 ? 'hide' : 'save',
      itemId: WORDS[i % WORDS.length],
      at: START - (i % 300) * DAY,
    })),
    items: WORDS.map((word) => ({ id: word, text: word, title: word })),
    sliders: {},
  });
}

async function start(store: Store): Promise<Attune<Song>> {
  const attune = await openSongs({ store });
  await attune.flush();
  return attune;
}

describe('a start with 20,000 stored interactions', () => {
  test('reads no record when nothing came after the snapshot, though the page was killed after the bulk', async () => {
    const disk = memoryStore();
    const killed = await start(watched(disk).store);
    await killed.data.import(history(20_000));
    const { store, keys } = watched(disk);
    const next = await start(store);
    expect(keys).toEqual([]);
    expect(next.profile().interactionCount).toBe(20_000);
    expect([...next.profile().embedding]).toBeAllclose([...killed.profile().embedding], { rtol: 1e-9, atol: 1e-12 });
    await Promise.all([killed.close(), next.close()]);
  });

  test('reads what came after the snapshot and that alone, once', async () => {
    const disk = memoryStore();
    const first = await start(watched(disk).store);
    await first.data.import(history(20_000));
    first.track('save', song('jazz'));
    await first.flush();
    first.track('save', song('sea'));
    await first.flush();
    const { store, keys } = watched(disk);
    const next = await start(store);
    expect(next.profile().interactionCount).toBe(20_002);
    expect(keys).toHaveLength(2);
    await next.close();
    expect(keys).toHaveLength(2);
    await first.close();
  });

  test('replays once when an earlier page left too much without a snapshot, and not again', async () => {
    const disk = memoryStore();
    const stranger = await start(memoryStore());
    await stranger.data.import(history(300));
    const { interactions, items } = await stranger.data.export();
    await disk.append({ interactions, items });
    await start(watched(disk).store); // and is killed
    const { store, keys } = watched(disk);
    const next = await start(store);
    expect(keys).toEqual([]);
    expect(next.profile().interactionCount).toBe(300);
    await Promise.all([stranger.close(), next.close()]);
  });

  test('carries an interaction dated in the future in its snapshot', async () => {
    const disk = memoryStore();
    const ahead = await openSongs({ store: watched(disk).store, now: () => START + 2 * DAY });
    ahead.track('save', song('jazz'));
    await ahead.flush();
    const first = await start(watched(disk).store); // the clock was set back
    first.track('save', song('sea'));
    await first.close();
    const { store, keys } = watched(disk);
    const next = await start(store);
    expect(keys).toEqual([]);
    expect(next.profile().interactionCount).toBe(2);
    await Promise.all([ahead.close(), next.close()]);
  });
});

describe('what a tab wrote itself', () => {
  test('is not read back by a tab that is alone', async () => {
    const { store, keys } = watched(memoryStore());
    const attune = await start(store);
    for (let i = 0; i < 20; i++) {
      attune.track('save', song(WORDS[i % WORDS.length]!));
      await attune.flush();
    }
    await attune.close();
    expect(keys).toEqual([]);
  });

  test('is not read back by tabs that take turns, and what the others wrote is read once by each', async () => {
    const disk = memoryStore();
    const world = new World('turns', disk);
    const reads: number[][] = [];
    const calls: (() => number)[] = [];
    for (let i = 0; i < 3; i++) {
      const { store, keys, calls: count } = watched(disk);
      reads.push(keys);
      calls.push(count);
      world.tabs.push(await world.start(new Tab(), store));
    }
    const written = world.tabs.map(() => [] as number[]);
    for (let turn = 0; turn < 30; turn++) {
      const tab = world.tabs[turn % 3]!;
      world.track(tab, 'save', WORDS[turn % WORDS.length]!);
      await tab.log.flush();
      await tab.learner.settled();
      written[turn % 3]!.push((await disk.readBatches(0)).at(-1)!.key);
      for (const other of world.tabs) await world.hear(other);
    }
    for (const [i, keys] of reads.entries()) {
      expect(keys.toSorted((a, b) => a - b)).toEqual(
        written
          .filter((_, j) => j !== i)
          .flat()
          .toSorted((a, b) => a - b),
      );
      expect(world.tabs[i]!.learner.vectors()?.interactionCount).toBe(30);
      const before = calls[i]!();
      await world.tabs[i]!.learner.sync(Math.min(...keys)); // a note that came late
      expect(calls[i]!()).toBe(before);
      await world.tabs[i]!.log.close();
    }
  });
});

test('a snapshot that is written after another tab took something back is not believed', async () => {
  const disk = memoryStore();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let isWriting = (): void => undefined;
  const writing = new Promise<void>((resolve) => (isWriting = resolve));
  const slow = Object.create(disk, {
    writeValue: {
      async value(...args: Parameters<Store['writeValue']>) {
        isWriting();
        await held;
        await disk.writeValue(...args);
      },
    },
    close: { value() {} },
  }) as Store;
  const one = await start(slow);
  const id = one.track('save', song('jazz'));
  one.track('save', song('sea'));
  await one.flush();
  const closing = one.close(); // its snapshot holds both
  await writing;
  const other = await start(watched(disk).store);
  expect(await other.data.forget(id)).toMatchObject({ removed: 1 });
  release();
  await closing;
  const next = await start(watched(disk).store);
  expect(next.profile().interactionCount).toBe(1);
  expect([...next.profile().embedding]).toEqual([...oneHot('sea')]);
  await Promise.all([other.close(), next.close()]);
});

test('what is done before the snapshot was read is not lost over it', async () => {
  const disk = memoryStore();
  const first = await start(watched(disk).store);
  first.track('save', song('jazz'));
  await first.flush();
  await first.close();
  const next = await openSongs({ store: watched(disk).store });
  next.track('save', song('sea')); // in the task in which it opened
  await next.flush();
  expect(next.profile().interactionCount).toBe(2);
  await next.close();
});

test('lone actions share a snapshot: one soon after the first, the next a while later', async () => {
  vi.useFakeTimers();
  try {
    const disk = memoryStore();
    let saved = 0;
    const store = Object.create(disk, {
      writeValue: {
        value(name: string, value: unknown) {
          if (name.startsWith('derived/profile/')) saved++;
          return disk.writeValue(name, value);
        },
      },
    }) as Store;
    const attune = await openSongs({ store });
    attune.track('save', song('jazz'));
    await vi.advanceTimersByTimeAsync(4000);
    expect(saved).toBe(1);
    attune.track('save', song('jazz'));
    await vi.advanceTimersByTimeAsync(4000);
    expect(saved).toBe(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(saved).toBe(2);
    await attune.close();
  } finally {
    vi.useRealTimers();
  }
});
