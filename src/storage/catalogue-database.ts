import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
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

interface Schema extends DBSchema {
  files: { key: string; value: Omit<KeptCatalogue, 'changes'> };
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
        const file = await transaction.objectStore('files').get(name);
        const changes = await transaction.objectStore('changes').getAll(changesOf(name));
        return file === undefined ? undefined : { ...file, changes };
      }),
    replace: (name, kept) =>
      withDatabase(async (db) => {
        const transaction = db.transaction(['files', 'changes'], 'readwrite');
        await Promise.all([
          transaction.objectStore('changes').delete(changesOf(name)),
          transaction.objectStore('files').put(kept, name),
          transaction.done,
        ]);
      }),
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
