import type { Interaction } from './interaction.js';
import type { ItemRecord } from './item.js';

/** What the rules need from outside: three interfaces, each with a real second implementation. */

/** Row-major embeddings, each of unit length or all zeros when the encoder knows nothing of the text. */
export interface EmbeddingMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly dim: number;
  /** How many texts were longer than the encoder reads. */
  readonly truncated: number;
}

/** What a text is: an item's content, or what the person did or wrote. Instruction-tuned encoders treat them differently. */
export type TextRole = 'content' | 'behaviour';

/** Whether a person waits for it, or nobody does. */
export type Priority = 'now' | 'background';

/** Texts → embeddings. Two `modelVersion`s never meet in one dot product. */
export interface Encoder {
  readonly modelVersion: string;
  readonly dim: number;
  /** Whether its embeddings are kept on the device, where the log is, instead of asking it again: for one that costs more. */
  readonly cached?: boolean;
  /**
   * Embeds `texts`, one row each, in order. They are content unless `role` says otherwise, and waited for by a person
   * unless `priority` does: what is in the background may come later.
   *
   * Rejects with `signal.reason` when aborted, else with an AttuneError.
   */
  encode(
    texts: readonly string[],
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly role?: TextRole;
      readonly priority?: Priority | undefined;
    },
  ): Promise<EmbeddingMatrix>;
  close(): void;
}

/** Interactions appended together, and the records of the items they name that were not stored before. */
export interface Batch {
  readonly interactions: readonly Interaction[];
  readonly items: readonly ItemRecord[];
  /** On a full disk it is refused, instead of costing what is older: an import is the person's to repeat. */
  readonly refusable?: boolean;
  /** Leaves out interactions stored already, by id, with a key above this one; a store that nobody shares need not look. */
  readonly onceAfter?: number;
}

/** A batch as stored: `key` grows with every append, whichever tab made it. */
export interface StoredBatch {
  readonly key: number;
  readonly interactions: readonly Interaction[];
}

/**
 * The append-only log of one user on one device, and small derived values beside it.
 *
 * Promises: an append that resolved survives any kill; appends are all or nothing; keys are unique and grow in
 * commit order, so `readBatches(after)` misses nothing committed before it ran; `erase` leaves nothing readable,
 * and nothing appended under the erased log (by a tab that slept) ever becomes readable again.
 */
export interface Store {
  readonly kind: 'indexed-db' | 'memory';
  /** Random name of this log; a new one after `erase`. */
  readonly logId: string;
  /** Starts writing in the same task, in records of at most 256; resolves with the last record's key once all are durable. */
  append(batch: Batch): Promise<number>;
  /**
   * What was appended after the append with key `after`, in key order; neighbouring appends may come as one batch under
   * the last one's key. With `limit`, at most so many batches: ask again after the last one's key.
   */
  readBatches(after: number, limit?: number): Promise<StoredBatch[]>;
  /** All item records, or those with the given ids; unknown ids are left out. */
  readItems(ids?: readonly string[]): Promise<ItemRecord[]>;
  /**
   * Removes interactions by id, with items no other interaction names and every derived value; resolves with how many
   * went. If any did, the value `revision` is another: what was derived before, wherever it still lies, is void.
   */
  remove(interactionIds: ReadonlySet<string>): Promise<number>;
  /** The same for at least `count` interactions, those appended first; needs no room. Resolves with how many went. */
  removeOldest(count: number): Promise<number>;
  /** Merges small neighbouring records; whatever anyone has read up to, they read on as before. Resolves with how many records went. */
  compact(): Promise<number>;
  /** A derived value or setting by name, or undefined. */
  readValue(name: string): Promise<unknown>;
  writeValue(name: string, value: unknown): Promise<void>;
  /** Deletes every value named `derived/…` and every kept embedding: what can be computed again. */
  dropDerived(): Promise<void>;
  /** Only where the log outlives the page, and texts can be hashed safely. */
  readonly embeddings?: EmbeddingCache | undefined;
  erase(): Promise<void>;
  /** Holds nothing open, until the next call; what was begun goes on. */
  rest(): void;
  close(): void;
}

/**
 * Embeddings kept beside a log by what made them and by their text, so that no text need be encoded again. All of it can
 * be made again: a store may drop any of it at any time, and does so oldest use first above a budget.
 *
 * Promises: a row comes back exactly as it was written, or not at all; `remove` and `removeOldest` take, in their own
 * transaction, the rows of the texts of the items that go, and `erase` takes all.
 */
export interface EmbeddingCache {
  /** The log that rows lie beside; empty between an erase and what is stored next, when nothing is read or written. */
  readonly logId: string;
  /**
   * The rows of those texts that are here, by text.
   *
   * @param now    epoch ms, as for `write` and `trim`: a row's last use is known to the day
   * @param readAs how the text was read (see `readAs` of prompts.ts), each with a row of its own; default as content
   */
  read(
    modelVersion: string,
    texts: readonly string[],
    now: number,
    readAs?: string,
  ): Promise<ReadonlyMap<string, Float32Array>>;
  /** Keeps rows by text; those of a log that was erased meanwhile, or of texts forgotten here, are left out, and all when room is short. */
  write(modelVersion: string, rows: ReadonlyMap<string, Float32Array>, now: number, readAs?: string): Promise<void>;
  /** Deletes the rows of these texts, whatever made them and however they were read, and takes in none of them again while the store is open. */
  forget(texts: readonly string[]): Promise<void>;
  /** Deletes what was made by models not used for a month, and what is above the budget; everything when room is short. */
  trim(now: number): Promise<void>;
  /** Deletes every row. */
  clear(): Promise<void>;
}

/** How a log is sealed: not (unless it is already), with keys made and kept here, or with keys from a secret that is not. */
export type Encrypt = boolean | { readonly secret: string };

/** Instants and chance, as arguments of the whole SDK. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
}
