import { memoryStore } from 'attune/core';
import type { AttuneError, Store } from 'attune';
import { describe, expect, test } from 'vitest';
import { expired, RETENTION, upkeepDue } from '../../src/domain/retention.js';
import { AttuneError as Failure } from '../../src/errors.js';
import { makeRoom } from '../../src/sdk/make-room.js';
import { keepUp } from '../../src/sdk/upkeep.js';
import { act, readAll, record } from '../contract/store.js';
import { DAY, HOUR, START } from '../one-hot.js';

describe('what is kept no longer', () => {
  const at = (...days: number[]): { id: string; kind: string; at: number }[] =>
    days.map((day) => ({ id: `day ${day}`, kind: 'save', at: START - day * DAY }));

  test('is older than 400 days', () => {
    expect([...expired(at(0, 399, 400, 401, 900), START, RETENTION)].sort()).toEqual(['day 401', 'day 900']);
  });

  test('is the oldest beyond the number kept, wherever they stand in the log', () => {
    expect([...expired(at(3, 9, 1, 7), START, { ...RETENTION, maxInteractions: 2 })].sort()).toEqual([
      'day 7',
      'day 9',
    ]);
  });

  test('is of impressions and outcomes what is older than 90 days, counted apart from actions', () => {
    const noted = at(1, 89, 91).map((each) => ({ ...each, id: `shown on ${each.id}`, kind: 'impression' }));
    const limit = { ...RETENTION, maxInteractions: 1 };
    expect([...expired([...at(2, 3), ...noted], START, limit)]).toEqual(['day 3', 'shown on day 91']);
  });

  test('is nothing that claims to come from the future', () => {
    expect(expired(at(-500, -1), START, RETENTION).size).toBe(0);
  });
});

describe('upkeep', () => {
  test('is due once a day', () => {
    expect(upkeepDue(undefined, START)).toBe('due');
    expect(upkeepDue({ at: START, doubted: false }, START + DAY - 1)).toBe('wait');
    expect(upkeepDue({ at: START, doubted: false }, START + DAY)).toBe('due');
    for (const damaged of [null, 'yesterday', { at: 'now' }, []]) expect(upkeepDue(damaged, START)).toBe('due');
  });

  test('believes a clock that leapt, forward or back, only when a later day confirms it', () => {
    const leapt = START + 500 * DAY;
    expect(upkeepDue({ at: START, doubted: false }, leapt)).toBe('doubt');
    expect(upkeepDue({ at: leapt, doubted: true }, leapt + HOUR)).toBe('wait');
    expect(upkeepDue({ at: leapt, doubted: true }, leapt + DAY)).toBe('due');
    expect(upkeepDue({ at: leapt, doubted: true }, leapt + 90 * DAY)).toBe('due');
    expect(upkeepDue({ at: leapt, doubted: true }, START + HOUR)).toBe('doubt'); // it was wrong, and was set back
    expect(upkeepDue({ at: START, doubted: false }, START - HOUR)).toBe('doubt');
  });

  async function filled(): Promise<Store> {
    const store = memoryStore();
    for (const [item, days] of [
      ['old', 500],
      ['middle', 300],
      ['new', 1],
    ] as const) {
      const interactions = [{ ...act(item), at: START - days * DAY }];
      await store.append({ interactions, items: [record(item)] });
    }
    await store.writeValue('derived/profile', 1);
    return store;
  }

  test('deletes what is too old with its item and the derived values, and that once a day', async () => {
    const store = await filled();
    expect(await keepUp(store, () => START)).toBe(1);
    expect((await store.readItems()).map(({ id }) => id)).toEqual(['middle', 'new']);
    expect(await store.readValue('derived/profile')).toBeUndefined();
    expect(await keepUp(store, () => START + 200 * DAY)).toBe(0); // the clock leapt
    expect(await readAll(store)).toHaveLength(2);
    expect(await keepUp(store, () => START + 201 * DAY)).toBe(1);
    expect((await store.readItems()).map(({ id }) => id)).toEqual(['new']);
  });

  test('keeps the newest of too many, however many records they stand in', async () => {
    const store = await filled();
    const interactions = Array.from({ length: 6000 }, (_, i) => ({ ...act('many'), at: START - i }));
    await store.append({ interactions, items: [record('many')] });
    expect(await keepUp(store, () => START, { ...RETENTION, maxInteractions: 5000 })).toBe(1003);
    expect((await readAll(store)).sort()).toEqual(
      interactions
        .slice(0, 5000)
        .map(({ id }) => id)
        .sort(),
    );
    expect((await store.readItems()).map(({ id }) => id)).toEqual(['many']);
  });
});

describe('a full disk', () => {
  /** A real store with room for so many interactions, and for one less while it has a derived value. */
  function smallStore(room: number): Store {
    const store = memoryStore();
    return Object.create(store, {
      append: {
        async value(batch: Parameters<Store['append']>[0]) {
          const derived = (await store.readValue('derived/profile')) === undefined ? 0 : 1;
          if ((await readAll(store)).length + batch.interactions.length + derived > room) {
            throw new Failure('storage/quota', 'full');
          }
          return store.append(batch);
        },
      },
    }) as Store;
  }

  async function fill(store: Store, count: number): Promise<string[]> {
    const acts = Array.from({ length: count }, (_, i) => act(`item ${i}`));
    for (const each of acts) await store.append({ interactions: [each], items: [record(each.itemId)] });
    await store.writeValue('derived/profile', 1);
    return acts.map(({ id }) => id);
  }

  const warnings: AttuneError[] = [];
  const room = (store: Store, batch: Parameters<Store['append']>[0]): ReturnType<typeof makeRoom> => {
    warnings.length = 0;
    return makeRoom(store, batch, (warning) => void warnings.push(warning));
  };
  const batch = { interactions: [act('late')], items: [record('late')] };
  const lateId = batch.interactions[0]!.id;

  test('takes the batch in silence once another one made room', async () => {
    const store = smallStore(10);
    expect((await room(store, batch)).key).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  test('first loses what can be made again, and says so', async () => {
    const store = smallStore(9);
    const ids = await fill(store, 8);
    expect(await room(store, batch)).toMatchObject({ removed: 0 });
    expect(await readAll(store)).toEqual([...ids, lateId]);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['storage/quota', expect.stringMatching(/made again was dropped/)],
    ]);
  });

  test('then loses its oldest quarter, and says so', async () => {
    const store = smallStore(8);
    const ids = await fill(store, 7);
    await store.append({ interactions: [act('x')], items: [] }).catch(() => undefined);
    expect((await room(store, { interactions: [act('y'), ...batch.interactions], items: [] })).removed).toBe(2);
    expect((await readAll(store)).slice(0, 5)).toEqual(ids.slice(2));
    expect(await readAll(store)).toContain(lateId);
    expect(warnings.map(({ code }) => code)).toEqual(['storage/quota', 'storage/quota']);
    expect(warnings[1]!.message).toMatch(/2 oldest interactions were deleted/);
  });

  test('that has no room for anything is told from one that has', async () => {
    expect(await room(smallStore(0), batch)).toEqual({ key: undefined, removed: 0 });
    expect(warnings).toHaveLength(1);
  });

  test('passes on what is no matter of room', async () => {
    const store = memoryStore();
    store.close();
    await expect(room(store, batch)).rejects.toMatchObject({ code: 'closed' });
  });
});
