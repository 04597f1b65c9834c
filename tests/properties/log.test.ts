import 'fake-indexeddb/auto';
import * as fc from 'fast-check';
import { memoryStore } from 'attune/core';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { emptyProfile, readProfile, updateProfile } from '../../src/domain/profile.js';
import type { Log } from '../../src/sdk/log.js';
import { readSnapshot, snapshotName } from '../../src/sdk/snapshot.js';
import { DAY, HOUR, oneHot, WORDS } from '../one-hot.js';
import { SOAK } from '../soak.js';
import { MODEL, RULES, Tab, World } from '../tab-world.js';

/**
 * Several tabs live at random on one log: whatever they did, and whichever notes they slept through, each ends with
 * the profile that the stored log gives from scratch, and so does one that starts from the snapshot they left.
 */
type Act =
  | { readonly do: 'track'; readonly kind: string; readonly word: string; readonly aheadMs: number }
  | { readonly do: 'flush' | 'sync' | 'snapshot' | 'hear' | 'sleep' | 'reopen' | 'kill' | 'erase' }
  | { readonly do: 'forget'; readonly which: number }
  | { readonly do: 'clock'; readonly byMs: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('track' as const),
      kind: fc.constantFrom('save', 'view', 'hide', 'juggle'),
      word: fc.constantFrom(...WORDS, 'jazz calm', 'qwertz'),
      aheadMs: fc.constantFrom(0, 0, 0, 0, -DAY, HOUR),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('flush', 'sync', 'snapshot', 'snapshot', 'hear', 'hear', 'sleep', 'reopen', 'kill' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('clock' as const), byMs: fc.constantFrom(HOUR, 3 * DAY, -2 * HOUR, -DAY) }),
  },
);
const life = fc.array(fc.record({ tab: fc.nat(2), act, waits: fc.boolean() }), { minLength: 5, maxLength: 60 });

async function perform(world: World, tab: Tab, given: Act): Promise<void> {
  const { learner, log } = tab;
  if (given.do === 'track') world.track(tab, given.kind, given.word, given.aheadMs);
  else if (given.do === 'flush') await log.flush();
  else if (given.do === 'sync') await learner.sync();
  else if (given.do === 'snapshot') await learner.saveSnapshot();
  else if (given.do === 'hear') await world.hear(tab);
  else if (given.do === 'sleep') tab.inbox = [];
  else if (given.do === 'clock') world.time += given.byMs;
  else if (given.do === 'forget') {
    const id = world.tracked[given.which % Math.max(1, world.tracked.length)];
    if (id === undefined || (await log.remove(new Set([id]))) === 0) return;
    world.tell(tab, 'changed');
    await learner.replay();
  } else if (given.do === 'erase') {
    await log.erase();
    learner.reset();
    world.tell(tab, 'erased');
  } else {
    await Promise.all(world.works.splice(0));
    if (given.do === 'reopen') await learner.saveSnapshot();
    await log.close();
    await world.start(tab);
  }
}

function numbersOf(vectors: ReturnType<typeof readProfile> | undefined): number[] {
  if (vectors === undefined) return [0];
  const { long, session, negative, evidence, interactionCount, newestAt } = vectors;
  if (interactionCount === 0) return [0];
  const tastes = [long, session, negative].flatMap(({ sum, direction }) => [sum.total, ...sum.sum, ...direction]);
  return [interactionCount, newestAt, evidence, ...tastes];
}

async function fromScratch(log: Log, now: number): Promise<number[]> {
  const interactions = (await log.read(0)).flatMap((batch) => batch.interactions);
  expect(new Set(interactions.map(({ id }) => id)).size).toBe(interactions.length);
  const entries = interactions.map((interaction) => ({ interaction, embedding: oneHot(interaction.itemId) }));
  const state = updateProfile(emptyProfile(MODEL, WORDS.length, RULES), entries, RULES, now);
  return numbersOf(readProfile(state, RULES, now));
}

let worlds = 0;
let open: World | undefined;
afterEach(async () => {
  for (const { log } of open?.tabs ?? []) await log.close();
  open = undefined;
});

describe.each([
  ['IndexedDB', () => undefined],
  ['memory', memoryStore],
])('tabs on one log in %s', (_, makeStore) => {
  test('each have the profile a replay gives, whatever happened, and leave a snapshot that gives it too', async () => {
    let fromSnapshots = 0;
    await fc.assert(
      fc.asyncProperty(life, async (events) => {
        const world = new World(`fuzz-${worlds++}`, makeStore());
        open = world;
        for (let i = 0; i < 3; i++) world.tabs.push(await world.start(new Tab()));
        for (const { tab, act: given, waits } of events) {
          const work = perform(world, world.tabs[tab]!, given);
          world.works.push(work);
          if (waits || given.do === 'kill' || given.do === 'reopen') await work;
        }
        await Promise.all(world.works);
        world.time = Math.max(world.time, ...world.tabs.map(({ latest }) => latest));
        for (const { log } of world.tabs) await log.flush();
        for (const { learner } of world.tabs) {
          await learner.sync();
          await learner.settled();
        }
        const expected = await fromScratch(world.tabs[0]!.log, world.time);
        for (const tab of world.tabs) {
          tab.latest = world.time;
          expect(numbersOf(tab.learner.vectors())).toBeAllclose(expected, { rtol: 1e-9, atol: 1e-12 });
        }
        const name = snapshotName(MODEL, RULES);
        const { log } = world.tabs[0]!;
        if (readSnapshot(await log.value(name), await log.epoch(), world.time) !== undefined) fromSnapshots++;
        const late = await world.start(new Tab());
        world.tabs.push(late);
        expect(numbersOf(late.learner.vectors())).toBeAllclose(expected, { rtol: 1e-9, atol: 1e-12 });
        expect(world.failures).toEqual([]);
        for (const each of world.tabs.splice(0)) await each.log.close();
      }),
      { numRuns: 100 * SOAK },
    );
    expect(fromSnapshots).toBeGreaterThan(0); // else the last start proves nothing
  });
});
