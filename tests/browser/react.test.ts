import { createElement, type ReactNode, StrictMode } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { Attune, Catalogue, Profile, Store } from 'attune';
import { memoryStore } from 'attune/core';
import {
  AttuneProvider,
  useAttune,
  useProfile,
  type UsedRanking,
  type UsedSliders,
  useRanking,
  type UseRankingOptions,
  useSliders,
} from 'attune/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { oneHotEncoder, openSongs, type Song, SONGS, START } from '../one-hot.js';

const SLIDERS = [{ id: 'mood', low: 'calm', high: 'wild' }] as const;
const GIVEN = SONGS.map(({ id }) => id);
/** For a page that has just one list: as its component last saw it. */
let list: UsedRanking<Song>;
let sliders: UsedSliders;
let profile: Profile | undefined;
let attune: Attune<Song> | undefined;
let renders = 0;
let host: HTMLElement;
let root: Root | undefined;
let told: ReturnType<typeof vi.spyOn>;

/** Everything inline, as people write it: new items, new options and new functions with every render. */
interface ListProps extends UseRankingOptions<Song> {
  readonly ids?: readonly string[];
  readonly catalogue?: Catalogue<Song>;
}

function List({ ids = GIVEN, catalogue, ...options }: ListProps): ReactNode {
  renders++;
  attune = useAttune<Song>();
  sliders = useSliders();
  profile = useProfile();
  list = useRanking(catalogue ?? ids.map((id) => ({ id, title: id })), { boosts: { none: () => 0 }, ...options });
  return createElement('ol', {}, ...list.items.map(({ id }) => createElement('li', { key: id }, id)));
}

const page = (given: Attune<Song> | undefined, props: ListProps = {}): ReactNode =>
  createElement(AttuneProvider<Song>, given === undefined ? {} : { attune: given }, createElement(List, props));
const seen = (): string[] => [...host.querySelectorAll('li')].map(({ textContent }) => textContent ?? '');
/** A machine may be busy. */
const until = <V>(read: () => V): ReturnType<typeof expect.poll<V>> => expect.poll(read, { timeout: 20_000 });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** An Attune of someone who likes the sea and folk. */
async function open(): Promise<Attune<Song>> {
  const opened = await openSongs({ sliders: SLIDERS });
  for (const id of ['sea', 'folk']) opened.track('save', { id, title: id });
  await opened.flush();
  return opened;
}

function mount(tree: ReactNode): void {
  root = createRoot(host);
  root.render(tree);
}

beforeEach(() => {
  renders = 0;
  attune = undefined;
  host = document.body.appendChild(document.createElement('div'));
  told = vi.spyOn(console, 'error');
});
afterEach(async () => {
  root?.unmount();
  host.remove();
  await settled();
  expect(told.mock.calls).toEqual([]);
  vi.restoreAllMocks();
});

test('a server renders the given order, and the page comes alive without a mismatch, in that order', async () => {
  const opened = await open();
  host.innerHTML = renderToString(page(undefined, { limit: 5 }));
  expect(seen()).toEqual(GIVEN.slice(0, 5));
  const before = host.firstChild;
  root = hydrateRoot(host, page(opened, { limit: 5 }));
  await until(() => list.waiting).toBe(true);
  expect(host.firstChild).toBe(before);
  expect(seen()).toEqual(GIVEN.slice(0, 5));
  expect(list.ranking).toBeUndefined();
  await list.refresh();
  await until(() => seen().slice(0, 2).sort()).toEqual(['folk', 'sea']);
  expect(list).toMatchObject({ waiting: false, partial: false, error: undefined });
  expect(list.ranking![0]!.terms.length).toBeGreaterThan(0);
  expect(renders).toBeLessThan(12); // nothing written inline makes it go round
});

test('a list that shows nothing first shows its first ranking, and what is learned then only waits', async () => {
  const opened = await open();
  expect(renderToString(page(undefined, { first: 'ranked' }))).toBe('<ol></ol>');
  mount(page(opened, { first: 'ranked' }));
  await until(() => seen().length).toBe(GIVEN.length);
  const first = seen();
  expect(first.slice(0, 2).sort()).toEqual(['folk', 'sea']);
  for (let i = 0; i < 5; i++) opened.track('save', { id: 'rock', title: 'rock' });
  await opened.flush();
  await until(() => list.waiting).toBe(true);
  expect(seen()).toEqual(first);
  await list.refresh();
  await until(() => seen()[0]).toBe('rock');
  expect(profile?.interactionCount).toBe(7);
});

