import { hashText } from '../core/hash.js';
import type { Database } from './open.js';
import type { RowForm, RowKey, RowRecord } from './schema.js';

/**
 * Embeddings as they lie on disk, in the clear or in boxes. A row's text is found again in two ways: by a hash that
 * nothing collides with, which WebCrypto makes, and by a mark that can be told from an item within a transaction, which
 * would end while WebCrypto works. Two texts that share a mark lose their rows together, and nothing else.
 */
export interface RowStore {
  readonly logId: string;
  /** What lies under these hashes, in their order. */
  read(group: RowGroup, hashes: readonly string[], now: number): Promise<(RowRecord['row'] | undefined)[]>;
  /** Does nothing when the group's log is no more. */
  write(group: RowGroup, rows: readonly HashedRow[], now: number): Promise<void>;
  /** Deletes the rows of texts with these marks and takes in no other. */
  forget(marks: readonly Marks[]): Promise<void>;
  trim(now: number): Promise<void>;
  clear(): Promise<void>;
  /** Deletes what lies in the clear. */
  dropClear(): Promise<void>;
  /** Marks of texts that were forgotten here. */
  readonly forgotten: Set<string>;
}

/** Rows of one log, made by one model, in one form. */
export interface RowGroup {
  readonly form: RowForm;
  readonly logId: string;
  readonly modelVersion: string;
}

interface HashedRow extends Pick<RowRecord, 'row' | 'mark'> {
  readonly hash: string;
}

/** What a text's rows are marked with in either form, as far as it can be known. */
export type Marks = Readonly<Record<RowForm, string | undefined>>;

export const CLEAR = 0;
export const SEALED = 1;
const FORMS: readonly RowForm[] = [CLEAR, SEALED];

/** Bytes of rows a log may have. Judgement: some 8,000 texts of MiniLM; browsers grant gigabytes, and a phone has other things. */
const BUDGET = 20_000_000;

/** Room that is left to the log, bytes: freed bytes come back too late to save what is oldest in it. Judgement. */
const SPARE = 2 * BUDGET;

/** Part of the budget that is written before it is looked after again: looking costs a reading of all keys. Judgement. */
const STEP = BUDGET / 16;

/** Bytes that a row takes beside its numbers. Measured on Chromium's disk: 6,000 rows of 1.5 kB, 1,000 of them noted as used, took 16 MB. */
const OVERHEAD = 800;

/**
 * Rows read at once where most of a group is wanted: of 1,000 rows of 384, half the time of a request each, and none of
 * it is long. Measured in Chromium.
 */
const PAGE = 256;

const DAY_MS = 86_400_000;

/** Days without use after which what a model made goes. Judgement: as long as a person might stay away and come back. */
const UNUSED_DAYS = 30;

/** The marks of an item's text, whatever the record looks like. */
export function marksOf(item: unknown): Marks {
  const { text, box, mark } = (item ?? {}) as { text?: unknown; box?: unknown; mark?: unknown };
  if (box !== undefined) return { [CLEAR]: undefined, [SEALED]: typeof mark === 'string' ? mark : undefined };
  return { [CLEAR]: typeof text === 'string' ? clearMark(text) : undefined, [SEALED]: undefined };
}

export function clearMark(text: string): string {
  return hashText(text);
}

/** Notes the marks of texts that are not to be taken in any more. */
export function addMarks(forgotten: Set<string>, marks: readonly Marks[]): void {
  for (const mark of marks.flatMap((each) => Object.values(each))) if (mark !== undefined) forgotten.add(mark);
}

/** What deleting needs of the object store. */
interface Rows {
  delete(key: RowKey | IDBKeyRange): Promise<void>;
  index(name: 'mark'): { getAllKeys(mark: string): Promise<RowKey[]> };
}

/**
 * Deletes the rows of texts with these marks, within somebody's transaction. Where a mark can't be known, all rows of
 * that form go: they can be made again. A log has rows of both only while it is being sealed.
 */
