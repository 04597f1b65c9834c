import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from 'attune';
import { SOAK } from '../soak.js';
import { act, readAll, record } from './store.js';

/** One thing that happens to a log, and readers that each know how far they have read. */
type Step =
  | { readonly type: 'append'; readonly size: number }
  | { readonly type: 'compact' }
  | { readonly type: 'read'; readonly reader: number; readonly limit: number | undefined }
  | { readonly type: 'remove'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('append' as const), size: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('compact' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('read' as const),
      reader: fc.nat(2),
      limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), which: fc.nat() }) },
);

/** What every store promises of rewriting what it has: compaction, and removing the oldest. */
export function rewritingContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name} rewriting its log`, () => {
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const store = await openStore();
      opened.push(store);
      return store;
    }

    afterEach(async () => {
      for (const store of opened.splice(0)) {
        await store.erase();
        store.close();
      }
    });

    test('whatever readers have read up to, compaction gives them the rest once and nothing twice', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
          const store = await openStore();
          const all: string[] = [];
          const readers = [0, 1, 2].map(() => ({ after: 0, seen: [] as string[], gone: new Set<string>() }));
          for (const each of [
            ...steps,
            ...[0, 1, 2].map((reader) => ({ type: 'read' as const, reader, limit: undefined })),
          ]) {
            if (each.type === 'append') {
              const interactions = Array.from({ length: each.size }, () => act('x'));
              await store.append({ interactions, items: [record('x')] });
              all.push(...interactions.map(({ id }) => id));
            } else if (each.type === 'compact') await store.compact();
            else if (each.type === 'remove' && all.length > 0) {
              const id = all[each.which % all.length]!;
              await store.remove(new Set([id]));
              for (const reader of readers) if (!reader.seen.includes(id)) reader.gone.add(id);
            } else if (each.type === 'read') {
              const reader = readers[each.reader]!;
              const batches = await store.readBatches(reader.after, each.limit);
              reader.seen.push(...batches.flatMap(({ interactions }) => interactions.map(({ id }) => id)));
              reader.after = batches.at(-1)?.key ?? reader.after;
            }
          }
          for (const { seen, gone } of readers) expect(seen).toEqual(all.filter((id) => !gone.has(id)));
          await store.erase();
          store.close();
        }),
        { numRuns: 12 * SOAK },
      );
    });

    test('compaction keeps every interaction as it was, in its order, items and values beside', async () => {
      const store = await open();
      const interactions = Array.from({ length: 600 }, (_, i) => ({ ...act(`item ${i % 7}`), context: { page: i } }));
      for (const each of interactions) await store.append({ interactions: [each], items: [record(each.itemId)] });
      await store.writeValue('sliders', { pace: 1 });
      await store.writeValue('derived/profile', 1);
      await store.compact();
      const batches = await store.readBatches(0);
      expect(batches.flatMap((batch) => batch.interactions)).toEqual(interactions);
      expect(Math.max(...batches.map((batch) => batch.interactions.length))).toBeLessThanOrEqual(256);
      expect(await store.readItems()).toHaveLength(7);
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
      expect(await store.readValue('derived/profile')).toBe(1);
    });

    test('a second compaction finds nothing to do, and appends go on after it', async () => {
      const store = await open();
      for (let i = 0; i < 40; i++) await store.append({ interactions: [act('x')], items: [] });
      await store.compact();
      expect(await store.compact()).toBe(0);
      const last = (await store.readBatches(0)).at(-1)!.key;
      expect(await store.append({ interactions: [act('x')], items: [] })).toBeGreaterThan(last);
      expect(await readAll(store)).toHaveLength(41);
    });

    test('read a few batches at a time it is the same log', async () => {
      const store = await open();
      const interactions = Array.from({ length: 5 }, () => act('x'));
      for (const each of interactions) await store.append({ interactions: [each], items: [] });
      const read: string[] = [];
      for (
        let after = 0, page = await store.readBatches(0, 2);
        page.length > 0;
        page = await store.readBatches(after, 2)
      ) {
        expect(page.length).toBeLessThanOrEqual(2);
        read.push(...page.flatMap((batch) => batch.interactions.map(({ id }) => id)));
        after = page.at(-1)!.key;
      }
      expect(read).toEqual(interactions.map(({ id }) => id));
    });

    test('removes the oldest, at least as many as asked, with their items and every derived value', async () => {
      const store = await open();
      for (const name of ['a', 'b', 'c', 'd']) {
        await store.append({ interactions: [act(name), act(name)], items: [record(name)] });
      }
      await store.writeValue('derived/profile', 1);
      await store.writeValue('sliders', { pace: 1 });
      expect(await store.removeOldest(0)).toBe(0);
      expect(await store.readValue('derived/profile')).toBe(1);
      expect(await store.removeOldest(3)).toBe(4);
      expect((await store.readItems()).map(({ id }) => id)).toEqual(['c', 'd']);
      expect(await readAll(store)).toHaveLength(4);
      expect(await store.readValue('derived/profile')).toBeUndefined();
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
      expect(await store.removeOldest(1000)).toBe(4);
      expect(await store.readItems()).toEqual([]);
    });

    test('drops derived values alone', async () => {
      const store = await open();
      await store.append({ interactions: [act('x')], items: [record('x')] });
      await store.writeValue('derived/profile', 1);
      await store.writeValue('sliders', { pace: 1 });
      await store.dropDerived();
      expect(await store.readValue('derived/profile')).toBeUndefined();
      expect(await store.readValue('sliders')).toEqual({ pace: 1 });
      expect(await readAll(store)).toHaveLength(1);
    });
  });
}
