import { expect, type Page } from '@playwright/test';
import type { Site } from './serve.js';

/** Four tabs of one person act at once, closing and freezing at random: one log, one profile, no leader. */
const TABS = 4;
const TOTAL = 10_000;
const SEED = 20_261_122;

const script = `
import { createAttune } from '/index.js';
const attune = await createAttune({ consent: 'granted', assetBase: '/', text: (item) => item.text });
await attune.flush();
const words = ['piano', 'mountain', 'harbour', 'garden', 'engine', 'soup', 'winter', 'theatre'];
const kinds = ['view', 'save', 'click', 'hide'];
let turn = Math.floor(Math.random() * 1000);
window.attune = attune;
/** Tracks as many interactions in one task, and gives their ids. */
window.act = (count) => Array.from({ length: count }, () => {
  const word = words[turn % 8] + ' ' + words[Math.floor(turn / 8) % 8];
  return attune.track(kinds[turn++ % 4], { id: word, text: 'a ' + word });
});
window.burst = async (count) => {
  const ids = [];
  for (; count > 0; count -= 20) {
    ids.push(...act(Math.min(count, 20)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return ids;
};
/** Counts on, without being asked, when the profile is whole. */
window.reached = (count) => new Promise((resolve) => {
  const look = () => attune.profile().interactionCount === count && resolve(Date.now());
  attune.on('profile', look);
  look();
});
document.documentElement.dataset.ready = 'yes';
`;

/** What the tabs are served, beside the built package. */
export const tabFiles: Readonly<Record<string, string>> = {
  '/tab.html': '<!doctype html><title>A tab</title><script type="module" src="/tab.js"></script>',
  '/tab.js': script,
};

/** One tab of a browser, however that is driven. */
export interface Tab {
  /** Loads the page, and resolves when it has `data-ready`. */
  load(url: string): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  /** Closes it as a person does. */
  close(): Promise<void>;
  /** Stops it as a browser does that wants its memory, or lets it go on; where that can't be asked for it is closed instead. */
  setFrozen?(frozen: boolean): Promise<void>;
}

/** A tab that Playwright drives. */
export function tabOf(page: Page): Tab {
  return {
    async load(url) {
      await page.goto(url);
      await page.waitForSelector('html[data-ready]');
    },
    evaluate: (expression) => page.evaluate(expression),
    async close() {
      const gone = page.waitForEvent('close');
      await page.close({ runBeforeUnload: true });
      await gone;
    },
  };
}

/** What was seen of the tabs. */
export interface Lived {
  /** Ids that `track` gave, and those that the log has at the end. */
  readonly tracked: string[];
  readonly stored: string[];
  /** Each tab's profile embedding. */
  readonly profiles: number[][];
  /** How often a tab was closed, and frozen or thawed. */
  readonly closed: number;
  readonly frozen: number;
  /** From the last interaction's being stored to the last tab's having the whole profile, ms. */
  readonly lateMs: number;
}

/** Uniform in [0, 1), the same every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Lets four tabs live through `TOTAL` interactions; `round` chooses when which of them closes or freezes. */
export async function liveInFourTabs(site: Site, newTab: () => Promise<Tab>, round: number): Promise<Lived> {
  const random = chance(SEED + round);
  const tracked: string[] = [];
  const frozen = new Set<Tab>();
  const counted = { closed: 0, frozen: 0 };

  async function openTab(): Promise<Tab> {
    const tab = await newTab();
    await tab.load(`${site.origin}/tab.html`);
    return tab;
  }
  async function setFrozen(tab: Tab, stop: boolean): Promise<void> {
    if (tab.setFrozen === undefined || frozen.has(tab) === stop) return;
    if (stop) frozen.add(tab);
    else frozen.delete(tab);
    await tab.setFrozen(stop);
  }

  const tabs: Tab[] = [];
  while (tabs.length < TABS) tabs.push(await openTab());
  for (let asked = 0; asked < TOTAL - 1;) {
    const awake = tabs.filter((tab) => !frozen.has(tab));
    const bursts: Promise<string[]>[] = [];
    for (const tab of awake) {
      const count = Math.min(20 + Math.floor(random() * 180), TOTAL - 1 - asked);
      asked += count;
      bursts.push(tab.evaluate(`burst(${count})`));
    }
    tracked.push(...(await Promise.all(bursts)).flat()); // not flushed: half a second's worth is still to be written
    const chosen = Math.floor(random() * TABS);
    const what = random();
    if (what < 0.2 || (what < 0.6 && tabs[chosen]!.setFrozen === undefined)) {
      await setFrozen(tabs[chosen]!, false);
      await tabs[chosen]!.close();
      tabs[chosen] = await openTab();
      counted.closed++;
    } else if (what < 0.6) {
      await setFrozen(tabs[chosen]!, !frozen.has(tabs[chosen]!) && awake.length > 1);
      counted.frozen++;
    }
  }
  for (const tab of tabs) await setFrozen(tab, false);
  const acting = tabs[Math.floor(random() * TABS)]!;
  tracked.push(...(await acting.evaluate<string[]>('act(1)')));
  const arrivals = tabs.map((tab) => tab.evaluate<number>(`reached(${TOTAL})`));
  const acknowledged = await acting.evaluate<number>('attune.flush().then(() => Date.now())');
  const lateMs = Math.max(...(await Promise.all(arrivals)).map((at) => at - acknowledged));
  const stored = await acting.evaluate<string[]>(
    'attune.data.export().then(({ interactions }) => interactions.map(({ id }) => id))',
  );
  const profiles = await Promise.all(tabs.map((tab) => tab.evaluate<number[]>('[...attune.profile().embedding]')));
  return { tracked, stored, profiles, ...counted, lateMs };
}

/** Every interaction is stored once, and all tabs have the same profile, which points somewhere. */
export function expectOneLog({ tracked, stored, profiles }: Lived): void {
  expect(tracked).toHaveLength(TOTAL);
  expect(stored).toHaveLength(TOTAL);
  expect(stored.sort()).toEqual(tracked.sort());
  expect(profiles[0]!.some((x) => x !== 0)).toBe(true);
  for (const profile of profiles) {
    for (const [j, x] of profile.entries()) expect(Math.abs(x - profiles[0]![j]!)).toBeLessThan(1e-6);
  }
}
