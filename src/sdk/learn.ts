import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import {
  type EmbeddedInteraction,
  emptyProfile,
  type ProfileRules,
  type ProfileState,
  type ProfileVectors,
  readProfile,
  updateProfile,
} from '../domain/profile.js';
import type { ItemTexts } from './texts.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import type { Snapshot } from './snapshot.js';

/** The path from an action to the profile. Reads top to bottom: learn, replay, sync, snapshot. */
export interface Learner {
  /** Learns from one interaction: in this task's end when its text is resident, else once it is encoded. */
  learn(interaction: Interaction, item: ItemRecord): void;
  /** Resolves when everything given so far is learned. */
  settled(): Promise<void>;
  /** The profile from the whole log, anew. */
  replay(): Promise<void>;
  /** What was learned here is stored under these keys: it need not be read again. */
  stored(first: number, last: number, interactions: readonly Interaction[]): void;
  /** Takes in what other tabs appended, unless it is known up to `key`; replays if anything was taken away. */
  sync(key?: number): Promise<void>;
  /** The state on disk, if there is one for this model and these rules, and what came after it. */
  open(): Promise<void>;
  saveSnapshot(): Promise<void>;
  /** Nothing known. */
  reset(): void;
  readonly state: ProfileState | undefined;
  vectors(): ProfileVectors | undefined;
}

/** Interactions after which a start would read too much: a snapshot is then saved at once. Judgement. */
const BULK = 256;

/** Most interactions dated in the future that a snapshot carries along, each with its embedding. Judgement. */
const MAX_FUTURE = 256;

