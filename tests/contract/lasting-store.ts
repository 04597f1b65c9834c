import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from 'attune';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { databaseName } from '../../src/storage/schema.js';
import { keyDatabaseName } from '../../src/storage/seal-schema.js';
import { embeddingContract } from './embeddings.js';
import { rewritingContract } from './rewriting.js';
import { act, readAll, record, storeContract } from './store.js';

type Opener = (user: string, newId: () => string, onLost: () => void) => Promise<Store>;

/** The contract of a store that lasts and is shared between tabs, over whichever IndexedDB is there. */
export function lastingStoreContract(name: string, openUser: Opener = openIndexedDbStore): void {
  let users = 0;
  const newUser = (): string => `${name}-${Date.now()}-${users++}`;

  const open = (): Promise<Store> =>
    openUser(
      newUser(),
      () => crypto.randomUUID(),
      () => undefined,
    );
  storeContract(name, open);
  rewritingContract(name, open);

  describe(`${name} with more than one connection`, () => {
    const opened: [Store, string][] = [];

    /** A connection as one more tab has it; `lost` counts how often it was told that its log is gone. */
    async function connect(user: string): Promise<{ store: Store; lost: () => number }> {
      let lost = 0;
      const store = await openUser(
        user,
        () => crypto.randomUUID(),
        () => void lost++,
      );
      opened.push([store, user]);
      return { store, lost: () => lost };
    }

    embeddingContract(name, connect);

    const isListed = async (user: string): Promise<boolean> =>
      (await indexedDB.databases()).some(({ name }) => [databaseName(user), keyDatabaseName(user)].includes(name!));

    afterEach(async () => {
      for (const [store] of opened) store.close();
      await Promise.all(opened.splice(0).map(([, user]) => deleted(databaseName(user))));
    });

    test('what one appended the other reads, under the same name, after a new start as well', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      const a = act('x');
      const key = await one.store.append({ interactions: [a], items: [record('x')] });
      await one.store.writeValue('sliders', { pace: 1 });
      expect(two.store.logId).toBe(one.store.logId);
      expect(await two.store.readBatches(0)).toEqual([{ key, interactions: [a] }]);
      one.store.close();
      two.store.close();
      const { store, lost } = await connect(user);
      expect(await readAll(store)).toEqual([a.id]);
      expect(await store.readItems()).toEqual([record('x')]);
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
      expect(lost()).toBe(0);
    });

    test('keys grow over both', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      const keys: number[] = [];
      for (const { store } of [one, two, two, one, two])
        keys.push(await store.append({ interactions: [act('x')], items: [] }));
      expect([...keys].sort((a, b) => a - b)).toEqual(keys);
      expect((await one.store.readBatches(0)).map(({ key }) => key)).toEqual(keys);
    });

    test('an erase by one empties the other, which is told once and goes on with the new log', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      await two.store.append({ interactions: [act('x')], items: [record('x')] });
      await one.store.erase();
      expect(await readAll(two.store)).toEqual([]);
      expect(await two.store.readItems()).toEqual([]);
      expect(two.lost()).toBe(1);
      expect(one.lost()).toBe(0);
      const a = act('y');
      await two.store.append({ interactions: [a], items: [record('y')] });
      expect(await readAll(one.store)).toEqual([a.id]);
      expect(two.store.logId).toBe(one.store.logId);
      expect([one.lost(), two.lost()]).toEqual([0, 1]);
    });

    test('one that is lost several times in a row, at its first use too, is made anew, and all is stored once', async () => {
      const { store, lost } = await connect(newUser());
      const { transaction } = IDBDatabase.prototype;
      let losses = 0;
      IDBDatabase.prototype.transaction = function (...args) {
        if (losses-- > 0) this.close(); // as an erase in another tab does: its event is still to come
        return transaction.apply(this, args);
      };
      try {
        const acts = [act('x'), act('y'), act('z')];
        for (const [i, each] of acts.entries()) {
          losses = 1 + i;
          await store.append({ interactions: [each], items: [] });
          losses = 1 + i;
          expect(await readAll(store)).toEqual(acts.slice(0, i + 1).map(({ id }) => id));
        }
        losses = 100;
        await expect(readAll(store)).rejects.toMatchObject({ code: 'storage/unavailable' });
        expect(losses).toBeGreaterThan(80); // it gives up soon
        losses = 0;
        expect(await readAll(store)).toHaveLength(3);
        expect(lost()).toBe(0);
      } finally {
        IDBDatabase.prototype.transaction = transaction;
      }
    });

    test('an append of a tab that has not heard of the erase is refused once, and never becomes readable', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      await two.store.append({ interactions: [act('x')], items: [record('x')] });
      await one.store.erase();
      const asleep = { interactions: [act('secret')], items: [record('secret')] };
      await expect(two.store.append(asleep)).rejects.toMatchObject({ code: 'storage/unavailable' });
      expect(two.lost()).toBe(1);
      for (const { store } of [one, two, await connect(user)]) {
        expect(await readAll(store)).toEqual([]);
        expect(await store.readItems()).toEqual([]);
      }
      const awake = act('y');
      await two.store.append({ interactions: [awake], items: [record('y')] });
      expect(await readAll(one.store)).toEqual([awake.id]);
    });

    test('a batch planted under another log’s name is never read, nor are its items', async () => {
      const user = newUser();
      const { store } = await connect(user);
      const { logId } = store;
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await store.erase();
      const kept = act('y');
      await store.append({ interactions: [kept], items: [record('y')] });
      await planted(databaseName(user), logId);
      for (const each of [store, (await connect(user)).store]) {
        expect(await readAll(each)).toEqual([kept.id]);
        expect(await each.readItems()).toEqual([record('y')]);
        expect(await each.readItems(['secret'])).toEqual([]);
      }
    });

    test('a database deleted under an open store is made anew, and the store is told', async () => {
      const user = newUser();
      const { store, lost } = await connect(user);
      const { logId } = store;
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await deleted(databaseName(user));
      expect(await store.readBatches(0)).toEqual([]);
      expect(lost()).toBe(1);
      expect(store.logId).not.toBe(logId);
      const a = act('y');
      await store.append({ interactions: [a], items: [record('y')] });
      expect(await readAll(store)).toEqual([a.id]);
      expect(lost()).toBe(1);
    });

    test('two tabs that compact and append at once lose nothing and double nothing', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      const added: string[] = [];
      const write = async ({ store }: { store: Store }, rounds: number): Promise<void> => {
        for (let round = 0; round < rounds; round++) {
          const a = act('x');
          await store.append({ interactions: [a], items: [] });
          added.push(a.id);
          if (round % 5 === 4) await store.compact();
        }
      };
      await Promise.all([write(one, 60), write(two, 60)]);
      expect((await readAll(one.store)).sort()).toEqual(added.sort());
      await one.store.compact();
      expect(await two.store.readBatches(0)).toHaveLength(1);
      expect((await readAll(two.store)).sort()).toEqual(added);
    });

    test('an append does not wait for a compaction of its own tab, which gives way and loses nothing', async () => {
      const { store } = await connect(newUser());
      const acts = Array.from({ length: 300 }, () => act('x'));
      for (const each of acts) await store.append({ interactions: [each], items: [] });
      let compacted: number | undefined;
      const compaction = store.compact().then((gone) => (compacted = gone));
      await Promise.resolve(); // it has begun
      const last = act('x');
      await store.append({ interactions: [last], items: [] });
      await compaction;
      expect(compacted).toBeLessThan(299);
      expect(await readAll(store)).toEqual([...acts, last].map(({ id }) => id));
      await store.compact();
      expect(await store.readBatches(0)).toHaveLength(2);
    });

    test('compaction clears what a tab wrote under an erased log’s name', async () => {
      const user = newUser();
      const { store } = await connect(user);
      const { logId } = store;
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await store.erase();
      await store.append({ interactions: [act('y')], items: [record('y')] });
      await planted(databaseName(user), logId);
      expect(await store.compact()).toBe(1);
      expect(await rawCounts(databaseName(user))).toEqual([1, 1]);
    });

    test('a value written by a tab that slept through an erase is never read', async () => {
      const user = newUser();
      const [one, two] = [await connect(user), await connect(user)];
      await two.store.append({ interactions: [act('x')], items: [record('x')] });
      await one.store.erase();
      await two.store.writeValue('sliders', { pace: 1 });
      expect(await two.store.readValue('sliders')).toBeUndefined();
      expect(await one.store.readValue('sliders')).toBeUndefined();
    });

    test('who looks, merges or keeps something while the log is erased makes no new one', async () => {
      const user = newUser();
      const { store, lost } = await connect(user);
      await store.append({ interactions: [act('x')], items: [record('x')] });
      const writing = ['upkeep', 'derived/x'].map((each) => store.writeValue(each, 1));
      const erasing = store.erase();
      const look = (): Promise<unknown>[] => [
        store.readValue('upkeep'),
        store.readBatches(0),
        store.readItems(),
        store.compact(),
      ];
      const looking = look();
      const clock = setInterval(() => looking.push(...look()), 0);
      await erasing;
      clearInterval(clock);
      await Promise.all([...writing, ...looking]);
      expect(await isListed(user)).toBe(false);
      await store.writeValue('sliders', { pace: 1 });
      await store.append({ interactions: [act('y')], items: [record('y')] });
      expect([await store.readValue('sliders'), (await readAll(store)).length, lost()]).toEqual([{ pace: 1 }, 1, 0]);
    });

    test('an erase waits for a connection that is just closing', async () => {
      const user = newUser();
      const { store } = await connect(user);
      const other = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(databaseName(user));
        request.onsuccess = () => resolve(request.result);
      });
      other.onversionchange = () => setTimeout(() => other.close(), 50);
      await store.erase();
      expect(await isListed(user)).toBe(false);
    });

    test('after an erase no database is left, until something is stored again', async () => {
      const user = newUser();
      const { store } = await connect(user);
      const names = async (): Promise<(string | undefined)[]> =>
        (await indexedDB.databases()).map((found) => found.name);
      expect(await names()).toContain(databaseName(user));
      await store.erase();
      expect(await names()).not.toContain(databaseName(user));
    });
  });
}

function deleted(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** Writes, past the store, what a tab that slept through an erase would have written under the old log's name. */
function planted(name: string, logId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(['batches', 'items'], 'readwrite');
      transaction.objectStore('batches').add({ logId, interactions: [act('secret')] });
      transaction.objectStore('items').put({ ...record('secret'), logId });
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

/** How many batches and items lie in the database, readable or not. */
function rawCounts(name: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(['batches', 'items']);
      const counts = ['batches', 'items'].map((place) => transaction.objectStore(place).count());
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(counts.map(({ result }) => result));
      };
    };
  });
}
