import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Batch, Store, StoredBatch } from '../domain/ports.js';
import { keyedHash, openBox } from './crypto.js';
import { holdSeal, type KeyPlace } from './held-seal.js';
import { isReplacing } from './replace.js';
import { isDerived, isPlainValue, sealRest } from './seal-rest.js';
import { openNote, sealNote, type SealedNote } from './sealed-note.js';
import { createSealedEmbeddings } from './sealed-embeddings.js';
import { hashId, isSealed, openAll, openValue, type Seal } from './sealed-records.js';
import { sealInteraction, sealItem, sealValue } from './sealed-records.js';
import { inSlices, nextTask } from './slices.js';

/** A store in which everything lies sealed. */
export interface SealedStore extends Store {
  /** What a page that leaves has not stored, sealed in this task; undefined when there is nothing to seal it with. */
  sealNote(batch: Batch): SealedNote | undefined;
  /** The batch of such a note; undefined, and reported, when it was damaged. */
  openNote(note: SealedNote): Promise<Batch | undefined>;
  /** A name's stand-in for caches: the same for the same name while the log lasts. */
  hashName(name: string): Promise<string>;
}

/**
 * Seals what goes into a store and opens what comes out, all of it outside the store's transactions. What lies there
 * in the clear, from before it was sealed, reads as it is and is sealed after the opening, and at every compaction.
 *
 * Rejects with AttuneError `storage/unavailable` when the keys are missing or wrong; the store stays as it is then.
 *
 * @param onDamage told once of each box that doesn't open, and of a sealing that failed
 */
