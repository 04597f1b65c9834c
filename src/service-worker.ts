/**
 * `attune/service-worker`: answers the site's own pages over HTTP, on the device and offline. Nothing is stored, and nothing
 * leaves the service worker but the answer.
 */
import { consentOf, isRefusal } from './domain/consent.js';
import { defaultText, imagesOf, MAX_TEXT_LENGTH } from './domain/item.js';
import { LITE } from './encoder/lite-release.js';
import { asAttuneError, invalid } from './errors.js';
import { checkRare } from './sdk/check-options.js';
import { functionOr, globalPrivacyControl, objectOf, resolveOptions, userKey } from './sdk/options.js';
import type { AttuneOptions } from './sdk/types.js';
import { openLiteHere, readStoredProfile } from './service-worker/device.js';
import { hasStoredLog } from './storage/stored-log.js';

/** The same options as the page's `createAttune` is given; each has its default. */
export interface ServiceWorkerOptions extends Pick<
  AttuneOptions<never>,
  'assetBase' | 'consent' | 'kinds' | 'temperature' | 'halfLifeMs' | 'sessionHalfLifeMs'
> {
  /** The current user's key, or what finds it. Default 'default'. */
  readonly user?: string | (() => string | Promise<string>);
  /** What paths begin with, such as '/attune/api'. Default ''. */
  readonly prefix?: string;
}

/** What is needed of a `FetchEvent`. */
export interface AnswerableFetch {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** Why a request was not answered as it asked, as `error.code` of the JSON that comes instead. */
export type RefusalCode =
  | 'input/invalid'
  | 'consent/missing'
  | 'user/unknown'
  | 'method/unknown'
  | 'log/sealed'
  | 'encoder/unavailable'
  | 'model/corrupt'
  | 'storage/unavailable';

/** Answers in its own words. */
class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  constructor(status: number, code: RefusalCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Checked = Required<Pick<ServiceWorkerOptions, 'user' | 'prefix'>> &
  Pick<ReturnType<typeof resolveOptions>, 'answer' | 'assetBase' | 'rules'>;

/**
 * Answers a request of the site's own pages, if it is one of these, by `event.respondWith`:
 *
 * - `POST /embed {type?, text?, images?, tags?}` → `{embedding, model_version, latency_ms}`, with `ignored: ['images']` where there were any
 * - `GET /user/:id/embedding` → `{embedding, interaction_count, last_updated, model_version}`; `:id` is the user's key or `me`
 *
 * What is refused is `{error: {code, message}}`: 400 for a body that makes no sense, 403 without consent, 404 for another user, 405
 * for another method, 501 where the log is sealed, 503 where the model or the disk can't be had. See docs/service-worker.md.
 *
 * @returns whether it answers; all else is the site's
 * @throws AttuneError `input/invalid` for options that make no sense
 */
export function handleFetch(event: AnswerableFetch, options: ServiceWorkerOptions = {}): boolean {
  const checked = checkedOptions(options);
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.mode === 'navigate' || !pathname.startsWith(`${checked.prefix}/`))
    return false;
  const path = pathname.slice(checked.prefix.length);
  const [, id] = /^\/user\/([^/]+)\/embedding$/.exec(path) ?? [];
  if (path !== '/embed' && id === undefined) return false;
  const method = id === undefined ? 'POST' : 'GET';
  const answer = async (): Promise<unknown> => {
    if (request.method !== method) throw new Refusal(405, 'method/unknown', `${path} takes ${method}.`);
    const user = userKey(typeof checked.user === 'function' ? await checked.user() : checked.user);
    await mustHaveConsent(checked, user);
    return id === undefined ? embed(await bodyOf(request), checked) : profileOf(id, user, checked);
  };
  event.respondWith(
    answer().then(
      (found) => json(200, found),
      (error: unknown) => refusal(error, method),
    ),
  );
  return true;
}

/** There is a log on this device only where the person agreed to it, and none after they took that back. */
async function mustHaveConsent({ answer }: Checked, user: string): Promise<void> {
  const isRefused = isRefusal(consentOf(answer, globalPrivacyControl()));
  if (!isRefused && (await hasStoredLog(user))) return;
  throw new Refusal(
    403,
    'consent/missing',
    'Nothing is kept on this device without consent, so there is nothing to tell.',
  );
}

/** What `POST /embed` takes. */
interface EmbedBody {
  readonly text: string;
  readonly hasImages: boolean;
}

async function bodyOf(request: Request): Promise<EmbedBody> {
  const body: unknown = await request.json().catch(() => undefined);
  const { type, text, images, tags } = objectOf('body', body as Readonly<Record<string, unknown>>);
  if (Array.isArray(body)) throw invalid('body', body, 'Send {"text": "…"} as JSON.');
  if (type !== undefined && typeof type !== 'string') throw invalid('type', type, 'It is a text, or left out.');
  if (text !== undefined && typeof text !== 'string') throw invalid('text', text, 'It is a text.');
  if (images !== undefined && !Array.isArray(images)) throw invalid('images', images, 'It is a list, or left out.');
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) {
    throw invalid('tags', tags, 'It is a list of texts, or left out.');
  }
  const isPlain = tags === undefined && images === undefined;
  const whole = isPlain ? (text ?? '') : defaultText({ title: text, tags, images });
  if (whole.trim() === '') throw invalid('text', text, 'Send a text with words in it, or tags.');
  return { text: whole.slice(0, MAX_TEXT_LENGTH), hasImages: imagesOf(body).length > 0 };
}

