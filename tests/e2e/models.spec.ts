import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import golden from '../fixtures/tiny-bert/golden.json' with { type: 'json' };
import { type Hub, serveHub } from './hub.js';
import { ARM, type Condition, cosine, CRASH, embed, openPage, type Seen, serveModelPage } from './model-page.js';
import { SOAK } from '../soak.js';
import type { Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** A transformer's files on their way from a hub, and everything that may go wrong with them and with the Worker. */
const FOLDER = 'tests/fixtures/hub';
const WEIGHTS = '/tiny-bert/resolve/main/onnx/model.onnx';
const WEIGHTS_BYTES = statSync(FOLDER + WEIGHTS).size;
const FILES = ['config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'];
const VERSION = 'transformers|tiny-bert|main|fp32|mean|';
const warm = golden.cases.find(({ text }) => text === 'warm')!.mean;
const weights = (): Buffer => readFileSync(FOLDER + WEIGHTS);
const q8 = (id: string): object => ({ id, host: hub.origin, device: 'wasm' });

let site: Site;
let hub: Hub;
test.beforeEach(async () => {
  [site, hub] = await Promise.all([serveModelPage(), serveHub(FOLDER)]);
});
test.afterEach(() => Promise.all([site.close(), hub.close()]));

/** Opens the page with tiny-bert in fp32 on WASM, and embeds one text. */
async function visit(page: Page, more: object = {}, condition?: Condition): Promise<Seen> {
  const model = { ...q8('tiny-bert'), dtype: 'fp32', ...more } as never;
  await openPage(page, site, { model, ...(condition && { condition }) });
  return embed(page);
}

function expectWarm({ embedding, modelVersion, warnings }: Seen): void {
  expect(warnings).toEqual([]);
  expect(modelVersion).toBe(VERSION);
  expect(cosine(embedding, warm)).toBeGreaterThan(0.9999);
}

/** Lite took over, and one warning of each of these beginnings says why. */
function expectLite({ embedding, modelVersion, warnings }: Seen, ...why: RegExp[]): void {
  expect(modelVersion).toMatch(/^lite-/);
  expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  expect(warnings).toEqual(why.map((each) => expect.stringMatching(each)));
  expect(warnings.at(-1)).toContain('Going on with lite');
}

const runtimeRequests = (): string[] => site.requests.filter((path) => path.endsWith('.wasm'));

slowTest('every file is fetched once with its progress, and none again', async ({ page }) => {
  expectWarm(await visit(page));
  const expected = FILES.map((file) => `/tiny-bert/resolve/main/${file}`);
  expect(hub.requests.toSorted()).toEqual(expected);
  expect(runtimeRequests()).toEqual(['/runtime/ort-wasm-simd-threaded.wasm']);
  const progress = await page.evaluate<{ file: string; loadedBytes: number; totalBytes: number }[]>('progress');
  const last = new Map(progress.map((each) => [each.file, each]));
  expect([...last.keys()].toSorted()).toEqual(
    [...expected.map((path) => hub.origin + path), `${site.origin}/runtime/ort-wasm-simd-threaded.wasm`].toSorted(),
  );
  for (const { loadedBytes, totalBytes } of last.values()) expect(loadedBytes).toBe(totalBytes);
  expect(last.get(hub.origin + WEIGHTS)!.totalBytes).toBe(WEIGHTS_BYTES);

  await hub.close(); // offline, as far as models go
  site.overrides.set('/runtime/ort-wasm-simd-threaded.wasm', 404);
  expectWarm(await visit(page));
  expect(runtimeRequests()).toHaveLength(1);
  expect(await page.evaluate('progress')).toEqual([]);
});

test('nothing starts before a text needs it, and without consent nothing is kept', async ({ page }) => {
  const model = { ...q8('tiny-bert'), dtype: 'fp32' } as never;
  await openPage(page, site, { model, consent: 'unknown' });
  expect(await page.evaluate('workers.length'), 'no Worker before a text needs it').toBe(0);
  expect(hub.requests).toEqual([]);
  expectWarm(await embed(page));
  expect(await page.evaluate('workers.length')).toBe(1);
  expect(await page.evaluate('caches.keys()')).toEqual([]);
});

slowTest('after a refusal a Worker that starts again keeps nothing', async ({ page }) => {
  await openPage(page, site, { model: { ...q8('tiny-bert'), dtype: 'fp32' } as never, condition: 'mortal' });
  await embed(page, 'coffee');
  await page.evaluate("attune.data.setConsent('denied')");
  expect(await page.evaluate('caches.keys()')).toEqual([]);
  await page.evaluate(CRASH);
  expectWarm(await embed(page));
  expect(await page.evaluate('workers.length')).toBe(2);
  expect(await page.evaluate('caches.keys()')).toEqual([]);
});

slowTest('a preset by its bare name comes from the site’s own folder, and nowhere else', async ({ page }) => {
  const folder = '/models/Xenova/all-MiniLM-L6-v2';
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx']) {
    site.overrides.set(`${folder}/${file}`, readFileSync(`${FOLDER}/tiny-bert/resolve/main/${file}`));
  }
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(site.origin)) elsewhere.push(request.url());
  });
  await openPage(page, site, { model: 'minilm' });
  const { modelVersion, warnings } = await embed(page);
  expect(warnings).toEqual([]);
  expect(modelVersion).toBe('transformers|Xenova/all-MiniLM-L6-v2|main|q8|mean|');
  expect(elsewhere).toEqual([]);
});