export async function deleteMarked(rows: Rows, marks: readonly Marks[]): Promise<void> {
  for (const form of FORMS) {
    const known = new Set(marks.map((each) => each[form]));
    if (known.has(undefined)) await rows.delete(rangeOf(form));
    else for (const mark of known) for (const key of await rows.index('mark').getAllKeys(mark!)) await rows.delete(key);
  }
}

/** Every key that begins so: an array is above whatever else may follow. */
const rangeOf = (...start: readonly (RowForm | string)[]): IDBKeyRange => IDBKeyRange.bound(start, [...start, []]);

/**
 * @param run   runs a task on a connection, on a fresh one when that was lost
 * @param logId the log that lies there now, or empty
 */
export function createRowStore(
  run: <T>(task: (db: Database) => Promise<T>) => Promise<T>,
  logId: () => string,
): RowStore {
  const forgotten = new Set<string>();
  let unseen = 0;

  /** Runs nothing for a log that is no more, not even the opening, which would make a database again. */
  async function onLog<T>(id: string, task: (db: Database) => Promise<T>): Promise<T | undefined> {
    const isThere = (): boolean => id !== '' && logId() === id;
    return isThere() ? run(async (db) => (isThere() ? task(db) : undefined)) : undefined;
  }

  async function put(db: Database, entries: readonly (readonly [RowKey, RowRecord])[], isNew: boolean): Promise<void> {
    const transaction = db.transaction('embeddings', 'readwrite', { durability: 'relaxed' });
    const puts = entries.map(async ([key, record]) => {
      if (forgotten.has(record.mark)) return;
      if (isNew || (await transaction.store.getKey(key)) !== undefined) await transaction.store.put(record, key);
    });
    await Promise.all([...puts, transaction.done]);
  }

  /** Notes a use, in nobody's way; not of what was deleted meanwhile. */
  function touch(id: string, entries: readonly (readonly [RowKey, RowRecord])[]): void {
    if (entries.length > 0) onLog(id, (db) => put(db, entries, false)).catch(() => undefined); // noted the next time
  }

  async function trim(now: number): Promise<void> {
    const id = logId();
    const mayStay = await hasRoom();
    await onLog(id, (db) => (mayStay ? trimRows(db, id, dayOf(now)) : db.clear('embeddings')));
  }

  return {
    get logId() {
      return logId();
    },
    forgotten,
    async read(group, hashes, now) {
      const usedOn = dayOf(now);
      const keys = hashes.map((hash) => keyOf(group, hash));
      const found = await onLog(group.logId, (db) => readRows(db, group, keys));
      const records = (found ?? []).map((record) => (isRecord(record) ? record : undefined));
      const before = keys.flatMap((key, i): [RowKey, RowRecord][] => {
        const record = records[i];
        return record !== undefined && record.usedOn < usedOn ? [[key, { ...record, usedOn }]] : [];
      });
      touch(group.logId, before);
      return keys.map((_, i) => records[i]?.row);
    },
    async write(group, rows, now) {
      if (!(await hasRoom())) return;
      const usedOn = dayOf(now);
      const entries = rows.map(({ hash, row, mark }) => [keyOf(group, hash), { row, mark, usedOn }] as const);
      await onLog(group.logId, (db) => put(db, entries, true));
      for (const { row } of rows) unseen += sizeOf(row);
      if (unseen < STEP) return;
      unseen = 0;
      await trim(now);
    },
    async forget(marks) {
      addMarks(forgotten, marks);
      await onLog(logId(), async (db) => {
        const transaction = db.transaction('embeddings', 'readwrite');
        await Promise.all([deleteMarked(transaction.store, marks), transaction.done]);
      });
    },
    trim,
    clear: () => onLog(logId(), (db) => db.clear('embeddings')),
    dropClear: () => onLog(logId(), (db) => db.delete('embeddings', rangeOf(CLEAR))),
  };
}

