import { sumAt } from '../core/decay.js';
import { type Interaction, isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { StoredBatch } from '../domain/ports.js';
import {
  type EmbeddedInteraction,
  emptyProfile,
  HIDE,
  type ProfileRules,
  type ProfileState,
  type ProfileVectors,
  readProfile,
  updateProfile,
} from '../domain/profile.js';
import type { ItemTexts, Reading } from './texts.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import type { Snapshot } from './snapshot.js';

/** The path from an action to the profile. Reads top to bottom: learn, replay, sync, snapshot. */
export interface Learner {
  /** Learns from one interaction: at once when its text is resident, else when it is encoded, with others that wait. */
  learn(interaction: Interaction, item: ItemRecord): void;
  /** Resolves when everything given so far is learned. */
  settled(): Promise<void>;
  /** The profile from the whole log, anew. */
  replay(): Promise<void>;
  /** The same by another model's embeddings: `commit` goes over to it in the very task in which the profile is there. */
  replayUnder(reading: Reading, commit: () => void): Promise<void>;
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
  /** Another object after each reset: what was made of the profile before is void. */
  readonly since: object;
  /** From now on the profile is told as this leaves it. */
  adjust(by: Adjust): void;
  /** Undefined also while what is known is known under another model than this one; default the one in use. */
  vectors(modelVersion?: string): ProfileVectors | undefined;
  /** Ids of the items that the person hid, also those whose texts are not understood yet. */
  hidden(): ReadonlySet<string>;
}

type Adjust = (vectors: ProfileVectors, state: ProfileState) => ProfileVectors;

/** Something done to a text. */
interface Act {
  readonly interaction: Interaction;
  readonly text: string;
}

/** An interaction of this tab, with its text until it is read back from the log. */
interface Own extends Act {
  /** Undefined while the text is being encoded. */
  readonly embedding: Float32Array | undefined;
  /** What made the embedding. */
  readonly modelVersion: string;
}

/** Interactions after which a start would read too much: a snapshot is then saved at once. Judgement. */
const BULK = 256;

/** Most interactions dated in the future that a snapshot carries along, each with its embedding. Judgement. */
const MAX_FUTURE = 256;

/** Most that waits until somebody looks at the profile. Judgement: some kilobytes, and a hundredth of the copying. */
const MOST_ARRIVED = 128;

/** Most new texts encoded in one call. Judgement: somebody else's text may wait behind them. */
const MOST_TOGETHER = 64;

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
  /** Own interactions not yet read back from the log. */
  let own = new Map<string, Own>();
  /** Embedded by the model `arrivedUnder` and not in `state` yet: whoever reads the state has them applied first. */
  let arrived: EmbeddedInteraction[] = [];
  let arrivedUnder = '';
  let willTell = false;
  /** Their texts are yet to be encoded. */
  let unknown: Own[] = [];
  let encoding: Promise<void> = Promise.resolve();
  let willEncode = false;
  let pending: Promise<void> = Promise.resolve();
  let generation = 0;
  let since = {};
  let snapshots: typeof import('./snapshot.js') | undefined;
  let adjust: Adjust | undefined;
  let memo: { state: ProfileState; vectors: ProfileVectors } | undefined;

  function apply(batch: readonly EmbeddedInteraction[]): void {
    if (batch.length === 0) return;
    merge(batch);
    onProfile();
  }

  function merge(batch: readonly EmbeddedInteraction[]): void {
    const dim = batch[0]!.embedding.length;
    if (state === undefined || state.modelVersion !== model.modelVersion)
      state = emptyProfile(model.modelVersion, dim, rules);
    state = updateProfile(state, batch, rules, now());
    sinceSnapshot += batch.length;
  }

  /** Each update copies the sums, so a stream that nobody looks at is taken in together. */
  function applyArrived(): void {
    if (arrived.length === 0) return;
    const batch = arrived;
    arrived = [];
    if (arrivedUnder === model.modelVersion) merge(batch); // else the swap's replay brings them again
  }

  /** What the text is encoded as by the model in use. */
  const said = ({ interaction, text }: Act): string => model.said?.(interaction.kind, text) ?? text;

  function take({ interaction, text }: Act, embedding: Float32Array): void {
    const entry = { interaction, text, embedding, modelVersion: model.modelVersion };
    own.set(interaction.id, entry);
    if (arrivedUnder !== model.modelVersion) applyArrived();
    arrivedUnder = model.modelVersion;
    if (arrived.push(entry) >= MOST_ARRIVED) applyArrived();
    if (willTell) return;
    willTell = true;
    queueMicrotask(() => {
      willTell = false;
      onProfile();
    });
  }

  /** One call for the texts that came while the last one ran. What can't be encoded is learned at the next start. */
  async function encodeUnknown(): Promise<void> {
    const batch = unknown.splice(0, MOST_TOGETHER);
    willEncode = false;
    if (unknown.length > 0) encodeSoon();
    try {
      for (let under: string | undefined; under !== model.modelVersion;) {
        under = model.modelVersion; // another one meanwhile may read these texts otherwise
        await model.ensure(batch.map(said), undefined, 'background');
      }
    } catch (error) {
      onFailure(error);
    }
    for (const each of batch) {
      const embedding = model.get(said(each));
      const stillOurs = own.has(each.interaction.id); // else the log was read meanwhile, and it was learned from there
      if (embedding !== undefined && stillOurs) take(each, embedding.slice());
    }
  }

  function learnLater(act: Act): void {
    const waiting: Own = { ...act, embedding: undefined, modelVersion: '' };
    own.set(act.interaction.id, waiting);
    unknown.push(waiting);
    encodeSoon();
  }

  /** Own interactions with their embeddings under the model in use; the others wait for theirs again. */
  function ownEmbedded(): EmbeddedInteraction[] {
    return [...own.values()].flatMap((each) => {
      const { interaction, text, embedding, modelVersion } = each;
      if (embedding === undefined) return [];
      const row = modelVersion === model.modelVersion ? embedding : model.get(said(each))?.slice();
      if (row === undefined) learnLater({ interaction, text });
      else own.set(interaction.id, { interaction, text, embedding: row, modelVersion: model.modelVersion });
      return row === undefined ? [] : [{ interaction, embedding: row }];
    });
  }

  function encodeSoon(): void {
    if (willEncode) return;
    willEncode = true;
    encoding = encoding.then(encodeUnknown);
    pending = Promise.all([pending, encoding]).then(() => undefined);
  }

  /** Embeddings of stored interactions, through their items' texts; all of one model. */
  async function embedStored(
    interactions: readonly Interaction[],
    reading: Reading = texts,
  ): Promise<EmbeddedInteraction[]> {
    if (interactions.length === 0) return [];
    const { embedEvents } = await import('./embed-events.js');
    const items = await log().items([...new Set(interactions.map(({ itemId }) => itemId))]);
    return embedEvents(interactions, items, reading, undefined, 'background');
  }

  /** What there is to learn from; the rest was read too, and is not to be read again. */
  function actionsOf(batches: readonly StoredBatch[]): Interaction[] {
    const all = batches.flatMap(({ interactions }) => interactions);
    const actions = all.filter(isAction);
    sinceSnapshot += all.length - actions.length;
    return actions;
  }

  /** Runs one at a time with the others that read the log. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const turn = pending.then(task);
    pending = turn.catch(onFailure);
    return turn;
  }

  async function save(): Promise<void> {
    const { snapshotName } = (snapshots ??= await import('./snapshot.js'));
    await log().flush();
    await readNew();
    applyArrived();
    const isComplete = own.size === 0 && arrived.length === 0 && log().isSettled;
    if (!isComplete || epoch === undefined || state?.future[MAX_FUTURE] !== undefined) return;
    const snapshot: Snapshot = { epoch, lastKey: syncedKey, state };
    sinceSnapshot = 0;
    await log().setValue(snapshotName((state ?? model).modelVersion, rules), snapshot);
  }

  const notTaken = (each: Interaction): boolean => isAction(each) && own.get(each.id)?.embedding === undefined;

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
    applyArrived();
    if (epoch !== current && (state !== undefined || own.size > 0)) return replayAll();
    epoch = current;
    passOwn();
    const batches = await log().read(syncedKey);
    const under = model.modelVersion;
    const foreign = await embedStored(actionsOf(batches).filter(notTaken));
    if (started !== generation || under !== model.modelVersion) return readNew();
    const entries = foreign.filter(({ interaction }) => notTaken(interaction));
    for (const { key, interactions } of batches) {
      syncedKey = Math.max(syncedKey, key);
      for (const { id } of interactions) own.delete(id);
    }
    apply(entries);
  }

  async function replayAll(reading?: Reading, commit?: () => void): Promise<void> {
    const started = ++generation;
    const before = new Set(own.keys()); // once flushed, those the log does not give back were forgotten
    await log().flush();
    const current = await log().epoch();
    const batches = await log().read(0);
    const under = model.modelVersion;
    const entries = await embedStored(actionsOf(batches), reading);
    if (started !== generation || under !== model.modelVersion) return replayAll(reading, commit);
    commit?.();
    const read = new Set(batches.flatMap(({ interactions }) => interactions.map(({ id }) => id)));
    own = new Map([...own].filter(([id]) => !read.has(id) && !before.has(id)));
    const later = ownEmbedded();
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
      applyArrived();
      return state;
    },
    get since() {
      return since;
    },
    learn(interaction, item) {
      if (!isAction(interaction)) return;
      const act = { interaction, text: item.text };
      const known = model.get(said(act));
      if (known === undefined) learnLater(act);
      else take(act, known);
    },
    async settled() {
      const last = unknown.at(-1);
      for (let waits = true; waits; await pending) waits = last !== undefined && unknown.includes(last);
      applyArrived();
    },
    replay: () =>
      inTurn(async () => {
        await replayAll();
        if (sinceSnapshot >= BULK) await save();
      }),
    replayUnder: (reading, commit) =>
      inTurn(async () => {
        await replayAll(reading, commit);
        await save(); // else the next start finds none under this model
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
        const { readSnapshot, snapshotName } = (snapshots ??= await import('./snapshot.js'));
        const current = await log().epoch();
        const stored = await log().value(snapshotName(model.modelVersion, rules));
        const snapshot = readSnapshot(stored, current, now());
        if (started === generation) epoch = current;
        if (started === generation && snapshot !== undefined) {
          syncedKey = snapshot.lastKey;
          state = snapshot.state;
          arrived = [];
          apply(ownEmbedded()); // learned before the snapshot was read
          onProfile();
        }
        await readNew();
        if (sinceSnapshot >= BULK) await save();
      }),
    async saveSnapshot() {
      applyArrived();
      if (sinceSnapshot > 0) await inTurn(save);
    },
    reset() {
      generation++;
      since = {};
      state = undefined;
      syncedKey = 0;
      own = new Map();
      ownRecords = [];
      arrived = [];
      unknown = [];
      epoch = undefined;
      sinceSnapshot = 0;
    },
    adjust: (by) => void (adjust = by),
    vectors(modelVersion = model.modelVersion) {
      applyArrived();
      if (state?.modelVersion !== modelVersion) return undefined;
      // Directions don't age, only lengths do: the same arrays come back, so that what was derived from them stays good.
      if (memo?.state !== state || state.future.length > 0) memo = { state, vectors: readProfile(state, rules, now()) };
      else memo.vectors = { ...memo.vectors, evidence: sumAt(state.evidence, now()).total };
      return adjust ? adjust(memo.vectors, state) : memo.vectors;
    },
    hidden() {
      applyArrived();
      const ids = new Set(state?.hidden);
      for (const { interaction } of own.values()) if (interaction.kind === HIDE) ids.add(interaction.itemId);
      return ids;
    },
  };
}
