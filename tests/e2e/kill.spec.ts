import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.mjs';
import { SOAK } from '../soak.js';
import { serve, type Site } from './serve.js';

/**
 * A Chromium of our own with its profile on disk, killed with all its processes while a page streams interactions.
 * What the page was told is durable, and what it did longer ago than a second, has to be there at the next start.
 */
const KILLS = SOAK > 1 ? 10 : 6;
const SEED = 20_261_122;

/**
 * What LevelDB notes where a database was and its files are gone: Chromium removes one it takes for damaged, which
 * happens about once in 60 kills, and no page can do so. That is counted, and not taken for a loss of ours.
 */
const THROWN_AWAY = 'since it was missing';

const script = `
import { createAttune } from '/index.js';
const attune = await createAttune({ consent: 'granted', model: 'lexical', assetBase: '/', text: (item) => item.text });
// A disk that takes long to answer just after a kill is in force a moment later.
while (attune.data.storage !== 'indexed-db') await new Promise((resolve) => setTimeout(resolve, 100));
await attune.flush(); // the profile has taken in what lies on disk
const words = ['piano', 'mountain', 'harbour', 'garden', 'engine', 'soup', 'winter', 'theatre'];
const kinds = ['view', 'save', 'click', 'hide', 'dislike'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];
window.attune = attune;
window.stream = () => {
  let sinceFlush = [];
  setInterval(() => {
    for (let n = Math.floor(Math.random() * 4); n > 0; n--) {
      const id = pick(words) + Math.floor(Math.random() * 40);
      const made = attune.track(pick(kinds), { id, text: 'a ' + id.replace(/\\d+/, ' and a number ') });
      tracked(made, Date.now());
      sinceFlush.push(made);
    }
    if (Math.random() < 0.02) {
      const asked = sinceFlush;
      sinceFlush = [];
      attune.flush().then(() => flushed(asked));
    }
  }, 5);
};
window.compare = async () => {
  const stored = await attune.data.export();
  const replay = await createAttune({ user: 'replay', model: 'lexical', assetBase: '/', text: (item) => item.text });
  await replay.data.import(stored);
  const read = ({ embedding, interactionCount, lastUpdated, evidence }) =>
    ({ embedding: [...embedding], interactionCount, lastUpdated, evidence });
  const both = { ids: stored.interactions.map(({ id }) => id), kept: read(attune.profile()), replayed: read(replay.profile()) };
  await replay.close();
  return both;
};
document.documentElement.dataset.ready = 'yes';
`;

interface Compared {
  ids: string[];
  kept: Reading;
  replayed: Reading;
}
interface Reading {
  embedding: number[];
  interactionCount: number;
  lastUpdated: number | null;
  evidence: number;
}

/** What lies in the database and what the browser noted of it, for when something is missing. */
async function evidence(page: Page): Promise<string> {
  const rows = await page.evaluate(`new Promise((resolve) => {
    indexedDB.open('attune/default').onsuccess = ({ target: { result: db } }) => {
      const stores = db.transaction(['batches', 'values']);
      const found = { layout: db.version, storage: attune.data.storage };
      stores.objectStore('batches').getAll().onsuccess = ({ target: { result } }) => {
        found.batches = result.length;
        found.logs = [...new Set(result.map(({ logId }) => logId))];
      };
      stores.objectStore('values').get('logId').onsuccess = ({ target: { result } }) => (found.logId = result);
      stores.oncomplete = () => resolve(JSON.stringify(found));
    };
  })`);
  const folder = join(profile, 'Default/IndexedDB');
  const logs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /LOG(\.old)?$/.test(file));
  return [rows, ...logs.map((file) => `${file}:\n${readFileSync(join(folder, file), 'utf8')}`)].join('\n');
}

/** Uniform in [0, 1), the same every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** A browser on `profile`, in a process group of its own. */
async function launch(profile: string): Promise<{ browser: Browser; process: ChildProcess }> {
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const flags = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-default-browser-check'];
  const process = spawn(findChromium()!, [...chromiumArgs, ...flags, 'about:blank'], {
    detached: true,
    stdio: 'ignore',
  });
  await expect
    .poll(() => existsSync(portFile) && readFileSync(portFile, 'utf8').includes('/'), {
      timeout: 30_000,
      intervals: [50],
    })
    .toBe(true);
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  return { browser: await chromium.connectOverCDP(`http://127.0.0.1:${port}`), process };
}

