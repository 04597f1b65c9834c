/** The one Trusted Types policy, made at the first Worker: a page may allow its name once only. */
let policy: TrustedPolicy | undefined;

interface TrustedPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy;
}

/** URLs of the blobs that stand in for files of other origins: one each, for as long as the page lives. */
const blobs = new Map<string, string>();

/**
 * Starts one of Attune's own Workers, also where it lies on another origin, and where the page's CSP says
 * `require-trusted-types-for 'script'` (docs/csp.md).
 *
 * A browser starts no Worker from another origin's URL: a blob of this one imports the file instead. And under Trusted Types
 * a Worker's URL has to come from a policy. But bundlers find a Worker only by the literal
 * `new Worker(new URL('…', import.meta.url))`. So for this one synchronous call the page's `Worker` is one that passes
 * on the URL as it has to be. Trying without it first would put a violation into the site's reports.
 *
 * Throws what the browser throws when the policy or the Worker is refused.
 *
 * @param literal makes the Worker in those words
 */
export function spawnTrusted(literal: () => Worker): Worker {
  const { Worker: native, trustedTypes } = globalThis as typeof globalThis & { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('attune', { createScriptURL: (url) => url });
  const trusted = policy;
  globalThis.Worker = class extends native {
    constructor(url: string | URL, options?: WorkerOptions) {
      const own = ownUrl(String(url));
      super(trusted === undefined ? own : trusted.createScriptURL(own), options);
    }
  };
  try {
    return literal();
  } finally {
    globalThis.Worker = native;
  }
}

/** The URL itself if it is of the page's origin, or of none, as blobs are. */
function ownUrl(url: string): string {
  const { origin, protocol } = new URL(url, location.href);
  if (origin === location.origin || !protocol.startsWith('http')) return url;
  const known = blobs.get(url);
  if (known !== undefined) return known;
  const blob = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
  const made = URL.createObjectURL(blob);
  blobs.set(url, made);
  return made;
}
