import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { type CDPSession, test } from '@playwright/test';
import { serve } from '../tests/e2e/serve.js';
import { mainThread } from './page.js';

/**
 * Figures of the main job in real Chromium: medians of many runs, main-thread time from the browser's own counters.
 * Run alone (`npm run bench`); machines differ, so each comes with a plain baseline from the same run.
 */
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Seconds the main thread has spent so far, by kind. */
async function spent(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

test('track, rank and rerank', async ({ page, browser }) => {
  console.log(
    `Chromium ${browser.version()}, ${cpus()[0]!.model.trim()}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`,
  );
  const script = `import { createAttune } from '/index.js'; window.createAttune = createAttune; document.documentElement.dataset.ready = 'yes';`;
  const site = await serve('dist', {
    '/bench.html': '<!doctype html><title>Bench</title><script type="module" src="/bench.js"></script>',
    '/bench.js': script,
  });
  await page.goto(`${site.origin}/bench.html`);
  await page.waitForSelector('html[data-ready]');
  const catalog = JSON.parse(readFileSync('demo/catalog.json', 'utf8')) as {
    id: string;
    title: string;
    summary: string;
  }[];
  const items = Array.from({ length: 1000 }, (_, i) => {
    const { title, summary } = catalog[i % catalog.length]!;
    return { id: `item-${i}`, title: `${title} ${i}`, summary };
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');

  const first = await page.evaluate(async (all) => {
    const sliders = ['pace', 'mood', 'cost', 'place', 'depth'].map((id) => ({
      id,
      low: `${id} calm`,
      high: `${id} wild`,
    }));
    const began = performance.now();
    const attune = await (window as never as { createAttune: (options: object) => Promise<never> }).createAttune({
      consent: 'granted',
      assetBase: '/',
      sliders,
      maxWaitMs: 60_000,
    });
    const opened = performance.now();
    Object.assign(window, { attune, all });
    await (attune as { embed(text: string): Promise<unknown> }).embed('a quiet evening at home');
    return { open: opened - began, embed: performance.now() - opened };
  }, items);
  console.log(
    `open ${first.open.toFixed(0)} ms wall; first embedding, model downloaded and parsed: ${first.embed.toFixed(0)} ms wall`,
  );

  await page.evaluate(`(async () => {
    await attune.rank(all);
    for (const item of all.slice(0, 40)) attune.track('save', item);
    await attune.flush();
    window.rankOften = async (runs) => {
      const times = [];
      for (let run = 0; run < runs; run++) {
        const began = performance.now();
        const ranking = await attune.rank(all, { limit: 20 });
        times.push(performance.now() - began);
        if (ranking.length !== 20 || !ranking.every(({ terms }) => terms.length >= 7)) throw new Error('not explained');
      }
      return times;
    };
    await rankOften(20);
  })()`);
  const cpuMs = await mainThread(page);
  const beforeRank = await cpuMs();
  const rank = await page.evaluate<number[]>('rankOften(60)');
  const rankCpu = ((await cpuMs()) - beforeRank) / rank.length;
  console.log(
    `rank, 1,000 plain objects, limit 20, each with its seven terms: ${rankCpu.toFixed(2)} ms of main-thread CPU; wall median ${median(rank).toFixed(2)} ms, at best ${Math.min(...rank).toFixed(2)} ms`,
  );

  const rerank = await page.evaluate<number[]>(`(async () => {
    let ranking = await attune.rank(all);
    const times = [];
    for (let run = 0; run < 60; run++) {
      const began = performance.now();
      attune.setSlider('pace', Math.sin(run));
      ranking = attune.rerank(ranking);
      times.push(performance.now() - began);
    }
    return times;
  })()`);
  console.log(`setSlider + rerank, all 1,000 places with their terms: median ${median(rerank).toFixed(2)} ms`);

  const stream = 10_000;
  for (const [name, body] of [
    ['baseline: push to an array', 'kept.push({ kind: "view", item: all[i % 1000].id, at: Date.now() })'],
    ['track', 'attune.track("view", all[i % 1000])'],
  ] as const) {
    const before = await spent(session);
    const chunks = await page.evaluate<number[]>(`(async () => {
      const kept = [];
      const times = [];
      for (let i = 0; i < ${stream};) {
        const began = performance.now();
        for (let end = i + 100; i < end; i++) ${body};
        times.push(((performance.now() - began) * 1000) / 100);
        await new Promise((resolve) => setTimeout(resolve));
      }
      await attune.flush();
      return times;
    })()`);
    const after = await spent(session);
    const cpu = ((after['TaskDuration']! - before['TaskDuration']!) * 1e6) / stream;
    const sorted = chunks.sort((a, b) => a - b);
    console.log(
      `${name}, ${stream} in a stream: sync median ${median(chunks).toFixed(1)} µs, p95 ${sorted[Math.floor(sorted.length * 0.95)]!.toFixed(1)} µs (means of 100), main thread in all ${cpu.toFixed(1)} µs each`,
    );
  }
  await site.close();
});

test('lite: CPU until the first embedding, and texts a second', async () => {
  const { liteEncoder } = (await import(pathToFileURL(resolve('dist/core.js')).href)) as typeof import('attune/core');
  const bytes = readFileSync('dist/models/lite/lite.attune');
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const before = process.cpuUsage();
  const encoder = liteEncoder(buffer);
  await encoder.encode(['a quiet evening at home']);
  const { user, system } = process.cpuUsage(before);
  console.log(`lite: ${((user + system) / 1000).toFixed(0)} ms CPU from bytes to first embedding`);
  const texts = Array.from({ length: 20_000 }, (_, i) => `a short text about walking, music and food number ${i}`);
  const start = process.cpuUsage();
  await encoder.encode(texts);
  const used = process.cpuUsage(start);
  console.log(`lite: ${Math.round(texts.length / ((used.user + used.system) / 1e6))} short texts per CPU second`);
});