/** What lies under the keys, in one transaction: each by itself, or, of many, all of the group a page at a time. */
async function readRows(db: Database, group: RowGroup, keys: readonly RowKey[]): Promise<(RowRecord | undefined)[]> {
  const transaction = db.transaction('embeddings');
  const { store } = transaction;
  const each = async (): Promise<(RowRecord | undefined)[]> => {
    const range = rangeOf(...keyOf(group, '').slice(0, -1));
    if (keys.length < PAGE || (await store.count(range)) > 2 * keys.length) {
      return Promise.all(keys.map((key) => store.get(key)));
    }
    const found = new Map<string, RowRecord>();
    for (let rest: IDBKeyRange | undefined = range; rest !== undefined;) {
      const [there, records]: [RowKey[], RowRecord[]] = await Promise.all([
        store.getAllKeys(rest, PAGE),
        store.getAll(rest, PAGE),
      ]);
      for (const [i, key] of there.entries()) found.set(key[3], records[i]!);
      rest = there.length < PAGE ? undefined : IDBKeyRange.bound(there.at(-1), range.upper, true);
    }
    return keys.map((key) => found.get(key[3]));
  };
  const [records] = await Promise.all([each(), transaction.done]);
  return records;
}

/** What is damaged counts as not there: the row made anew takes its place. */
function isRecord(found: RowRecord | undefined): found is RowRecord {
  const { row, mark, usedOn } = found ?? {};
  return ArrayBuffer.isView(row) && typeof mark === 'string' && Number.isFinite(usedOn);
}

/** Whether the disk has room to spare; where the browser doesn't tell, it has. */
async function hasRoom(): Promise<boolean> {
  const { usage = 0, quota = Infinity } =
    (await globalThis.navigator?.storage?.estimate?.().catch(() => undefined)) ?? {};
  return quota - usage > SPARE;
}

const dayOf = (now: number): number => Math.floor(now / DAY_MS);

const sizeOf = (row: RowRecord['row'] | undefined): number => (row?.byteLength ?? 0) + OVERHEAD;

function keyOf({ form, logId, modelVersion }: RowGroup, hash: string): RowKey {
  return [form, logId, modelVersion, hash];
}

/** Rows of other logs go, then those of models unused for long, then the ones unused for longest until the rest fits. */
async function trimRows(db: Database, logId: string, today: number): Promise<void> {
  const transaction = db.transaction('embeddings', 'readwrite');
  transaction.done.catch(() => undefined); // told by the request that fails with it
  const { store } = transaction;
  for (const form of FORMS) {
    await store.delete(IDBKeyRange.bound([form], [form, logId], false, true));
    await store.delete(IDBKeyRange.bound([form, logId, []], [form, []]));
  }
  const since = today - UNUSED_DAYS;
  const usedOn = store.index('usedOn');
  const recent = await usedOn.getAllKeys(IDBKeyRange.lowerBound(since));
  const inUse = new Set(recent.map(groupOf));
  const kept: RowKey[] = [];
  for (const key of await usedOn.getAllKeys(IDBKeyRange.upperBound(since, true))) {
    if (inUse.has(groupOf(key))) kept.push(key);
    else await store.delete(key);
  }
  kept.push(...recent);
  const sizes = new Map<string, number>(); // the rows of a model are all as long
  let excess = -BUDGET;
  for (const key of kept) {
    const group = groupOf(key);
    if (!sizes.has(group)) sizes.set(group, sizeOf((await store.get(key))?.row));
    excess += sizes.get(group)!;
  }
  for (let i = 0; excess > 0; i++) {
    await store.delete(kept[i]!);
    excess -= sizes.get(groupOf(kept[i]!))!;
  }
  await transaction.done;
}

const groupOf = ([form, , modelVersion]: RowKey): string => `${form}/${modelVersion}`;
