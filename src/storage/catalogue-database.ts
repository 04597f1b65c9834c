import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { AttuneError } from '../errors.js';
import { deleteDatabase, storageError } from './open.js';

/** Catalogues are the site's and tell nothing of a person, so all users share them; they are kept only while a log may be. */
const DATABASE = 'attune-catalogues';

/** An item that was added, changed or (null) removed since the file was made. */
export interface CatalogueChange {
  readonly id: string;
  readonly made: { readonly entry: Uint8Array; readonly row: Float32Array } | null;
}

/** A catalogue as it was kept: the file, if it began with one, where that came from, and what changed since. */
export interface KeptCatalogue {
  /** Where the file came from, or what it is; '' without one. */
  readonly source: string;
  readonly file: Blob | undefined;
  /** What made the rows. */
  readonly modelVersion: string;
  readonly changes: readonly CatalogueChange[];
}

/** A private session of WebKit stores no Blob, but its bytes. */
interface StoredFile extends Omit<KeptCatalogue, 'changes' | 'file'> {
  readonly file: Blob | ArrayBuffer | undefined;
}

interface Schema extends DBSchema {
  files: { key: string; value: StoredFile };
  changes: { key: [name: string, id: string]; value: CatalogueChange };
}

/** Catalogues on disk, by name. Everything rejects with AttuneError `storage/unavailable` or `storage/quota`. */
export interface CatalogueDatabase {
  read(name: string): Promise<KeptCatalogue | undefined>;
  /** In the place of what is there, changes and all. */
  replace(name: string, kept: Omit<KeptCatalogue, 'changes'>): Promise<void>;
  /** Resolves with false where another file is there now: what changed is then not kept. */
  change(name: string, source: string, changes: readonly CatalogueChange[]): Promise<boolean>;
  remove(name: string): Promise<void>;
}

export function openCatalogueDatabase(): CatalogueDatabase {
  return {
    read: (name) =>
      withDatabase(async (db) => {
        const transaction = db.transaction(['files', 'changes']);
        const stored = await transaction.objectStore('files').get(name);
        const changes = await transaction.objectStore('changes').getAll(changesOf(name));
        if (stored === undefined) return undefined;
        const file = stored.file instanceof ArrayBuffer ? new Blob([stored.file]) : stored.file;
        return { ...stored, file, changes };
      }),
    async replace(name, kept) {
      try {
        await store(name, kept);
      } catch (error) {
        if (kept.file === undefined || (error as AttuneError).code === 'storage/quota') throw error;
        await store(name, { ...kept, file: await kept.file.arrayBuffer() });
      }
    },
    change: (name, source, changes) =>
      withDatabase(async (db) => {
        const transaction = db.transaction(['files', 'changes'], 'readwrite');
        const isSame = (await transaction.objectStore('files').get(name))?.source === source;
        if (isSame) {
          for (const each of changes)
            transaction.objectStore('changes').put(each, [name, each.id]).catch(inTransaction);
        }
        await transaction.done;
        return isSame;
      }),
    remove: (name) =>
      withDatabase(async (db) => {
        const transaction = db.transaction(['files', 'changes'], 'readwrite');
        await Promise.all([
          transaction.objectStore('changes').delete(changesOf(name)),
          transaction.objectStore('files').delete(name),
          transaction.done,
        ]);
      }),
  };
}

/** In the place of what is there, changes and all. */
function store(name: string, file: StoredFile): Promise<void> {
  return withDatabase(async (db) => {
    const transaction = db.transaction(['files', 'changes'], 'readwrite');
    try {
      await Promise.all([
        transaction.objectStore('files').put(file, name), // first: where it throws, nothing else is under way
        transaction.objectStore('changes').delete(changesOf(name)),
        transaction.done,
      ]);
    } catch (error) {
      end(transaction);
      throw error;
    }
  });
}

/** WebKit leaves a transaction in which a Blob could not be stored without an end, and all that come after it waiting. */
function end(transaction: { abort(): void; readonly done: Promise<void> }): void {
  transaction.done.catch(inTransaction);
  try {
    transaction.abort();
  } catch {
    // It has ended by itself, as it should.
  }
}

/** Deletes every kept catalogue. */
export function deleteCatalogues(): Promise<void> {
  return deleteDatabase(DATABASE);
}

/** One connection a call, so that nothing holds a deletion up, nor a page out of the back/forward cache. */
async function withDatabase<T>(task: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  let db: IDBPDatabase<Schema> | undefined;
  try {
    db = await openDB<Schema>(DATABASE, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('files');
        fresh.createObjectStore('changes');
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return await task(db);
  } catch (error) {
    throw storageError(error);
  } finally {
    db?.close();
  }
}

function changesOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name, ''], [name, []]);
}

/** The transaction's own `done` rejects as well, and is awaited. */
function inTransaction(): void {}
