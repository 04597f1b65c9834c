/**
 * Opens the demo without a network: the built files of one release, kept whole in a cache of their own. The build writes
 * `RELEASE`, a hash of their contents, and `FILES`, their paths beside this file. A new release waits until no page of the old
 * one is open, so that none loses what it has still to load; requests for anything else go their own way.
 */
declare const RELEASE: string;
declare const FILES: readonly string[];

/** What is used of a service worker's scope, which the DOM's types don't know. */
interface Scope {
  readonly location: Location;
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: { waitUntil(done: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    type: 'fetch',
    listener: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
}
const scope = globalThis as unknown as Scope;

const PREFIX = 'attune-demo-';
const NAME = PREFIX + RELEASE;
const base = new URL('./', scope.location.href).href;
const kept = new Set(FILES.map((path) => base + path));

async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  await Promise.all(
    [...kept].map(async (url) => {
      // a file with its hash in its name is the same in every release
      const before = /-[\w-]{8}\.\w+$/.test(url) ? await caches.match(url) : undefined;
      const response = before ?? (await fetch(url, { cache: 'no-cache' }));
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      await cache.put(url, response);
    }),
  );
}

async function dropOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
}

async function answer(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(url)) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(keep()));
scope.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const asked = origin + pathname;
  const url = asked === base ? `${base}index.html` : asked;
  if (request.method === 'GET' && kept.has(url)) event.respondWith(answer(request, url));
});