slowTest('weights in a file of their own are fetched too', async ({ page }) => {
  await openPage(page, site, { model: q8('tiny-external') as never });
  const external = await embed(page);
  expect(external.warnings).toEqual([]);
  expect(hub.requests).toContain('/tiny-external/resolve/main/onnx/model_quantized.onnx_data');
  await openPage(page, site, { model: q8('tiny-bert') as never });
  const whole = await embed(page);
  expect(whole.warnings).toEqual([]);
  expect(cosine(external.embedding, whole.embedding)).toBeGreaterThan(0.999999);
});

for (const tenth of SOAK > 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [5]) {
  const afterBytes = Math.floor((WEIGHTS_BYTES * tenth) / 10);

  test(`a download cut once at ${tenth}/10 goes on from there`, async ({ page }) => {
    hub.faults.set(WEIGHTS, { kind: 'cut', afterBytes, times: 1 });
    expectWarm(await visit(page));
    const [, from] = /from (\d+)$/.exec(hub.requests.find((path) => path.startsWith(`${WEIGHTS} from`))!)!;
    expect(Number(from)).toBeGreaterThan(0);
    expect(Number(from)).toBeLessThanOrEqual(afterBytes);
  });

  slowTest(`a download always cut at ${tenth}/10 ends in lite`, async ({ page }) => {
    hub.faults.set(WEIGHTS, { kind: 'cut', afterBytes, times: Infinity });
    expectLite(await visit(page), /^encoder\/unavailable: .*model\.onnx could not be fetched/);
    expect(hub.requests.filter((path) => path.startsWith(WEIGHTS)).length).toBeLessThan(10);
  });
}

slowTest('a download that broke on an earlier visit is whole once the line is', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'cut', afterBytes: WEIGHTS_BYTES / 2, times: Infinity });
  for (let visits = 0; visits < 2; visits++)
    expectLite(await visit(page), /^encoder\/unavailable: .*could not be fetched/);
  hub.faults.clear();
  expectWarm(await visit(page));
});

slowTest('where the hub gives no parts a cut download starts over', async ({ page }) => {
  hub.ranges = false;
  hub.faults.set(WEIGHTS, { kind: 'cut', afterBytes: WEIGHTS_BYTES / 2, times: 2 });
  expectWarm(await visit(page));
});

const changes = {
  changed: () => {
    const changed = weights();
    changed[300_000]! ^= 1; // among the weights
    return changed;
  },
  'become shorter': () => readFileSync(FOLDER + WEIGHTS.replace('model.onnx', 'model_quantized.onnx')),
};
for (const [what, change] of Object.entries(changes)) {
  slowTest(
    `a file that has ${what} before its rest was fetched is fetched whole: two versions are never joined`,
    async ({ page }) => {
      const changed = change();
      hub.faults.set(WEIGHTS, { kind: 'cut', afterBytes: (WEIGHTS_BYTES * 8) / 10, times: 1, changed });
      expect((await visit(page)).modelVersion).toBe(VERSION);
      const kept = await page.evaluate<string>(`(async () => {
      const kept = await (await caches.open('attune-models')).match('${hub.origin}${WEIGHTS}?attune=sha256');
      return kept.text();
    })()`);
      expect(kept).toBe(createHash('sha256').update(changed).digest('hex'));
      expect(hub.requests.filter((path) => path.startsWith(WEIGHTS))).toHaveLength(3);
    },
  );
}

slowTest('a server that is busy for a moment is asked again', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'status', status: 503, times: 2 });
  expectWarm(await visit(page));
});

test('a truncated file is model/corrupt, a reload too, and is fetched anew once it is whole', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'bytes', bytes: weights().subarray(0, WEIGHTS_BYTES / 2) });
  for (let visits = 0; visits < 2; visits++) expectLite(await visit(page), /^model\/corrupt: tiny-bert can't be run/);
  hub.faults.clear();
  expectWarm(await visit(page));
});

test('a file with another hash than the one given is never run', async ({ page }) => {
  const sha256 = { 'onnx/model.onnx': '0'.repeat(64) };
  for (let visits = 0; visits < 2; visits++) {
    expectLite(await visit(page, { sha256 }), /^model\/corrupt: .*model\.onnx is not the expected file \(SHA-256\)/);
  }
  expectWarm(await visit(page));
});

/** Turns one byte of the weights as they are kept. */
const damageKept = `(async () => {
  const cache = await caches.open('attune-models');
  const url = (await cache.keys()).map(({ url }) => url).find((each) => each.endsWith('model.onnx'));
  const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
  bytes[bytes.length - 100] ^= 255;
  await cache.put(url, new Response(bytes));
})()`;