async function kill(browser: Browser, child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const disconnected = new Promise((resolve) => browser.once('disconnected', resolve));
  process.kill(-child.pid!, 'SIGKILL');
  await Promise.all([gone, disconnected]);
}

let site: Site;
let profile: string;
let running: ChildProcess | undefined;
test.beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'attune-kill-'));
  site = await serve('dist', {
    '/kill.html': '<!doctype html><title>Stream</title><script type="module" src="/kill.js"></script>',
    '/kill.js': script,
  });
});
test.afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) process.kill(-running.pid!, 'SIGKILL');
  await site.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

for (let life = 0; life < SOAK; life++) {
  const name = `a killed browser loses nothing flushed, nothing older than a second, and doubles nothing (${life})`;
  test(name, () => streamAndKill(SEED + life));
}

/** One log, from its first interaction on, through so many kills. */
async function streamAndKill(seed: number): Promise<void> {
  test.setTimeout(180_000);
  const random = chance(seed);
  /** When each interaction was tracked, on the page's clock, which is this machine's. */
  const tracked = new Map<string, number>();
  const flushed = new Set<string>();
  const mustBeThere = new Set<string>();
  let lostOfLastSecond = 0;
  let thrownAway = 0;
  for (let round = 0; round <= KILLS; round++) {
    const { browser, process: child } = await launch(profile);
    running = child;
    const page: Page = await browser.contexts()[0]!.newPage();
    await page.exposeFunction('tracked', (id: string, at: number) => void tracked.set(id, at));
    await page.exposeFunction('flushed', (ids: string[]) => ids.forEach((id) => flushed.add(id)));
    await page.goto(`${site.origin}/kill.html`);
    await page.waitForSelector('html[data-ready]');
    const { ids, kept, replayed } = await page.evaluate<Compared>('compare()');
    expect(new Set(ids).size, 'no id twice').toBe(ids.length);
    const there = new Set(ids);
    const lost = [...mustBeThere].filter((id) => !there.has(id)).length;
    const found = lost > 0 ? await evidence(page) : '';
    if (found.includes(THROWN_AWAY)) {
      console.log(`kill ${round}: Chromium threw its database away, with ${mustBeThere.size} interactions`);
      expect(++thrownAway).toBeLessThanOrEqual(1);
      for (const each of [mustBeThere, flushed, tracked]) each.clear();
    } else expect(lost, `lost in kill ${round}, of ${mustBeThere.size}: ${found}`).toBe(0);
    lostOfLastSecond += [...tracked.keys()].filter((id) => !there.has(id)).length;
    expect(kept.interactionCount).toBe(ids.length);
    expect(replayed.interactionCount).toBe(ids.length);
    expect(kept.lastUpdated).toBe(replayed.lastUpdated);
    expect(Math.abs(kept.evidence / replayed.evidence - 1) || 0).toBeLessThan(1e-6);
    expect(kept.embedding.length).toBe(replayed.embedding.length);
    for (const [j, x] of kept.embedding.entries()) expect(Math.abs(x - replayed.embedding[j]!)).toBeLessThan(1e-6);
    tracked.clear(); // those that may be lost may be lost for good
    for (const id of ids) mustBeThere.add(id);
    if (round === KILLS) {
      if (thrownAway === 0) expect(ids.length).toBeGreaterThan(KILLS * 50); // else nothing was at stake
      console.log(`${ids.length} kept, ${lostOfLastSecond} lost within their first second, in ${KILLS} kills`);
    } else {
      await page.evaluate('stream()');
      await new Promise((resolve) => setTimeout(resolve, 300 + random() * 2000)); // the random moment itself
    }
    const killedAt = Date.now();
    await kill(browser, child);
    for (const [id, at] of tracked) if (at < killedAt - 1000) mustBeThere.add(id);
    for (const id of flushed) mustBeThere.add(id);
  }
}
