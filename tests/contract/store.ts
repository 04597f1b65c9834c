import { afterEach, describe, expect, test } from 'vitest';
import type { Interaction, Store } from 'attune';

let made = 0;

/** An interaction on the named item, and that item's record. */
export function act(itemId: string): Interaction {
  return { id: `interaction-${made++}`, kind: 'save', itemId, at: 1000 + made };
}
export function record(id: string): { id: string; text: string; title: string } {
  return { id, text: `text of ${id}`, title: `title of ${id}` };
}

const ids = (interactions: readonly Interaction[]): string[] => interactions.map(({ id }) => id);

/** Every interaction a store has, in key order. */
export async function readAll(store: Store): Promise<string[]> {
  return (await store.readBatches(0)).flatMap(({ interactions }) => ids(interactions));
}

/**
 * What every store promises (domain/ports.ts), as tests.
 *
 * @param openStore opens a new, empty store
 */
export function storeContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    let opened: Store[] = [];

    async function open(): Promise<Store> {
      const store = await openStore();
      opened.push(store);
      return store;
    }

    afterEach(async () => {
      await Promise.all(opened.map((store) => store.erase().catch(() => undefined)));
      for (const store of opened) store.close();
      opened = [];
    });

    test('starts empty, under a name of its own', async () => {
      const [one, other] = [await open(), await open()];
      expect(await one.readBatches(0)).toEqual([]);
      expect(await one.readItems()).toEqual([]);
      expect(await one.readValue('sliders')).toBeUndefined();
      expect(one.logId).not.toBe('');
      expect(one.logId).not.toBe(other.logId);
    });

    test('gives back what was appended, in the order it was appended', async () => {
      const store = await open();
      const [a, b, c] = [
        { ...act('x'), weight: 2, dwellMs: 5, context: { device: 'phone', new: true } },
        act('y'),
        act('x'),
      ];
      await store.append({ interactions: [a, b], items: [record('x'), record('y')] });
      await store.append({ interactions: [c], items: [] });
      expect((await store.readBatches(0)).map((batch) => batch.interactions)).toEqual([[a, b], [c]]);
    });

    test('keeps the order of appends that did not wait for each other, and their keys grow', async () => {
      const store = await open();
      const batches = Array.from({ length: 20 }, () => [act('x')]);
      const keys = await Promise.all(batches.map((interactions) => store.append({ interactions, items: [] })));
      expect([...keys].sort((a, b) => a - b)).toEqual(keys);
      expect(new Set(keys).size).toBe(keys.length);
      expect(await readAll(store)).toEqual(batches.flatMap(ids));
    });

    test('reads what came after a key, and that alone', async () => {
      const store = await open();
      const [a, b, c] = [act('x'), act('x'), act('x')];
      const first = await store.append({ interactions: [a], items: [] });
      await store.append({ interactions: [b], items: [] });
      const last = await store.append({ interactions: [c], items: [] });
      expect((await store.readBatches(first)).flatMap(({ interactions }) => ids(interactions))).toEqual([b.id, c.id]);
      expect((await store.readBatches(0)).map(({ key }) => key)).toContain(last);
      expect(await store.readBatches(last)).toEqual([]);
    });

    test('never gives a key twice, also after removing what had it', async () => {
      const store = await open();
      const a = act('x');
      const first = await store.append({ interactions: [a], items: [] });
      await store.remove(new Set([a.id]));
      expect(await store.append({ interactions: [act('x')], items: [] })).toBeGreaterThan(first);
    });

    test('keeps nothing of an append that fails', async () => {
      const store = await open();
      const damaged = {
        get id(): string {
          throw new Error('no such item');
        },
        text: '',
        title: '',
      };
      await expect(store.append({ interactions: [act('x')], items: [record('x'), damaged] })).rejects.toThrow();
      expect(await store.readBatches(0)).toEqual([]);
      expect(await store.readItems()).toEqual([]);
      const b = act('y');
      await store.append({ interactions: [b], items: [record('y')] });
      expect(await readAll(store)).toEqual([b.id]);
    });

    test('keeps an item once, as it was last', async () => {
      const store = await open();
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await store.append({ interactions: [act('x')], items: [{ ...record('x'), title: 'renamed' }] });
      expect(await store.readItems()).toEqual([{ ...record('x'), title: 'renamed' }]);
    });

    test('gives the items asked for, and leaves out the ones it has not', async () => {
      const store = await open();
      const items = ['x', 'y', '__proto__', 'constructor'].map(record);
      await store.append({ interactions: items.map(({ id }) => act(id)), items });
      expect(await store.readItems(['y', 'nothing', 'toString'])).toEqual([record('y')]);
      expect(await store.readItems(['__proto__', 'constructor'])).toEqual([record('__proto__'), record('constructor')]);
      expect(await store.readItems([])).toEqual([]);
      expect(await store.readItems()).toHaveLength(4);
    });

    test('removes interactions by id, and says how many', async () => {
      const store = await open();
      const [a, b, c] = [act('x'), act('y'), act('x')];
      await store.append({ interactions: [a, b], items: [record('x'), record('y')] });
      await store.append({ interactions: [c], items: [] });
      expect(await store.remove(new Set([a.id, c.id, 'nothing']))).toBe(2);
      expect(await readAll(store)).toEqual([b.id]);
      expect(await store.remove(new Set([a.id]))).toBe(0);
    });

    test('removes items no interaction names any more, and keeps the others', async () => {
      const store = await open();
      const [a, b, c] = [act('x'), act('y'), act('y')];
      await store.append({ interactions: [a, b], items: [record('x'), record('y')] });
      await store.append({ interactions: [c], items: [] });
      await store.remove(new Set([a.id, b.id]));
      expect(await store.readItems()).toEqual([record('y')]);
    });

    test('removes derived values with an interaction, and keeps settings', async () => {
      const store = await open();
      const a = act('x');
      await store.append({ interactions: [a], items: [record('x')] });
      await store.writeValue('derived/profile', { sum: 1 });
      await store.writeValue('sliders', { pace: 1 });
      await store.remove(new Set(['nothing']));
      expect(await store.readValue('derived/profile')).toEqual({ sum: 1 });
      await store.remove(new Set([a.id]));
      expect(await store.readValue('derived/profile')).toBeUndefined();
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
    });

    test('gives values back as they were, typed arrays and infinities included', async () => {
      const store = await open();
      const value = { sum: Float64Array.of(1, -0, NaN), row: Float32Array.of(0.5), at: -Infinity, list: [{ a: null }] };
      await store.writeValue('derived/profile', value);
      value.sum[0] = 9;
      const read = (await store.readValue('derived/profile')) as typeof value;
      expect(read).toEqual({ ...value, sum: Float64Array.of(1, -0, NaN) });
      read.row[0] = 9;
      expect(((await store.readValue('derived/profile')) as typeof value).row[0]).toBe(0.5);
      await store.writeValue('derived/profile', 'other');
      expect(await store.readValue('derived/profile')).toBe('other');
    });

    test('refuses a value that cannot be kept, and keeps the one it had', async () => {
      const store = await open();
      await store.writeValue('sliders', { pace: 1 });
      await expect((async () => store.writeValue('sliders', { pace: () => 1 }))()).rejects.toThrow();
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
    });

    test('has nothing left after erase, goes on under a new name, and takes in new things', async () => {
      const store = await open();
      const { logId } = store;
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await store.writeValue('sliders', { pace: 1 });
      await store.writeValue('derived/profile', 1);
      await store.erase();
      expect(await store.readBatches(0)).toEqual([]);
      expect(await store.readItems()).toEqual([]);
      expect([await store.readValue('sliders'), await store.readValue('derived/profile')]).toEqual([
        undefined,
        undefined,
      ]);
      expect(store.logId).not.toBe(logId);
      expect(store.logId).not.toBe('');
      const b = act('y');
      await store.append({ interactions: [b], items: [record('y')] });
      expect(await readAll(store)).toEqual([b.id]);
      expect(await store.readItems()).toEqual([record('y')]);
    });

    test('can be erased twice', async () => {
      const store = await open();
      await store.erase();
      await store.erase();
      expect(await store.readBatches(0)).toEqual([]);
    });

    test('rejects with ‘closed’ once closed, whatever is asked, and can be closed twice', async () => {
      const store = await open();
      store.close();
      store.close();
      const calls: (() => Promise<unknown>)[] = [
        () => store.append({ interactions: [act('x')], items: [] }),
        () => store.readBatches(0),
        () => store.readItems(),
        () => store.readItems(['x']),
        () => store.remove(new Set(['x'])),
        () => store.readValue('sliders'),
        () => store.writeValue('sliders', {}),
        () => store.erase(),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'AttuneError', code: 'closed' });
    });
  });
}