async function embed({ text, hasImages }: EmbedBody, { assetBase }: Checked): Promise<unknown> {
  const started = performance.now();
  const { data } = await (await openLiteHere(assetBase)).encode([text]);
  return {
    embedding: Array.from(data),
    model_version: LITE.modelVersion,
    latency_ms: performance.now() - started,
    ...(hasImages && { ignored: ['images'] }),
  };
}

async function profileOf(id: string, user: string, { rules, assetBase }: Checked): Promise<unknown> {
  if (id !== 'me' && decoded(id) !== user)
    throw new Refusal(404, 'user/unknown', 'Only the current user is known here.');
  const found = await readStoredProfile(user, rules, assetBase, Date.now());
  if (found === 'sealed')
    throw new Refusal(501, 'log/sealed', 'The log is encrypted: only a page that has its key reads it.');
  if (found === 'absent') throw new Refusal(403, 'consent/missing', 'What was kept has just been erased.');
  return {
    embedding: Array.from(found.embedding),
    interaction_count: found.interactionCount,
    last_updated: found.lastUpdated === null ? null : new Date(found.lastUpdated).toISOString(),
    model_version: LITE.modelVersion,
  };
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function refusal(error: unknown, allow: string): Response {
  if (error instanceof Refusal) {
    const { status, code, message } = error;
    return json(status, { error: { code, message } }, status === 405 ? { allow } : {});
  }
  const { code, message } = asAttuneError(error, 'storage/unavailable', 'Attune could not answer');
  return json(code === 'input/invalid' ? 400 : 503, { error: { code, message } });
}

/** For the page that asked, and for no cache. */
function json(status: number, body: unknown, more: Readonly<Record<string, string>> = {}): Response {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return new Response(JSON.stringify(body), { status, headers: { ...headers, ...more } });
}

const known = new WeakMap<ServiceWorkerOptions, Checked>();

/** Checked once: a service worker asks of every request of its pages. */
function checkedOptions(options: ServiceWorkerOptions): Checked {
  const before = known.get(objectOf('options', options));
  if (before !== undefined) return before;
  const { user = 'default', prefix = '', ...shared } = options;
  if (typeof user !== 'string') functionOr('user', user, undefined);
  else userKey(user);
  if (typeof prefix !== 'string' || !/^(\/[^/?#]+)*$/.test(prefix)) {
    throw invalid('prefix', prefix, "It is a path such as '/attune/api', without a slash at its end.");
  }
  checkRare(shared);
  const { answer, assetBase, rules } = resolveOptions(shared);
  const checked = { user, prefix, answer, assetBase, rules };
  known.set(options, checked);
  return checked;
}