export async function createSealedStore(
  inner: Store,
  place: KeyPlace,
  onDamage: (report: AttuneError) => void = () => undefined,
): Promise<SealedStore> {
  const seals = holdSeal(inner, place, (seal) => {
    sealWhole(seal).catch((error: unknown) => {
      if (error instanceof AttuneError && error.code !== 'closed') onDamage(error); // tried again at the next opening
    });
  });
  const { ready } = seals;
  const reported = new Set<string>();
  let begunLast: Promise<unknown> = Promise.resolve();
  let sealing: Promise<void> = Promise.resolve();
  let notes = 0;
  let closed = false;

  await ready();

  function sealWhole(seal: Seal): Promise<void> {
    if (!isReplacing(inner)) return Promise.resolve(); // in memory nothing lay before
    const sealed = sealing.then(async () => {
      await sealRest(inner, seal, writeValue);
      await seals.noteWhole(seal);
    });
    sealing = sealed.catch(() => undefined);
    return sealed;
  }

  function damaged(id: string): void {
    if (reported.has(id)) return;
    reported.add(id);
    const what = 'Something stored does not open and is left out. Everything else is here.';
    onDamage(new AttuneError('storage/corrupt', what));
  }

  /** Runs a reading under the keys of the log that it reads. */
  async function reading<T>(task: (seal: Seal) => Promise<T>): Promise<T> {
    const seal = await ready();
    const result = await task(seal);
    return seal.logId === inner.logId ? result : reading(task);
  }

  /** Counts a key as seen, if the log is still the one it came from. */
  function saw({ logId }: Seal, key: number): number {
    const { current } = seals;
    if (current?.logId === logId) current.lastKey = Math.max(current.lastKey, key);
    return key;
  }

  async function sealBatch({ interactions, items, ...rest }: Batch): Promise<{ seal: Seal; batch: Batch }> {
    const seal = await ready();
    const [boxedInteractions, boxedItems] = await Promise.all([
      inSlices(interactions, (each) => sealInteraction(seal, each)),
      inSlices(items, (each) => sealItem(seal, each)),
    ]);
    return { seal, batch: { ...rest, interactions: boxedInteractions, items: boxedItems } };
  }

  async function writeValue(name: string, value: unknown): Promise<void> {
    if (isPlainValue(name)) return inner.writeValue(name, value);
    const asItIs: unknown = structuredClone(value); // refuses what can't be kept
    const seal = await ready();
    await inner.writeValue(name, { box: await sealValue(seal, `value/${name}`, asItIs) });
  }

  return {
    kind: inner.kind,
    get logId() {
      return inner.logId;
    },
    append(batch) {
      const logAtCall = inner.logId;
      const notesAtCall = notes;
      const keyAtCall = seals.current?.lastKey ?? 0;
      const sealed = sealBatch(batch);
      sealed.catch(() => undefined);
      // In the order of the calls, whichever is sealed first; none waits for another to be stored.
      const begun = begunLast.then(async () => {
        const { seal, batch: boxed } = await sealed;
        if (inner.logId !== seal.logId || (logAtCall !== '' && logAtCall !== seal.logId)) {
          throw new AttuneError('storage/unavailable', 'The log was erased meanwhile.');
        }
        const isNoted = notes > notesAtCall; // whoever found the note may have stored it by now
        const stored = inner.append({ ...(isNoted && { onceAfter: keyAtCall }), ...boxed });
        return { stored: stored.then((key) => saw(seal, key)) };
      });
      begunLast = begun.catch(() => undefined);
      return begun.then(({ stored }) => stored);
    },
    readBatches: (after, limit) =>
      reading(async (seal) => {
        const batches = await inner.readBatches(after, limit);
        saw(seal, batches.at(-1)?.key ?? 0);
        const opened: StoredBatch[] = [];
        for (const { key, interactions } of batches) {
          if (opened.length > 0) await nextTask();
          opened.push({ key, interactions: await openAll<Interaction>(seal, 'interaction', interactions, damaged) });
        }
        return opened;
      }),
    readItems: (ids) =>
      reading(async (seal) => {
        const hashes = ids && (await inSlices(ids, (id) => hashId(seal, 'item', id)));
        const found = await inner.readItems(hashes && [...ids, ...hashes]);
        const newerLast = [...found.filter((each) => !isSealed(each)), ...found.filter(isSealed)];
        const items = await openAll<ItemRecord>(seal, 'item', newerLast, damaged);
        const byId = new Map(items.map((item) => [item.id, item]));
        return (ids ?? [...byId.keys()].sort()).flatMap((id) => byId.get(id) ?? []);
      }),
    remove: (ids) =>
      reading(async (seal) => {
        const hashes = await inSlices([...ids], (id) => hashId(seal, 'interaction', id));
        return inner.remove(new Set([...ids, ...hashes]));
      }),
    removeOldest: (count) => inner.removeOldest(count),
    async compact() {
      const gone = await inner.compact();
      await sealWhole(await ready());
      return gone;
    },
    readValue: (name) =>
      reading(async (seal) => {
        const found = await inner.readValue(name);
        if (isSealed(found)) return openValue(seal, `value/${name}`, found.box).catch(() => damaged(name));
        return isDerived(name) ? undefined : found;
      }),
    writeValue,
    dropDerived: () => inner.dropDerived(),
    embeddings: isReplacing(inner) ? createSealedEmbeddings(inner.rows, ready) : undefined,
    async erase() {
      if (closed) throw new AttuneError('closed', 'This store was closed.');
      await sealing; // it would bring back what is deleted here
      seals.drop();
      try {
        await place.forget(); // first: whatever becomes of the rest, nothing of it can be read
      } finally {
        await inner.erase();
      }
    },
    rest: () => inner.rest(),
    close() {
      closed = true;
      inner.close();
    },
    sealNote(batch) {
      const { current } = seals;
      if (current === undefined) return undefined;
      notes++;
      const note = sealNote(current.pads, batch);
      current.pads.prepare().catch(() => undefined); // without pads a leaving page makes no note
      return note;
    },
    async openNote(note) {
      const { keys, logId } = await ready();
      const batch = await openNote(note, (box) => openBox(keys, `${logId}/pad`, box));
      if (batch === undefined) damaged('note');
      return batch;
    },
    hashName: async (name) => keyedHash((await ready()).keys, `name/${name}`),
  };
}