export function createLearner(
  rules: ProfileRules,
  now: () => number,
  model: Model,
  texts: ItemTexts,
  log: () => Log,
  onProfile: () => void,
  onFailure: (error: unknown) => void,
): Learner {
  let state: ProfileState | undefined;
  let epoch: string | undefined;
  let syncedKey = 0;
  let sinceSnapshot = 0;
  /** Own records stored but not yet counted into `syncedKey`, by key. */
  let ownRecords: { first: number; last: number; interactions: readonly Interaction[] }[] = [];
  /** Own interactions not yet read back from the log; undefined while their text is being encoded. */
  let own = new Map<string, EmbeddedInteraction | undefined>();
  let arrived: EmbeddedInteraction[] = [];
  let pending: Promise<void> = Promise.resolve();
  let generation = 0;
  let memo: { state: ProfileState; vectors: ProfileVectors } | undefined;

  function apply(batch: readonly EmbeddedInteraction[]): void {
    if (batch.length === 0) return;
    const dim = batch[0]!.embedding.length;
    if (state === undefined || state.modelVersion !== model.modelVersion)
      state = emptyProfile(model.modelVersion, dim, rules);
    state = updateProfile(state, batch, rules, now());
    sinceSnapshot += batch.length;
    onProfile();
  }

  function applyArrived(): void {
    const batch = arrived;
    arrived = [];
    apply(batch);
  }

  function take(interaction: Interaction, embedding: Float32Array): void {
    const entry = { interaction, embedding };
    own.set(interaction.id, entry);
    if (arrived.push(entry) === 1) queueMicrotask(applyArrived);
  }

  /** Embeddings of stored interactions, through their items' texts. */
  async function embedStored(interactions: readonly Interaction[]): Promise<EmbeddedInteraction[]> {
    if (interactions.length === 0) return [];
    const ids = [...new Set(interactions.map(({ itemId }) => itemId))];
    const embeddings = await texts.embed(await log().items(ids));
    return interactions.flatMap((interaction) => {
      const embedding = embeddings.get(interaction.itemId);
      return embedding === undefined ? [] : [{ interaction, embedding }];
    });
  }

  /** Runs one at a time with the others that read the log. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const turn = pending.then(task);
    pending = turn.catch(onFailure);
    return turn;
  }

  async function save(): Promise<void> {
    const { snapshotName } = await import('./snapshot.js');
    await log().flush();
    await readNew();
    const isComplete = own.size === 0 && arrived.length === 0 && log().isSettled;
    if (!isComplete || state === undefined || epoch === undefined || state.future.length > MAX_FUTURE) return;
    const snapshot: Snapshot = { epoch, lastKey: syncedKey, state };
    sinceSnapshot = 0;
    await log().setValue(snapshotName(state.modelVersion, rules), snapshot);
  }

  const notTaken = ({ id }: Interaction): boolean => own.get(id) === undefined;

  /** Counts own records that follow what was read as read. Not while reading: they would be taken for another tab's. */
  function passOwn(): void {
    ownRecords = ownRecords.filter(({ last }) => last > syncedKey);
    for (let next = ownRecords[0]; next !== undefined && next.first <= syncedKey + 1; next = ownRecords[0]) {
      if (next.interactions.some(notTaken)) return;
      syncedKey = Math.max(syncedKey, next.last);
      for (const { id } of next.interactions) own.delete(id);
      ownRecords.shift();
    }
  }

  async function readNew(): Promise<void> {
    const started = generation;
    const current = await log().epoch();
    if (started !== generation) return readNew(); // erased meanwhile: there may be a new log already
    if (epoch !== current && (state !== undefined || own.size > 0)) return replayAll();
    epoch = current;
    passOwn();
    const batches = await log().read(syncedKey);
    const foreign = await embedStored(batches.flatMap(({ interactions }) => interactions).filter(notTaken));
    if (started !== generation) return readNew();
    const entries = foreign.filter(({ interaction }) => notTaken(interaction));
    for (const { key, interactions } of batches) {
      syncedKey = Math.max(syncedKey, key);
      for (const { id } of interactions) own.delete(id);
    }
    apply(entries);
  }

  async function replayAll(): Promise<void> {
    const started = ++generation;
    const before = new Set(own.keys()); // once flushed, those the log does not give back were forgotten
    await log().flush();
    const current = await log().epoch();
    const batches = await log().read(0);
    const interactions = batches.flatMap((batch) => batch.interactions);
    const entries = await embedStored(interactions);
    if (started !== generation) return replayAll();
    const read = new Set(interactions.map(({ id }) => id));
    own = new Map([...own].filter(([id]) => !read.has(id) && !before.has(id)));
    const later = [...own.values()].filter((entry) => entry !== undefined);
    arrived = [];
    epoch = current;
    syncedKey = batches.at(-1)?.key ?? 0;
    ownRecords = [];
    state = undefined;
    apply([...entries, ...later]);
    if (state === undefined) onProfile();
  }

  return {
    get state() {
      return state;
    },
    learn(interaction, item) {
      const known = model.get(item.text);
      if (known !== undefined) {
        take(interaction, known);
        return;
      }
      own.set(interaction.id, undefined);
      const work = model.ensure([item.text]).then(() => {
        const embedding = model.get(item.text);
        const stillOurs = own.has(interaction.id); // else the log was read meanwhile, and it was learned from there
        if (embedding !== undefined && stillOurs) take(interaction, embedding.slice());
      });
      pending = Promise.all([pending, work.catch(onFailure)]).then(() => undefined);
    },
    async settled() {
      await pending;
      applyArrived();
    },
    replay: () =>
      inTurn(async () => {
        await replayAll();
        if (sinceSnapshot >= BULK) await save();
      }),
    stored(first, last, interactions) {
      ownRecords.push({ first, last, interactions });
    },
    sync: (key = Infinity) =>
      inTurn(async () => {
        passOwn();
        if (key > syncedKey) await readNew();
      }),
    open: () =>
      inTurn(async () => {
        const started = generation;
        const { readSnapshot, snapshotName } = await import('./snapshot.js');
        const current = await log().epoch();
        const stored = await log().value(snapshotName(model.modelVersion, rules));
        const snapshot = readSnapshot(stored, current, now());
        if (started === generation) epoch = current;
        if (started === generation && snapshot !== undefined) {
          syncedKey = snapshot.lastKey;
          state = snapshot.state;
          arrived = [];
          apply([...own.values()].filter((entry) => entry !== undefined)); // learned before the snapshot was read
          onProfile();
        }
        await readNew();
        if (sinceSnapshot >= BULK) await save();
      }),
    async saveSnapshot() {
      if (sinceSnapshot > 0) await inTurn(save);
    },
    reset() {
      generation++;
      state = undefined;
      syncedKey = 0;
      own = new Map();
      ownRecords = [];
      arrived = [];
      epoch = undefined;
      sinceSnapshot = 0;
    },
    vectors() {
      if (state === undefined) return undefined;
      const read = readProfile(state, rules, now());
      // Directions don't age, only lengths do: the same arrays come back, so that what was derived from them stays good.
      if (memo?.state !== state || state.future.length > 0) memo = { state, vectors: read };
      const { long, session, negative } = memo.vectors;
      return { ...read, long, session, negative };
    },
  };
}
