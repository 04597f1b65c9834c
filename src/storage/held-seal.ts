import type { Store } from '../domain/ports.js';
import { sealBox, type SealKeys } from './crypto.js';
import { createPads, type Pads } from './pads.js';
import { SEAL_VALUE } from './seal-schema.js';
import type { Seal } from './sealed-records.js';

/** Where a log's keys are kept. */
export interface KeyPlace {
  /** The keys; new ones where there are none, unless those named `expected` are asked for. Rejects when they can't be had. */
  open(expected: string | undefined): Promise<SealKeys>;
  forget(): Promise<void>;
}

/** The keys of the log as it is now; another log, after an erase, has others. */
export interface HeldSeal {
  /** Those in force, if this tab has them. */
  readonly current: Held | undefined;
  /** Those in force, fetched or made where this tab has none; rejects when they can't be had. */
  ready(): Promise<Held>;
  /** Notes that nothing is left in the clear. */
  noteWhole(seal: Seal): Promise<void>;
  /** Resolves when no keys are on their way. */
  settled(): Promise<void>;
  drop(): void;
}

/** A seal and what is ready to seal without waiting. */
interface Held extends Seal {
  readonly pads: Pads;
  /** The newest key seen: what is tracked from here on is not stored under it, nor before. */
  lastKey: number;
}

interface SealValue {
  readonly key: string;
  readonly whole: boolean;
}

/** @param onPartial told of each log in which something may lie in the clear: it was not sealed so far, or not to its end */
export function holdSeal(inner: Store, place: KeyPlace, onPartial: (seal: Seal) => void): HeldSeal {
  let held: Held | undefined;
  let obtaining: Promise<Held> | undefined;

  const current = (): Held | undefined => (held?.logId === inner.logId ? held : undefined);

  async function note(value: SealValue): Promise<void> {
    await inner.writeValue(SEAL_VALUE, value);
  }

  async function obtain(): Promise<Held> {
    const found = (await inner.readValue(SEAL_VALUE)) as SealValue | undefined;
    const { logId } = inner;
    const keys = await place.open(found?.key);
    if (found === undefined) await note({ key: keys.id, whole: false });
    const pads = createPads((pad) => sealBox(keys, `${logId}/pad`, pad));
    await pads.prepare(); // a page may leave as soon as something is tracked
    if (inner.logId !== logId) return obtain(); // erased meanwhile, in another tab
    held = { logId, keys, pads, lastKey: 0 };
    if (found?.whole !== true) onPartial(held);
    return held;
  }

  return {
    get current() {
      return current();
    },
    ready: async () => current() ?? (obtaining ??= obtain().finally(() => (obtaining = undefined))),
    async noteWhole({ logId, keys }) {
      if (inner.logId === logId) await note({ key: keys.id, whole: true });
    },
    settled: async () => void (await obtaining?.catch(() => undefined)),
    drop() {
      held = undefined;
    },
  };
}
