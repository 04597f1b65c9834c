/** The one Trusted Types policy, made at the first Worker: a page may allow its name once only. */
let policy: TrustedPolicy | undefined;

interface TrustedPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy;
}

/**
 * Starts one of Attune's own Workers, also where the page's CSP says `require-trusted-types-for 'script'` (docs/csp.md).
 *
 * A Worker's URL then has to come from a policy, but bundlers find a Worker only by the literal
 * `new Worker(new URL('…', import.meta.url))`. So for this one synchronous call the page's `Worker` is one that passes
 * the URL through the policy `attune`. Trying without it first would put a violation into the site's reports.
 *
 * Throws what the browser throws when the policy or the Worker is refused.
 *
 * @param literal makes the Worker in those words
 */
export function spawnTrusted(literal: () => Worker): Worker {
  const { Worker: native, trustedTypes } = globalThis as typeof globalThis & { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return literal();
  policy ??= trustedTypes.createPolicy('attune', { createScriptURL: (url) => url });
  const trusted = policy;
  globalThis.Worker = class extends native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(trusted.createScriptURL(String(url)), options);
    }
  };
  try {
    return literal();
  } finally {
    globalThis.Worker = native;
  }
}
