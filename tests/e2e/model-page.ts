import type { Page } from '@playwright/test';
import type { AttuneOptions } from 'attune';
import { serve, type Site } from './serve.js';

/** What a page saw of its encoder. */
export interface Seen {
  readonly modelVersion: string;
  readonly embedding: readonly number[];
  /** `code: message` of every warning so far. */
  readonly warnings: readonly string[];
}

/** A page with the built package, its options in the address, and hands on its Workers. */
const script = `
const Native = Worker;
window.workers = [];
window.Worker = class extends Native { constructor(...given) { super(...given); workers.push(this); } };
const { createAttune } = await import('/index.js');
window.createAttune = createAttune;
const { condition, ...options } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const warnings = [];
window.progress = [];
window.options = {
  consent: 'granted', assetBase: '/', ...options,
  ...(condition && { worker: () => new Worker('/' + condition + '-worker.js', { type: 'module' }) }),
};
window.attune = await createAttune(window.options);
attune.on('warning', ({ code, message }) => warnings.push(code + ': ' + message));
attune.on('progress', (each) => progress.push(each));
window.embed = async (text) => {
  const { embedding, modelVersion } = await attune.embed(text);
  await new Promise((resolve) => setTimeout(resolve)); // warnings come after the task that caused them
  return { embedding: [...embedding], modelVersion, warnings };
};
window.embedMany = (count) => Promise.all(Array.from({ length: count }, (_, i) => embed('warm coat number ' + i)))
  .then((all) => all.at(-1));
document.documentElement.dataset.ready = '';
`;

/** Before the encoder Worker's own code: a GPU that can be lost at a word. */
const losing = `
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...given) {
  const device = await requestDevice.apply(this, given);
  new BroadcastChannel('gpu').onmessage = () => device.destroy();
  return device;
};
`;

/** A GPU whose results come back with every third number's sign turned. */
const lying = `
const { getMappedRange } = GPUBuffer.prototype;
const { mapAsync } = GPUBuffer.prototype;
const reading = new WeakSet();
GPUBuffer.prototype.mapAsync = function (mode, ...rest) {
  if (mode === GPUMapMode.READ) reading.add(this);
  return mapAsync.call(this, mode, ...rest);
};
GPUBuffer.prototype.getMappedRange = function (...given) {
  const range = getMappedRange.apply(this, given);
  if (reading.has(this)) new Float32Array(range, 0, range.byteLength >> 2).forEach((x, i, all) => (all[i] = i % 3 ? x : -x));
  return range;
};
`;

/** What is done to a Worker's browser before our code runs in it, by name. */
const CONDITIONS = {
  losing,
  lying,
  /** Its GPU calls itself another. */
  renamed: "Object.defineProperty(GPUAdapterInfo.prototype, 'architecture', { get: () => 'another' });",
  /** Can't suspend WebAssembly. */
  old: 'delete WebAssembly.Suspending;',
  /** Has WebGPU and no adapter. */
  blind: 'GPU.prototype.requestAdapter = () => Promise.resolve(null);',
  /** Has four cores, and tells of every Worker it starts. */
  wide: `
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });
    globalThis.Worker = class extends Worker {
      constructor(url, ...more) {
        super(url, ...more);
        new BroadcastChannel('threads').postMessage(String(url));
      }
    };
  `,
  /** Keeps nothing. */
  cacheless: "CacheStorage.prototype.open = () => Promise.reject(new DOMException('refused', 'SecurityError'));",
  /** Crashes on a certain word; when told to; or, once told so, on the fifth message that follows. */
  mortal: `
    const channel = new BroadcastChannel('worker');
    let left = Infinity;
    addEventListener('message', ({ data }) => {
      if (JSON.stringify(data).includes('deadly') || --left === 0) throw new Error('killed');
    });
    channel.onmessage = ({ data }) => {
      if (data === 'crash') throw new Error('killed');
      left = 5;
      channel.postMessage('armed');
    };
  `,
} as const;
export type Condition = keyof typeof CONDITIONS;

type Headers = (path: string) => Readonly<Record<string, string>>;

/** What makes a page cross-origin isolated. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * Serves the built package with that page, and Workers under every condition.
 * @param headers more of them
 */
export function serveModelPage(headers: Headers = () => ({})): Promise<Site> {
  const workers = Object.entries(CONDITIONS).flatMap(([name, code]) => [
    [`/${name}.js`, code],
    [`/${name}-worker.js`, `import '/${name}.js'; import '/assets/encoder-worker.js';`],
  ]);
  return serve(
    'dist',
    {
      '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
      '/page.js': script,
      ...Object.fromEntries(workers),
    },
    (path) => ({
      'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *",
      ...headers(path),
    }),
  );
}

/** Opens the page with these options. */
export async function openPage(
  page: Page,
  site: Site,
  options: AttuneOptions<unknown> & { readonly condition?: Condition },
): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${site.origin}/page.html#${encodeURIComponent(JSON.stringify(options))}`);
  await page.waitForSelector('html[data-ready]');
}

/** Crashes the Worker that is `mortal`. */
export const CRASH = "new BroadcastChannel('worker').postMessage('crash')";

/** Has it crash in the middle of what it is given next. */
export const ARM = `new Promise((resolve) => {
  const channel = new BroadcastChannel('worker');
  channel.onmessage = resolve;
  channel.postMessage('arm');
})`;

export function embed(page: Page, text = 'warm'): Promise<Seen> {
  return page.evaluate(`embed(${JSON.stringify(text)})`);
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, j) => sum + x * b[j]!, 0); // both are of unit length
}