slowTest('a kept file that was damaged is fetched again', async ({ page }) => {
  expectWarm(await visit(page));
  await page.evaluate(damageKept);
  hub.requests.length = 0;
  expectWarm(await visit(page));
  expect(hub.requests).toEqual([WEIGHTS]);
});

slowTest('a file that is another than the one first seen is refused', async ({ page }) => {
  expectWarm(await visit(page));
  await page.evaluate(damageKept);
  const bytes = weights();
  bytes[bytes.length - 101]! ^= 255;
  hub.faults.set(WEIGHTS, { kind: 'bytes', bytes });
  for (let visits = 0; visits < 2; visits++) {
    expectLite(await visit(page), /^model\/corrupt: .*model\.onnx is not the file first seen here/);
  }
  hub.faults.clear();
  expectWarm(await visit(page));
});

for (const file of FILES) {
  slowTest(`a web page instead of ${file} is not believed`, async ({ page }) => {
    hub.faults.set(`/tiny-bert/resolve/main/${file}`, { kind: 'page' });
    for (let visits = 0; visits < 2; visits++) {
      expectLite(await visit(page), /^encoder\/unavailable: .*a web page came instead/);
    }
    hub.faults.clear();
    expectWarm(await visit(page));
  });
}

slowTest('a web page that calls itself something else is not believed', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'bytes', bytes: Buffer.from('\n <!doctype html><title>Log in</title>') });
  expectLite(await visit(page), /^encoder\/unavailable: .*a web page came instead/);
});

test('a model that isn’t there ends in lite at once', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'status', status: 404, times: Infinity });
  expectLite(await visit(page), /^encoder\/unavailable: .*HTTP 404/);
  expect(hub.requests.filter((path) => path === WEIGHTS)).toHaveLength(1);
});

test('refused cache storage costs a download each visit, nothing else', async ({ page }) => {
  for (let visits = 0; visits < 2; visits++) {
    hub.requests.length = 0;
    expectWarm(await visit(page, {}, 'cacheless'));
    expect(hub.requests).toHaveLength(FILES.length);
  }
});

slowTest('a full disk costs a download each visit, nothing else', async ({ page }) => {
  await page.goto(`${site.origin}/page.html`);
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 100_000 });
  for (let visits = 0; visits < 2; visits++) {
    const { embedding, modelVersion } = await visit(page);
    expect(modelVersion).toBe(VERSION);
    expect(cosine(embedding, warm)).toBeGreaterThan(0.9999);
  }
  expect(hub.requests.filter((path) => path === WEIGHTS)).toHaveLength(2);
});

test('a model too large for memory ends in lite, now and after a reload', async ({ page }) => {
  for (let visits = 0; visits < 2; visits++) {
    await openPage(page, site, { model: q8('too-large') as never });
    expectLite(await embed(page), /^encoder\/unavailable: ONNX Runtime failed/);
  }
});

slowTest('a Worker that crashes in the middle of a batch is replaced, and every text is answered', async ({ page }) => {
  for (let visits = 0; visits < 2; visits++) {
    await visit(page, {}, 'mortal');
    await page.evaluate(ARM);
    const { modelVersion, embedding, warnings } = await page.evaluate<Seen>('embedMany(100)');
    expect(warnings).toEqual([]);
    expect(modelVersion).toBe(VERSION);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    expect(await page.evaluate('workers.length')).toBe(2);
  }
});

test('a Worker that crashes while it loads ends in an answer', async ({ page }) => {
  hub.faults.set(WEIGHTS, { kind: 'status', status: 503, times: 2 }); // gives the time to crash it
  const model = { ...q8('tiny-bert'), dtype: 'fp32' } as never;
  await openPage(page, site, { model, condition: 'mortal' });
  const work = page.evaluate<Seen>("embed('warm')");
  await expect.poll(() => hub.requests.includes(WEIGHTS)).toBe(true);
  await page.evaluate(CRASH);
  expectLite(await work, /^encoder\/unavailable: The encoder's Worker did not start/);
});

test('a text that kills every Worker is answered on the page, and a crash loop is not begun again', async ({
  page,
}) => {
  test.slow(); // eight Workers, one after the other
  await visit(page, {}, 'mortal');
  const crashed = /^encoder\/crashed: The encoder's Worker died/;
  expectLite(await embed(page, 'deadly'), crashed, crashed); // the transformer's, then lite's
  const again = `createAttune(options).then(async (other) => {
    const codes = [];
    other.on('warning', ({ code }) => codes.push(code));
    const before = workers.length;
    await other.embed('deadly again');
    const { modelVersion } = await other.embed('warm');
    return { isLite: modelVersion.startsWith('lite-'), codes, workers: workers.length - before };
  })`;
  const told = { isLite: true, codes: ['encoder/crashed', 'encoder/crashed'] };
  expect(await page.evaluate(again)).toEqual({ ...told, workers: 4 }); // each of the two once more, and once again
  expect(await page.evaluate(again)).toEqual({ ...told, workers: 0 });
  expectWarm(await visit(page, {}, 'mortal')); // a new page may
});
