import type { Attune } from '../index.js';
import type { AttunePage } from '../script.js';

/** Whatever a page's items are: the elements never look into one. */
export type AnyAttune = Attune<unknown>;

/** An element's tie to an Attune: the one it was given, else the page's. */
export interface Link {
  /** The one in use. */
  readonly attune: AnyAttune | undefined;
  /** Uses this one; undefined is the page's own again. */
  give(attune: AnyAttune | undefined): void;
  connect(): void;
  disconnect(): void;
}

/**
 * @param use called with each Attune that comes into use while the element is connected, and with undefined where there is none yet; returns
 *            what ends that use
 */
export function createLink(use: (attune: AnyAttune | undefined) => () => void): Link {
  let given: AnyAttune | undefined;
  let found: AnyAttune | undefined;
  let end: (() => void) | undefined;
  let isLooking = false;

  function begin(): void {
    end?.();
    end = use(given ?? found);
  }

  function look(): void {
    if (isLooking) return;
    isLooking = true;
    findAttune((attune) => {
      found = attune;
      if (end !== undefined && given === undefined) begin();
    });
  }

  return {
    get attune() {
      return given ?? found;
    },
    give(attune) {
      given = attune;
      if (end !== undefined) begin();
    },
    connect() {
      if (given === undefined) look();
      begin();
    },
    disconnect() {
      end?.();
      end = undefined;
    },
  };
}

/** The Attune that the script tag, or the page itself, puts on `globalThis`: at once if it is there, else when it comes. */
function findAttune(onFound: (attune: AnyAttune) => void): void {
  const page = globalThis as AttunePage;
  const there = page.attune;
  if (there?.ready === undefined && typeof there?.profile === 'function' && there.data !== undefined) {
    onFound(there as AnyAttune);
  } else (page.attuneQueue ??= []).push(onFound);
}
