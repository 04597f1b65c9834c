import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { transformWithOxc } from 'vite';
import { beforeEach, expect, test } from 'vitest';

/** The demo's service worker without a browser: its three events, caches that are maps, and a server that is a function. */
type Listener = (event: object) => void;
const BASE = 'https://site.example/demo/';

let stores: Map<string, Map<string, Response>>;
let listeners: Record<string, Listener>;
let fetched: string[];
let scope: object;
let caches: object;

const bodyOf = (url: string): string => `fetched ${url.slice(BASE.length)}`;

beforeEach(() => {
  stores = new Map();
  listeners = {};
  fetched = [];
  const store = (name: string): Map<string, Response> => {
    if (!stores.has(name)) stores.set(name, new Map());
    return stores.get(name)!;
  };
  scope = {
    location: { href: `${BASE}offline-worker.js` },
    addEventListener: (type: string, listener: Listener) => (listeners[type] = listener),
  };
  const match = async (url: string): Promise<Response | undefined> =>
    [...stores.values()].map((each) => each.get(url)?.clone()).find((found) => found !== undefined);
  caches = {
    match,
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
    open: async (name: string) => ({
      match: async (url: string) => store(name).get(url)?.clone(),
      put: async (url: string, response: Response) => void store(name).set(url, response),
    }),
  };
});

async function fetchFile(url: string): Promise<Response> {
  fetched.push(url.slice(BASE.length));
  return url.endsWith('gone.js') ? new Response('', { status: 404 }) : new Response(bodyOf(url));
}

/** Starts a release of the worker, and installs it. */
async function install(release: string, files: readonly string[]): Promise<void> {
  const { code } = await transformWithOxc(readFileSync('demo/offline-worker.ts', 'utf8'), 'offline-worker.ts');
  runInNewContext(code, { ...scope, caches, fetch: fetchFile, URL, RELEASE: release, FILES: files });
  await settled('install');
}

async function settled(type: 'install' | 'activate'): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  listeners[type]!({ waitUntil: (promise: Promise<unknown>) => (done = promise) });
  await done;
}

/** What the worker answers; undefined where it leaves the request alone. */
async function asked(url: string, method = 'GET'): Promise<string | undefined> {
  let answer: Promise<Response> | undefined;
  const respondWith = (promise: Promise<Response>): void => void (answer = promise);
  listeners['fetch']!({ request: { url, method }, respondWith });
  return (await answer)?.text();
}

test('what was kept is answered without a request, the page by its folder too, and all else goes its own way', async () => {
  await install('one', ['index.html', 'assets/index-abcd1234.js']);
  fetched = [];
  expect(await asked(BASE)).toBe(bodyOf(`${BASE}index.html`));
  expect(await asked(`${BASE}?from=app#open=x`)).toBe(bodyOf(`${BASE}index.html`));
  expect(await asked(`${BASE}assets/index-abcd1234.js`)).toBe(bodyOf(`${BASE}assets/index-abcd1234.js`));
  for (const other of [`${BASE}api`, 'https://site.example/', 'https://other.example/demo/index.html']) {
    expect(await asked(other)).toBeUndefined();
  }
  expect(await asked(`${BASE}index.html`, 'POST')).toBeUndefined();
  expect(fetched).toEqual([]);
});

test('a new release fetches what changed beside the old one, which goes only when it takes over', async () => {
  stores.set('attune-models', new Map());
  await install('one', ['index.html', 'assets/a-abcd1234.js', 'assets/old-abcd1234.js']);
  fetched = [];
  await install('two', ['index.html', 'assets/a-abcd1234.js', 'assets/new-abcd1234.js']);
  expect(fetched).toEqual(['index.html', 'assets/new-abcd1234.js']);
  expect(stores.get('attune-demo-one')!.has(`${BASE}assets/old-abcd1234.js`)).toBe(true); // a page may still ask for it
  await settled('activate');
  expect([...stores.keys()]).toEqual(['attune-models', 'attune-demo-two']);
});

test('a release of which a file is missing is not installed', async () => {
  await expect(install('one', ['index.html', 'gone.js'])).rejects.toThrow('gone.js: 404');
});