test('a slider and "less like this" move what is shown within the task', async () => {
  const opened = await open();
  mount(page(opened, { first: 'ranked' }));
  await until(() => seen().length).toBe(GIVEN.length);
  const [before, ranking] = [seen(), list.ranking!];
  sliders.set('mood', -1);
  await new Promise<void>(queueMicrotask);
  expect(seen()).toEqual(opened.rerank(ranking).map(({ id }) => id));
  expect(seen()).not.toEqual(before);
  expect(sliders.sliders[0]).toMatchObject({ id: 'mood', override: -1 });
  sliders.set('mood', null);
  await new Promise<void>(queueMicrotask);
  expect(seen()).toEqual(before);
  const id = list.lessLike({ id: 'sea', title: 'sea' });
  await new Promise<void>(queueMicrotask);
  expect(seen()).not.toContain('sea');
  await opened.data.forget(id);
  list.rerank();
  await until(() => seen()).toContain('sea');
});

test('switching personalization off gives the neutral order at once', async () => {
  const opened = await open();
  mount(page(opened, { first: 'ranked' }));
  await until(() => seen().length).toBe(GIVEN.length);
  expect(seen()).not.toEqual(GIVEN);
  await opened.data.setPrivacy('off');
  await until(() => seen()).toEqual(GIVEN);
});

test('items that come, go or change keep the others in place; a larger limit brings the next page', async () => {
  const opened = await open();
  const show = (ids: readonly string[], limit: number): void =>
    root!.render(page(opened, { ids, limit, first: 'ranked' }));
  root = createRoot(host);
  show(GIVEN, 3);
  await until(() => seen().length).toBe(3);
  const first = seen();
  show(GIVEN, 6);
  await until(() => seen().length).toBe(6);
  expect(seen().slice(0, 3)).toEqual(first);
  const page2 = seen();
  show(
    GIVEN.filter((id) => id !== first[0]),
    6,
  );
  await until(() => seen().includes(first[0]!)).toBe(false);
  await until(() => seen().length).toBe(6); // the free place is filled, and all others stay
  expect(seen().slice(0, 5)).toEqual(page2.slice(1));
  show(['city', 'snow'], 6);
  await until(() => seen().sort()).toEqual(['city', 'snow']);
});

test('a catalogue is ranked like a list, and another one is another list', async () => {
  const opened = await open();
  const [all, few] = await Promise.all(
    [SONGS, SONGS.slice(0, 3)].map(async (songs, i) => {
      const catalogue = await opened.openCatalogue(undefined, { name: `react ${i}` });
      await catalogue.add(songs);
      return catalogue;
    }),
  );
  mount(page(opened, { catalogue: all! }));
  await until(() => seen().length).toBe(GIVEN.length);
  expect(seen().slice(0, 2).sort()).toEqual(['folk', 'sea']);
  root!.render(page(opened, { catalogue: few! }));
  await until(() => seen().sort()).toEqual(GIVEN.slice(0, 3).sort());
  await opened.data.erase();
});

test('strict mode opens one Attune by inline options, and the end of the tree closes it', async () => {
  const kept = memoryStore();
  let closed = 0;
  const store: Store = new Proxy(kept, {
    get: (target, name) =>
      name === 'close'
        ? () => {
            closed++;
            return target.close();
          }
        : Reflect.get(target, name),
  });
  const tree = (): ReactNode =>
    createElement(
      StrictMode,
      {},
      createElement(
        AttuneProvider<Song>,
        { options: { consent: 'granted', store, encoder: oneHotEncoder(), now: () => START } },
        createElement(List),
      ),
    );
  mount(tree());
  await until(() => attune).toBeDefined();
  const opened = attune!;
  root!.render(tree());
  await settled();
  expect(attune).toBe(opened);
  expect(closed).toBe(0);
  root!.unmount();
  root = undefined;
  await until(() => closed).toBe(1);
  expect(() => opened.track('save', 'x')).toThrow(/closed/);
});

test('options that make no sense are told, and the list stands as given', async () => {
  const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined);
  mount(createElement(AttuneProvider<Song>, { options: { maxWaitMs: -1 } }, createElement(List, { first: 'ranked' })));
  await until(() => seen()).toEqual(GIVEN);
  expect(list.error).toMatchObject({ code: 'input/invalid' });
  expect(reported).toHaveBeenCalledTimes(1);
  expect(attune).toBeUndefined();
});
