import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Batch, Store, StoredBatch } from '../domain/ports.js';
import { openBox } from './crypto.js';
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
  const reported = new Set<string>();
  let begunLast: Promise<unknown> = Promise.resolve();
  let sealing: Promise<void> = Promise.resolve();
  let erasing: Promise<void> | undefined;
  let erasures = 0;
  let notes = 0;
  let closed = false;

  await seals.ready();

  /** The keys in force once an erase under way is over; undefined, and none made, when it took the log asked about. */
  async function keysOf(logAtCall: string): Promise<Seal | undefined> {
    await erasing?.catch(() => undefined);
    return logAtCall !== '' && inner.logId === '' ? undefined : seals.ready();
  }

  function sealWhole(seal: Seal): Promise<void> {
    if (!isReplacing(inner)) return Promise.resolve(); // in memory nothing lay before
    const sealed = sealing.then(async () => {
      await sealRest(inner, seal, (name, value) => writeSealed(seal, name, value));
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

  /**
   * Runs a reading under the keys of the log that it reads.
   *
   * @param nothing what there is to say when the log was erased meanwhile: who only looked must not make keys
   */
  async function reading<T>(task: (seal: Seal) => Promise<T>, nothing: () => T): Promise<T> {
    for (const before = erasures; ;) {
      await erasing?.catch(() => undefined);
      if (erasures > before && inner.logId === '') return nothing();
      const seal = await seals.ready();
      const result = await task(seal);
      if (isThere(seal)) return result;
    }
  }

  /** Counts a key as seen, if the log is still the one it came from. */
  function saw({ logId }: Seal, key: number): number {
    const { current } = seals;
    if (current?.logId === logId) current.lastKey = Math.max(current.lastKey, key);
    return key;
  }

  async function sealBatch(
    { interactions, items, ...rest }: Batch,
    logAtCall: string,
  ): Promise<{ seal: Seal; batch: Batch }> {
    const seal = await keysOf(logAtCall);
    if (seal === undefined) throw erased();
    const [boxedInteractions, boxedItems] = await Promise.all([
      inSlices(interactions, (each) => sealInteraction(seal, each)),
      inSlices(items, (each) => sealItem(seal, each)),
    ]);
    return { seal, batch: { ...rest, interactions: boxedInteractions, items: boxedItems } };
  }

  async function writeValue(name: string, value: unknown): Promise<void> {
    if (isPlainValue(name)) return inner.writeValue(name, value);
    const asItIs: unknown = structuredClone(value); // refuses what can't be kept
    const seal = await keysOf(inner.logId);
    if (seal !== undefined) await writeSealed(seal, name, asItIs);
  }

  async function writeSealed(seal: Seal, name: string, value: unknown): Promise<void> {
    const box = await sealValue(seal, `value/${name}`, value);
    if (isThere(seal)) await inner.writeValue(name, { box });
  }

  /** Asked after each wait for a cipher: the store beneath takes what comes after an erase for a new log's. */
  function isThere({ logId }: Seal): boolean {
    return inner.logId === logId;
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
      const sealed = sealBatch(batch, logAtCall);
      sealed.catch(() => undefined);
      // In the order of the calls, whichever is sealed first; none waits for another to be stored.
      const begun = begunLast.then(async () => {
        const { seal, batch: boxed } = await sealed;
        if (!isThere(seal) || (logAtCall !== '' && logAtCall !== seal.logId)) {
          throw erased();
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
      }, none),
    readItems: (ids) =>
      reading(async (seal) => {
        const hashes = ids && (await inSlices(ids, (id) => hashId(seal, 'item', id)));
        if (!isThere(seal)) return none();
        const found = await inner.readItems(hashes && [...ids, ...hashes]);
        const newerLast = [...found.filter((each) => !isSealed(each)), ...found.filter(isSealed)];
        const items = await openAll<ItemRecord>(seal, 'item', newerLast, damaged);
        const byId = new Map(items.map((item) => [item.id, item]));
        return (ids ?? [...byId.keys()].sort()).flatMap((id) => byId.get(id) ?? []);
      }, none),
    remove: (ids) =>
      reading(async (seal) => {
        const hashes = await inSlices([...ids], (id) => hashId(seal, 'interaction', id));
        return isThere(seal) ? inner.remove(new Set([...ids, ...hashes])) : 0;
      }, zero),
    removeOldest: (count) => inner.removeOldest(count),
    compact: () =>
      reading(async (seal) => {
        const gone = await inner.compact();
        if (isThere(seal)) await sealWhole(seal);
        return gone;
      }, zero),
    readValue: (name) =>
      reading(async (seal) => {
        const found = await inner.readValue(name);
        if (isSealed(found)) return openValue(seal, `value/${name}`, found.box).catch(() => damaged(name));
        return isDerived(name) ? undefined : found;
      }, nothing),
    writeValue,
    dropDerived: () => inner.dropDerived(),
    embeddings: isReplacing(inner) ? createSealedEmbeddings(inner.rows, keysOf) : undefined,
    erase: () => (erasing = eraseAll().finally(() => (erasing = undefined))),
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
    openNote: (note) =>
      reading(async ({ keys, logId }) => {
        const batch = await openNote(note, (box) => openBox(keys, `${logId}/pad`, box));
        if (batch === undefined) damaged('note');
        return batch;
      }, nothing),
  };

  async function eraseAll(): Promise<void> {
    if (closed) throw new AttuneError('closed', 'This store was closed.');
    await seals.settled(); // keys on their way would be kept after all, and so would what is being sealed
    await sealing;
    seals.drop();
    try {
      await place.forget(); // first: whatever becomes of the rest, nothing of it can be read
    } finally {
      await inner.erase();
      erasures++;
    }
  }
}

const erased = (): AttuneError => new AttuneError('storage/unavailable', 'The log was erased meanwhile.');
const none = (): [] => [];
const zero = (): number => 0;
const nothing = (): undefined => undefined;
