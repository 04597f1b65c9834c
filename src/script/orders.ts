import { ORDER_PREFIX } from '../sdk/orders.js';
import type { Attune } from '../sdk/types.js';

/** The orders that this visit leaves for the next, so that a list stands in its own from the first paint on. */
export interface Orders {
  /** Puts ids, best first, in the place of what was kept under the name; nothing while the log isn't kept, or is sealed. */
  keep(name: string, ids: readonly string[]): void;
}

/** Lists of a site that are remembered, the last ones first, and ids of each. Judgement: some 100 kB at most. */
const MOST_LISTS = 20;
const MOST_IDS = 200;

/** @param remembers whether the tag said so: then the next visit's will read them too */
export function createOrders({ data }: Pick<Attune<never>, 'data'>, remembers: boolean): Orders {
  /** By user: a log that was sealed once stays so whatever the tag says, and its order would tell of it in the clear. */
  const sealed = new Map<string, boolean>();
  if (remembers) look();

  function look(): void {
    const { user } = data;
    sealed.set(user, true);
    const listed = globalThis.indexedDB?.databases?.() ?? Promise.reject(new Error('not told'));
    listed.then(
      (all) =>
        sealed.set(
          user,
          all.some(({ name }) => name === `attune-key/${user}`),
        ),
      () => undefined,
    );
  }

  return {
    keep(name, ids) {
      if (!remembers) return;
      if (!sealed.has(data.user)) look();
      const isKept = data.consent === 'granted' && data.privacy === 'device' && data.storage === 'indexed-db';
      const key = ORDER_PREFIX + data.user;
      try {
        const { [name]: _, ...others } = JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, string[]>;
        const mine = isKept && !sealed.get(data.user) && ids.length > 0 ? { [name]: ids.slice(0, MOST_IDS) } : {};
        const all = Object.entries({ ...mine, ...others }).slice(0, MOST_LISTS);
        if (all.length > 0) localStorage.setItem(key, JSON.stringify(Object.fromEntries(all)));
        else localStorage.removeItem(key);
      } catch {
        // Refused, full, or not ours: the next visit begins with the site's order.
      }
    },
  };
}
