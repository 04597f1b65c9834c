import type { Notices } from './notices.js';

/** The page kept on the device, so that it opens without a network. Nobody gets it unasked: it is 4 MB of theirs. */
export interface Offline {
  /** Nothing of it stays. */
  forget(): Promise<void>;
}

const PREFIX = 'attune-demo-'; // of its caches, as in offline-worker.ts
const LABEL = { none: 'Keep this page for offline use (4 MB)', kept: 'Remove the offline copy' };

/** Wires the button; who installs the page has asked for it, too. Without service workers there is nothing to offer. */
export function createOffline(control: HTMLButtonElement, notices: Notices): Offline {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return { forget: async () => {} };
  let isKept = false;
  control.hidden = false;
  show(false);
  void registered().then((found) => {
    show(found !== undefined);
    if (!isKept && matchMedia('(display-mode: standalone)').matches) void keep();
  }, notOffered);
  control.addEventListener('click', () => void (isKept ? remove() : keep()));
  window.addEventListener('appinstalled', () => void keep());

  function show(kept: boolean): void {
    isKept = kept;
    control.disabled = false;
    control.textContent = LABEL[kept ? 'kept' : 'none'];
  }

  function notOffered(): void {
    control.hidden = true; // where storage is refused, say
  }

  async function keep(): Promise<void> {
    control.disabled = true;
    control.textContent = 'Keeping it…';
    try {
      await installed(await navigator.serviceWorker.register(workerUrl(), { scope: './' }));
      show(true);
      notices.say('Kept: this page now opens without a network.');
    } catch {
      await forget().catch(() => undefined);
      notices.say('The page could not be kept; with a connection and some room, try again.');
    }
  }

  async function remove(): Promise<void> {
    await forget();
    notices.say('The offline copy is gone.');
  }

  async function forget(): Promise<void> {
    await (await registered())?.unregister();
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
    show(false);
  }

  return { forget: async () => (isKept ? forget() : undefined) };
}

/** This page's own; another site's beside it, or a wider one, is not ours to touch. */
async function registered(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration('./');
  return found?.scope === new URL('./', document.baseURI).href ? found : undefined;
}

/** Resolves once all files are kept. */
function installed({ installing, active }: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    if (installing === null) return active === null ? reject(new Error('Nothing was installed.')) : resolve();
    installing.addEventListener('statechange', () => {
      if (installing.state === 'activated') resolve();
      if (installing.state === 'redundant') reject(new Error('Not all files could be kept.'));
    });
  });
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): typeof policy;
}
let policy: { createScriptURL(url: string): string } | undefined;

/** Under Trusted Types a page may name scripts by a policy only; this one knows a single URL. */
function workerUrl(): string {
  const url = new URL('./offline-worker.js', document.baseURI).href;
  const { trustedTypes } = globalThis as typeof globalThis & { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('attune-demo', { createScriptURL: () => url });
  return policy?.createScriptURL(url) ?? url;
}
