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
import { readSnapshot, type Snapshot, snapshotName } from './snapshot.js';

/** The path from an action to the profile. Reads top to bottom: learn, replay, sync, snapshot. */
export interface Learner {
  /** Learns from one interaction: in this task's end when its text is resident, else once it is encoded. */
  learn(interaction: Interaction, item: ItemRecord): void;
  /** Resolves when everything given so far is learned. */
  settled(): Promise<void>;
  /** The profile from the whole log, anew. */
  replay(): Promise<void>;
  /** Takes in what other tabs appended. */
  sync(): Promise<void>;
  /** The state on disk, if there is one for this model and these rules, and what came after it. */
  open(): Promise<void>;
  saveSnapshot(): Promise<void>;
  /** Nothing known. */
  reset(): void;
  readonly state: ProfileState | undefined;
  vectors(): ProfileVectors | undefined;
}

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
  let syncedKey = 0;
  let sinceSnapshot = 0;
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

  async function readNew(): Promise<void> {
    const started = generation;
    const batches = await log().read(syncedKey);
    const notTaken = ({ id }: Interaction): boolean => own.get(id) === undefined;
    const foreign = await embedStored(batches.flatMap(({ interactions }) => interactions).filter(notTaken));
    if (started !== generation) return; // reset or replayed meanwhile
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
    const batches = await log().read(0);
    const interactions = batches.flatMap((batch) => batch.interactions);
    const entries = await embedStored(interactions);
    if (started !== generation) return;
    const read = new Set(interactions.map(({ id }) => id));
    own = new Map([...own].filter(([id]) => !read.has(id) && !before.has(id)));
    const later = [...own.values()].filter((entry) => entry !== undefined);
    arrived = [];
    syncedKey = batches.at(-1)?.key ?? 0;
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
    replay: () => inTurn(replayAll),
    sync: () => inTurn(readNew),
    open: () =>
      inTurn(async () => {
        const started = generation;
        const snapshot = readSnapshot(await log().value(snapshotName(model.modelVersion, rules)), now());
        if (snapshot !== undefined && started === generation) {
          state = snapshot.state;
          syncedKey = snapshot.lastKey;
          arrived = [];
          apply([...own.values()].filter((entry) => entry !== undefined)); // learned before the snapshot was read
          onProfile();
        }
        await readNew();
      }),
    async saveSnapshot() {
      if (sinceSnapshot === 0) return;
      await inTurn(async () => {
        await log().flush();
        await readNew();
        const complete = own.size === 0 && arrived.length === 0 && log().isSettled;
        if (!complete || state === undefined || state.future.length > 0) return;
        const snapshot: Snapshot = { lastKey: syncedKey, state };
        sinceSnapshot = 0;
        await log().setValue(snapshotName(state.modelVersion, rules), snapshot);
      });
    },
    reset() {
      generation++;
      state = undefined;
      syncedKey = 0;
      own = new Map();
      arrived = [];
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
