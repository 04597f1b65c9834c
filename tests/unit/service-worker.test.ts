import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { handleFetch, type ServiceWorkerOptions } from '../../src/service-worker.js';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { SEAL_VALUE } from '../../src/storage/seal-schema.js';
import { deleteRaw, openRaw } from '../raw-database.js';

/** What needs no model: tests/e2e/service-worker asks a real service worker for embeddings. */
const ORIGIN = 'https://site.example';

beforeAll(() => Object.defineProperty(globalThis, 'location', { configurable: true, value: new URL(ORIGIN) }));
afterAll(() => void Reflect.deleteProperty(globalThis, 'location'));
afterEach(() => deleteRaw('ada'));

async function beginLog(): Promise<void> {
  const store = await openIndexedDbStore(
    'ada',
    () => 'log',
    () => undefined,
  );
  store.close();
}

/** `status code` of the answer; '' where it gives none. */
async function ask(
  path: string,
  options: ServiceWorkerOptions = { user: 'ada' },
  init: RequestInit = {},
): Promise<string> {
  let answer: Promise<Response> | undefined;
  const request = new Request(new URL(path, ORIGIN), init);
  const isAnswered = handleFetch({ request, respondWith: (response) => void (answer = response) }, options);
  expect(isAnswered).toBe(answer !== undefined);
  if (answer === undefined) return '';
  const { status, headers, ...response } = await answer.then(async (found) => ({
    ...{ status: found.status, headers: found.headers, body: (await found.json()) as { error?: { code: string } } },
  }));
  expect(headers.get('cache-control')).toBe('no-store');
  return `${status} ${response.body.error?.code}`;
}
const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

test('without a log nothing is told, and none is made by asking', async () => {
  expect(await ask('/user/me/embedding')).toBe('403 consent/missing');
  expect(await ask('/embed', { user: 'ada' }, post({ text: 'x' }))).toBe('403 consent/missing');
  expect(await indexedDB.databases()).not.toContainEqual(expect.objectContaining({ name: 'attune/ada' }));
});

test('a refusal, and Global Privacy Control without an explicit grant, are no consent', async () => {
  await beginLog();
  expect(await ask('/user/you/embedding')).toBe('404 user/unknown'); // past the consent
  expect(await ask('/user/you/embedding', { user: 'ada', consent: 'withdrawn' })).toBe('403 consent/missing');
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { globalPrivacyControl: true } });
  try {
    expect(await ask('/user/you/embedding')).toBe('403 consent/missing');
    expect(await ask('/user/you/embedding', { user: 'ada', consent: 'granted' })).toBe('404 user/unknown');
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
});

test('a sealed log is not read, and one of another layout is left to the page', async () => {
  const store = await openIndexedDbStore(
    'ada',
    () => 'log',
    () => undefined,
  );
  await store.writeValue(SEAL_VALUE, { id: 'key' });
  store.close();
  expect(await ask('/user/me/embedding')).toBe('501 log/sealed');
  (await openRaw('ada', 99)).close();
  expect(await ask('/user/me/embedding')).toBe('503 storage/unavailable');
});

test('its own paths alone are answered, of this origin, and no navigation', async () => {
  await beginLog();
  for (const path of [
    '/',
    '/embed/',
    '/embedding',
    '/user/me',
    '/user/me/embedding/x',
    'https://other.example/embed',
  ]) {
    expect(await ask(path), path).toBe('');
  }
  const request = Object.create(new Request(`${ORIGIN}/user/me/embedding`), {
    mode: { value: 'navigate' },
    url: { value: `${ORIGIN}/user/me/embedding` },
  }) as Request;
  expect(handleFetch({ request, respondWith: () => expect.fail() })).toBe(false);
  const moved = { user: async () => 'ada', prefix: '/attune/api' };
  expect(await ask('/embed', moved)).toBe('');
  expect(await ask('/attune/api/user/%61dam/embedding', moved)).toBe('404 user/unknown');
  expect(await ask('/user/%/embedding')).toBe('404 user/unknown');
});

test('another method and a body that makes no sense have their codes', async () => {
  await beginLog();
  expect(await ask('/embed')).toBe('405 method/unknown');
  expect(await ask('/user/me/embedding', { user: 'ada' }, { method: 'DELETE' })).toBe('405 method/unknown');
  const bad = [null, [], 'x', {}, { text: ' ' }, { text: 1 }, { text: 'x', tags: 'y' }, { text: 'x', tags: [1] }];
  for (const body of [...bad, { text: 'x', images: 'y' }, { text: 'x', type: 1 }]) {
    expect(await ask('/embed', { user: 'ada' }, post(body)), JSON.stringify(body)).toBe('400 input/invalid');
  }
  expect(await ask('/embed', { user: 'ada' }, { method: 'POST', body: '{' })).toBe('400 input/invalid');
});

test('options that make no sense are refused at once', () => {
  const event = { request: new Request(ORIGIN), respondWith: () => undefined };
  for (const options of [{ prefix: 'api' }, { prefix: '/api/' }, { user: '' }, { halfLifeMs: 0 }, { consent: 'yes' }]) {
    expect(() => handleFetch(event, options as ServiceWorkerOptions), JSON.stringify(options)).toThrow(/got/);
  }
});
