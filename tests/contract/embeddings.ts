import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddingCache, Store } from '../../src/domain/ports.js';
import { DAY, START } from '../one-hot.js';
import { act, readAll, record } from './store.js';

/** Rows by text, for `write`. */
type Rows = Record<string, readonly number[]>;
const rowsOf = (rows: Rows): Map<string, Float32Array> =>
  new Map(Object.entries(rows).map(([text, row]) => [text, Float32Array.from(row)]));

/** What a store that keeps embeddings promises of them (domain/ports.ts). */
export function embeddingContract(
  name: string,
  openUser: (user: string) => Promise<{ store: Store; lost: () => number }>,
): void {
  describe(`${name} keeping embeddings`, () => {
    const opened: Store[] = [];
    let users = 0;
    const newUser = (): string => `${name}-rows-${Date.now()}-${users++}`;

    async function open(user = newUser()): Promise<Store & { readonly embeddings: EmbeddingCache }> {
      const { store } = await openUser(user);
      opened.push(store);
      return store as Store & { readonly embeddings: EmbeddingCache };
    }

    async function read(store: Store, texts: readonly string[], version = 'm1', now = START): Promise<Rows> {
      const found = await store.embeddings!.read(version, texts, now);
      return Object.fromEntries([...found].map(([text, row]) => [text, [...row]]));
    }

    /** A store with an interaction on each of these items, and rows of their texts by two models. */
    async function filled(...names: string[]): Promise<[Store & { readonly embeddings: EmbeddingCache }, string[]]> {
      const store = await open();
      const acts = names.map(act);
      for (const each of acts) await store.append({ interactions: [each], items: [record(each.itemId)] });
      for (const version of ['m1', 'm2']) {
        await store.embeddings.write(version, rowsOf(Object.fromEntries(names.map(rowOf))), START);
      }
      return [store, acts.map(({ id }) => id)];
    }
    const textOf = (item: string): string => record(item).text;
    const rowOf = (item: string, i: number): [string, number[]] => [textOf(item), [i + 1, 0]];

    /** Items whose rows are there, by either model. */
    async function kept(store: Store, ...names: string[]): Promise<string[][]> {
      const found = await Promise.all(['m1', 'm2'].map((version) => read(store, names.map(textOf), version)));
      return found.map((rows) => names.filter((each) => textOf(each) in rows));
    }

    afterEach(async () => {
      await Promise.all(opened.map((store) => store.erase().catch(() => undefined)));
      for (const store of opened.splice(0)) store.close();
    });

    test('a row comes back bit for bit, also one of zeros, and from a part of a larger array', async () => {
      const { embeddings } = await open();
      const whole = Float32Array.of(9, 0.1, -0, NaN, 1e-40, 9);
      const rows = new Map([
        ['some', whole.subarray(1, 5)],
        ['none', new Float32Array(4)],
        ['', Float32Array.of(1)],
      ]);
      const written = embeddings.write('m1', rows, START);
      await written;
      const found = await embeddings.read('m1', ['none', 'some', '', 'other'], START);
      expect([...found.keys()]).toEqual(['none', 'some', '']);
      const bytes = (row: Float32Array): number[] => [...new Uint8Array(row.slice().buffer)];
      for (const [text, row] of found) expect(bytes(row)).toEqual(bytes(rows.get(text)!));
      expect(found.get('some')!.buffer.byteLength).toBe(16);
    });

    test('models, roles and texts never meet, however alike they are', async () => {
      const { embeddings } = await open();
      const texts = ['a', 'A', 'a ', '\ud800', '\udfff', '\ufffd', '__proto__', 'behaviour/a'];
      for (const [i, text] of texts.entries()) {
        await embeddings.write('m1', new Map([[text, Float32Array.of(i, 0)]]), START);
        await embeddings.write('m1', new Map([[text, Float32Array.of(i, 1)]]), START, 'behaviour');
        await embeddings.write('m1/', new Map([[text, Float32Array.of(i, 2)]]), START);
      }
      const three = [
        await embeddings.read('m1', texts, START),
        await embeddings.read('m1', texts, START, 'behaviour'),
        await embeddings.read('m1/', texts, START),
      ];
      for (const [j, found] of three.entries()) {
        expect(texts.map((text) => [...found.get(text)!])).toEqual(texts.map((_, i) => [i, j]));
      }
      expect((await embeddings.read('m', texts, START)).size).toBe(0);
    });

    test('many rows are read as few are, whatever share of all they are', async () => {
      const store = await open();
      const texts = Array.from({ length: 700 }, (_, i) => `text ${i}`);
      await store.embeddings.write('m1', new Map(texts.map((text, i) => [text, Float32Array.of(i)])), START);
      await store.embeddings.write('m0', rowsOf({ 'text 1': [-1] }), START);
      await store.embeddings.write('m2', rowsOf({ 'text 2': [-2] }), START);
      for (const [from, to] of [
        [0, 700],
        [100, 500],
        [400, 700],
        [650, 700],
      ] as const) {
        const some = texts.slice(from, to);
        const found = await read(store, [...some, 'not there'].reverse());
        expect(found).toEqual(Object.fromEntries(some.map((text, i) => [text, [from + i]])));
      }
      expect(await read(store, texts, 'm2')).toEqual({ 'text 2': [-2] });
    });

    test('rows outlive the page, and other tabs have them too', async () => {
      const user = newUser();
      const [one, two] = [await open(user), await open(user)];
      await one.embeddings.write('m1', rowsOf({ a: [1, 2] }), START);
      expect(await read(two, ['a'])).toEqual({ a: [1, 2] });
      one.close();
      expect(await read(await open(user), ['a'])).toEqual({ a: [1, 2] });
    });

    test('two tabs that write the same row at once, by two models, leave one each', async () => {
      const user = newUser();
      const stores = [await open(user), await open(user)];
      const writes = stores.flatMap(({ embeddings }) => [
        embeddings.write('m1', rowsOf({ a: [1, 2], b: [3, 4] }), START),
        embeddings.write('m2', rowsOf({ a: [5, 6, 7] }), START),
      ]);
      await Promise.all(writes);
      for (const store of stores) {
        expect(await read(store, ['a', 'b'])).toEqual({ a: [1, 2], b: [3, 4] });
        expect(await read(store, ['a', 'b'], 'm2')).toEqual({ a: [5, 6, 7] });
      }
    });

    test('what is removed takes the rows of its item with it, whichever model made them, and no others', async () => {
      const [store, [a, b]] = await filled('a', 'b', 'c');
      const more = act('a');
      await store.append({ interactions: [more], items: [] });
      await store.remove(new Set([a!, b!]));
      expect(await kept(store, 'a', 'b', 'c')).toEqual([
        ['a', 'c'],
        ['a', 'c'],
      ]); // of `a` there is one left
      await store.remove(new Set([more.id]));
      expect(await kept(store, 'a', 'b', 'c')).toEqual([['c'], ['c']]);
    });

    test('the oldest that are removed take theirs with them', async () => {
      const [store] = await filled('a', 'b', 'c');
      await store.removeOldest(2);
      expect(await kept(store, 'a', 'b', 'c')).toEqual([['c'], ['c']]);
    });

    test('rows in both roles go with their item', async () => {
      const [store, [a]] = await filled('a');
      await store.embeddings.write('m1', rowsOf({ [textOf('a')]: [7, 7] }), START, 'behaviour');
      await store.remove(new Set([a!]));
      expect((await store.embeddings.read('m1', [textOf('a')], START, 'behaviour')).size).toBe(0);
    });

    test('a removal that fails takes neither interaction nor row', async () => {
      const [store, [a]] = await filled('a');
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (...given) {
        const request = put.apply(this, given);
        if (given[1] === 'revision') this.transaction.abort();
        return request;
      };
      try {
        await expect(store.remove(new Set([a!]))).rejects.toMatchObject({ code: 'storage/unavailable' });
      } finally {
        IDBObjectStore.prototype.put = put;
      }
      expect(await readAll(store)).toEqual([a]);
      expect(await kept(store, 'a')).toEqual([['a'], ['a']]);
    });

    test('what was removed while its text was being encoded is not taken in again', async () => {
      const [store, [a]] = await filled('a', 'b');
      await store.remove(new Set([a!]));
      await store.embeddings.write('m1', rowsOf({ [textOf('a')]: [1, 0], [textOf('b')]: [3, 0] }), START);
      expect(await kept(store, 'a', 'b')).toEqual([['b'], ['b']]);
      expect(await read(store, [textOf('b')])).toEqual({ [textOf('b')]: [3, 0] });
    });

    test('texts are forgotten without any interaction, and not taken in again', async () => {
      const [store] = await filled('a', 'b');
      await store.embeddings.forget([textOf('a'), 'never heard of']);
      await store.embeddings.write('m1', rowsOf({ [textOf('a')]: [1, 0] }), START);
      expect(await kept(store, 'a', 'b')).toEqual([['b'], ['b']]);
    });

    test('dropping what can be made again drops all rows, and clearing them drops nothing else', async () => {
      const [store] = await filled('a');
      await store.dropDerived();
      expect(await kept(store, 'a')).toEqual([[], []]);
      await store.writeValue('derived/profile', 1);
      await store.embeddings.write('m1', rowsOf({ a: [1] }), START);
      await store.embeddings.clear();
      expect(await read(store, ['a'])).toEqual({});
      expect(await store.readValue('derived/profile')).toBe(1);
      expect(await readAll(store)).toHaveLength(1);
    });

    test('an erase takes all rows, and nothing is kept again before something is stored', async () => {
      const user = newUser();
      const store = await open(user);
      const listed = async (): Promise<boolean> =>
        (await indexedDB.databases()).some((found) => found.name!.endsWith(`/${user}`));
      await store.embeddings.write('m1', rowsOf({ a: [1] }), START);
      await store.erase();
      await store.embeddings.write('m1', rowsOf({ a: [1] }), START);
      await store.embeddings.forget(['a']);
      await store.embeddings.trim(START);
      await store.embeddings.clear();
      expect(await read(store, ['a'])).toEqual({});
      expect(store.embeddings.logId).toBe('');
      expect(await listed()).toBe(false);
      await store.append({ interactions: [act('x')], items: [] });
      expect(await read(store, ['a'])).toEqual({});
    });

    test('what was on its way when the log was erased, here or in another tab, comes to nothing', async () => {
      const user = newUser();
      const [one, two] = [await open(user), await open(user)];
      const own = one.embeddings.write('m1', rowsOf({ a: [1] }), START);
      await one.erase();
      const late = two.embeddings.write('m1', rowsOf({ b: [1] }), START);
      await one.append({ interactions: [act('x')], items: [] });
      await Promise.all([own, late]);
      await two.readBatches(0); // hears of the new log
      for (const store of [one, two]) expect(await read(store, ['a', 'b'])).toEqual({});
    });

    test('models that were not used for a month go, with every row; those in use keep theirs', async () => {
      const { embeddings } = await open();
      await embeddings.write('old', rowsOf({ a: [1] }), START);
      await embeddings.write('new', rowsOf({ a: [1], b: [2] }), START);
      await embeddings.read('new', ['b'], START + 15 * DAY);
      await embeddings.trim(START + 30 * DAY);
      expect((await embeddings.read('old', ['a'], START)).size).toBe(1);
      await embeddings.trim(START + 40 * DAY);
      expect((await embeddings.read('old', ['a'], START)).size).toBe(0);
      expect((await embeddings.read('new', ['a', 'b'], START)).size).toBe(2);
      await embeddings.trim(START + 46 * DAY);
      expect((await embeddings.read('new', ['a', 'b'], START)).size).toBe(0);
    });

    test('above the budget the rows unused for longest go, without being asked to', async () => {
      const { embeddings } = await open();
      const MB = 1_000_000;
      const texts = Array.from({ length: 22 }, (_, i) => `text ${i}`);
      for (const [i, text] of texts.entries()) {
        if (i === 19) await embeddings.read('m1', ['text 0'], START + 30 * DAY);
        await embeddings.write('m1', new Map([[text, new Float32Array(MB / 4)]]), START + i * DAY);
      }
      const found = await embeddings.read('m1', texts, START + 30 * DAY);
      expect([...found.keys()]).toEqual(['text 0', ...texts.slice(4)]); // each takes a little more than its numbers
    });

    test('a store that is closed says so', async () => {
      const store = await open();
      store.close();
      await expect(store.embeddings.read('m1', ['a'], START)).rejects.toMatchObject({ code: 'closed' });
      await expect(store.embeddings.write('m1', rowsOf({ a: [1] }), START)).rejects.toMatchObject({ code: 'closed' });
    });
  });
}
