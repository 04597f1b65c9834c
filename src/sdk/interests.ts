import { addToSum, type DecayedSum, emptySum, sumAt } from '../core/decay.js';
import { isZero, normalize } from '../core/vector.js';
import { type InterestEdits, readEdits } from '../domain/interest-edits.js';
import { findInterests, type InterestGroup, likingsOf, newestLikings } from '../domain/interest-groups.js';
import { nameInterests } from '../domain/interest-names.js';
import {
  type AnchorPlace,
  factorOf,
  identify,
  type IdentifiedInterest,
  placeOfAnchor,
  reweighed,
} from '../domain/interests.js';
import { type Interaction, interactionWeight, isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { EmbeddedInteraction, ProfileRules, ProfileState, ProfileVectors, Taste } from '../domain/profile.js';
import { createDriftReader, type DriftParts, type FoundDrift } from './drift.js';
import { embedEvents } from './embed-events.js';
import { whenIdle } from './idle.js';
import type { Learner } from './learn.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import { recordsAfter } from './read-log.js';
import type { Standing } from './standing.js';
import type { ItemTexts } from './texts.js';
import type { AttuneOptions } from './types.js';

/** What a person's interests are made from. */
export interface InterestParts {
  readonly standing: Standing;
  readonly model: Model;
  readonly texts: ItemTexts;
  readonly learner: Learner;
  readonly rules: ProfileRules;
  readonly now: () => number;
  readonly onProfile: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly asked: Pick<AttuneOptions<never>, 'interests' | 'adapt'>;
  readonly sliders: DriftParts['sliders'];
  readonly events: DriftParts['events'];
}

/** Under this name a log keeps what the person said of their interests. */
export const EDITS_VALUE = 'interests';

/** An interest as it ranks: what the person wants none of is left out. */
export interface RankedInterest {
  readonly id: string;
  readonly name: string;
  /** Everything liked within it, long half-life. */
  readonly sum: DecayedSum;
  /**
   * What its product with an item is multiplied by: its weight by that of the heaviest, in (0, 1]. Measured in
   * bench/interests: all alike, rankings foretell less than by the one mean, which weighs its parts as well.
   */
  readonly strength: number;
  /** Ids of the interactions behind it. */
  readonly interactionIds: ReadonlySet<string>;
}

/** A person's interests as the log had them, under one model. */
export interface FoundInterests {
  readonly interests: readonly (IdentifiedInterest & { readonly name: string; readonly found: string })[];
  readonly ranked: readonly RankedInterest[];
  readonly edits: InterestEdits;
  /** What is left of each item that was liked, to name it. */
  readonly items: ReadonlyMap<string, ItemRecord>;
  /** By what the weight of a liking is multiplied; undefined where no edit says anything of weights. */
  readonly factor: ((entry: EmbeddedInteraction) => number) | undefined;
  /** Changes of taste, where they are heeded. */
  readonly drift: FoundDrift | undefined;
}

/** What is derived, and stored: groups are the costly part. */
interface Stored {
  readonly epoch: string;
  /** Of the likings they were made of. */
  readonly made: string;
  readonly groups: readonly InterestGroup[];
  readonly ids: readonly string[];
}

/** What holds now, and of what. */
interface State extends FoundInterests {
  readonly log: Log;
  readonly since: object;
  readonly modelVersion: string;
  /** Of the profile that was in force when the log was read. */
  readonly learned: ProfileState | undefined;
  /** Whether groups are of what the log said then, and not of before. */
  readonly grouped: boolean;
  /** What edits add to the profile's sums. */
  readonly change: ProfileChange | undefined;
}

type ProfileChange = Readonly<Record<'long' | 'session' | 'evidence', DecayedSum>>;

/** A person's interests, read from the log when somebody asks, and in idle moments while they rank. */
export interface Interests {
  /** What is found and holds now, without waiting. */
  current(): FoundInterests | undefined;
  /** What the log says now. `grouped` false leaves groups as they were last found. */
  read(grouped?: boolean): Promise<FoundInterests>;
  /** Has what rankings need here: edits always, groups where `ranks`. */
  ready(ranks: boolean): Promise<void>;
  /** Nothing found holds any more: what was said of interests, or what they were made of, is another. */
  drop(): void;
  /** The profile as edits leave it; of the very arrays that came in where they leave it alone. */
  adjust(vectors: ProfileVectors, state: ProfileState): ProfileVectors;
}

/** Of each Attune that was asked. */
const known = new WeakMap<Standing, Interests>();

/** An Attune's interests; made when they are asked for first. */
export function interestsOf(parts: InterestParts): Interests {
  const { standing, learner } = parts;
  let own = known.get(standing);
  if (own === undefined) {
    known.set(standing, (own = createInterests(parts)));
    learner.adjust(own.adjust);
  }
  return own;
}

/** What was found of an Attune's interests holds no more. */
export function dropInterests(standing: Standing): void {
  known.get(standing)?.drop();
}

function createInterests(parts: InterestParts): Interests {
  const { standing, model, texts, learner, rules, now, onProfile, onFailure, asked } = parts;
  const adapts = asked.adapt?.drift === true;
  const drifts = createDriftReader(parts);
  let state: State | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDropped = false;
  /** While the profile is of this beginning, nothing is known to be edited. */
  let uneditedSince: object | undefined;
  let adjusted: { readonly of: Taste; readonly by: ProfileChange; readonly vectors: ProfileVectors } | undefined;
  standing.ends.add(() => clearTimeout(timer));

  const isOfThisLog = (): boolean => state?.log === standing.log && state.since === learner.since;
  const holds = (): boolean => !isDropped && isOfThisLog() && state!.modelVersion === model.modelVersion;

  async function readLikings(log: Log): Promise<{ readonly all: Interaction[]; readonly epoch: string }> {
    await log.flush(); // what was done just now counts
    const epoch = await log.epoch();
    const all: Interaction[] = [];
    for await (const { interactions } of recordsAfter(log, 0)) {
      for (const each of interactions) {
        if (isAction(each) && interactionWeight(each, rules.kinds, rules.temperature) > 0) all.push(each);
      }
    }
    return { all, epoch };
  }

  async function read(grouped: boolean): Promise<FoundInterests> {
    const { log } = standing;
    const { since, state: learned } = learner;
    const under = model.modelVersion;
    const { all, epoch } = await readLikings(log);
    const edits = readEdits(await log.value(EDITS_VALUE));
    const hasWeights = edits.edits.some(({ excluded, more }) => excluded !== undefined || more !== undefined);
    const newest = hasWeights ? all : all.sort((a, b) => b.at - a.at).slice(0, MOST_READ);
    let items = await log.items([...new Set(newest.map(({ itemId }) => itemId))]);
    let entries = await embedEvents(newest, items, texts, undefined, 'background');
    const drift = adapts ? await drifts.read(all, entries, items, edits) : undefined;
    if (drift?.kept !== undefined && newest.length < all.length) {
      items = await log.items([...new Set(all.map(({ itemId }) => itemId))]);
      entries = await embedEvents(all, items, texts, undefined, 'background');
    }
    const places = await placesOf(edits);
    const liked = newestLikings(entries, rules);
    const likings = likingsOf(liked, rules, now());
    const name = storedName();
    const stored = readStored(await log.value(name), epoch);
    const made = `${liked.length} ${liked[0]?.interaction.id} ${likings.itemIds.length}`;
    const isKnown = stored !== undefined && (stored.made === made || !grouped);
    const groups = isKnown ? stored.groups : grouped ? await idly(findInterests(likings)) : [];
    if (log !== standing.log || since !== learner.since || under !== model.modelVersion) return read(grouped);
    const before = (stored?.groups ?? []).map(({ itemIds }, i) => ({ id: stored!.ids[i]!, itemIds }));
    const known = isOfThisLog() ? state!.interests : before; // a forgetting takes what is stored, not who they were
    const interests = identify(groups, known, edits, places);
    const firstAt = new Map<string, number>();
    for (const { itemId, at } of all) firstAt.set(itemId, Math.min(at, firstAt.get(itemId) ?? Infinity));
    const weigh = factorOf(interests, edits, places);
    const kept = drift?.kept;
    const factor =
      hasWeights || kept !== undefined
        ? ({ interaction: { itemId, at }, embedding }: EmbeddedInteraction): number =>
            (hasWeights ? weigh(itemId, embedding, firstAt.get(itemId) ?? Infinity) : 1) * (kept?.share(at) ?? 1)
        : undefined;
    const records = new Map(items.map((item) => [item.id, item]));
    const named = nameThem(interests, records);
    state = {
      ...{
        log,
        since,
        modelVersion: under,
        learned,
        edits,
        factor,
        drift,
        items: records,
        grouped: grouped || stored?.made === made,
      },
      interests: named,
      ranked: weighedTogether(named.flatMap((interest) => rankedOf(interest, liked, factor))),
      change: factor && changeOf(entries, factor),
    };
    isDropped = false;
    adjusted = undefined;
    if (factor !== undefined) onProfile();
    if (drift !== undefined) await drifts.tell(drift, log);
    const next: Stored = { epoch, made, groups, ids: named.map(({ id }) => id) };
    if (grouped && !isKnown && groups.length > 0) await log.setValue(name, next);
    return state;
  }

  const storedName = (): string => `derived/interests/${model.modelVersion}`;

  /** Each step is a task of its own, when the page has nothing better to do. */
  async function idly<R>(steps: Generator<void, R>): Promise<R> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await new Promise<void>((resolve) => whenIdle(resolve));
    }
  }

  async function placesOf({ anchors }: InterestEdits): Promise<Map<string, AnchorPlace>> {
    const places = new Map<string, AnchorPlace>();
    for (const [id, { items }] of Object.entries(anchors)) {
      const rows = [...(await texts.embed(items, undefined, 'background')).values()];
      places.set(id, placeOfAnchor(rows, model.table?.dim ?? rows[0]?.length ?? 0));
    }
    return places;
  }

  function nameThem(
    interests: readonly IdentifiedInterest[],
    items: ReadonlyMap<string, ItemRecord>,
  ): State['interests'] {
    const own = interests.map(({ itemIds }) => itemIds.flatMap((id) => items.get(id) ?? []));
    const words = nameInterests(
      own.map((list) => list.map(({ text }) => text)),
      own.map(([first]) => (first === undefined ? '' : texts.title(first))),
    );
    return interests.map((interest, i) => ({ ...interest, found: words[i]!, name: interest.change.name ?? words[i]! }));
  }

  function rankedOf(
    { id, name, change, itemIds }: IdentifiedInterest & { readonly name: string },
    liked: readonly EmbeddedInteraction[],
    factor: FoundInterests['factor'],
  ): RankedInterest[] {
    const members = new Set(itemIds);
    const own = liked.filter((entry) => members.has(entry.interaction.itemId) && factor?.(entry) !== 0);
    if (own.length === 0 || change.excluded) return [];
    const sum = emptySum(own[0]!.embedding.length, rules.longHalfLifeMs / rules.temperature);
    for (const entry of own) {
      addToSum(sum, entry.embedding, weightOf(entry, factor?.(entry)), Math.min(entry.interaction.at, now()));
    }
    const interactionIds = new Set(own.map(({ interaction }) => interaction.id));
    return [{ id, name, sum: sumAt(sum, now()), strength: 1, interactionIds }];
  }

  const weightOf = (entry: EmbeddedInteraction, factor?: number): number =>
    interactionWeight(reweighed(entry, factor).interaction, rules.kinds, rules.temperature);

  /** What the profile's sums have too much or too little. */
  function changeOf(
    entries: readonly EmbeddedInteraction[],
    factor: (entry: EmbeddedInteraction) => number,
  ): ProfileChange {
    const dim = entries[0]?.embedding.length ?? 0;
    const t = rules.temperature;
    const change = {
      long: emptySum(dim, rules.longHalfLifeMs / t),
      session: emptySum(dim, rules.sessionHalfLifeMs / t),
      evidence: emptySum(0, learner.state?.evidence.halfLifeMs ?? Infinity),
    };
    for (const entry of entries) {
      const times = factor(entry);
      if (times === 1 || isZero(entry.embedding)) continue;
      const weight = weightOf(entry, times) - weightOf(entry);
      const at = Math.min(entry.interaction.at, now());
      addToSum(change.long, entry.embedding, weight, at);
      addToSum(change.session, entry.embedding, weight, at);
      addToSum(change.evidence, NOWHERE, weight, at);
    }
    return change;
  }

  function inTurn<R>(task: () => Promise<R>): Promise<R> {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  }

  const isFresh = (): boolean => holds() && state!.learned === learner.state;

  function readSoon(grouped: boolean): void {
    if (timer !== undefined || (isFresh() && (state!.grouped || !grouped))) return;
    timer = setTimeout(() => {
      timer = undefined;
      whenIdle(() => void inTurn(() => read(grouped)).catch(onFailure));
    }, 0);
  }

  return {
    current: () => (holds() ? state : undefined),
    read: (grouped = true) => inTurn(() => read(grouped)),
    async ready(ranks) {
      await standing.opened;
      const isUnknown = learner.state === undefined; // reading after an erase would make a database again
      if (isUnknown || standing.privacy === 'off' || (!ranks && !adapts && uneditedSince === learner.since)) return;
      const { since } = learner;
      if (!holds() && !ranks && !adapts && readEdits(await standing.log.value(EDITS_VALUE)).edits.length === 0) {
        uneditedSince = since;
        return;
      }
      if (!holds() || (state!.factor !== undefined && !isFresh())) await inTurn(() => read(false));
      readSoon(ranks);
    },
    drop() {
      isDropped = true;
      uneditedSince = undefined;
    },
    adjust(vectors, { modelVersion }) {
      const change = holds() && modelVersion === state!.modelVersion ? state!.change : undefined;
      if (change === undefined) return vectors;
      if (adjusted?.of !== vectors.long || adjusted.by !== change) {
        const long = changed(vectors.long, change.long);
        const session = changed(vectors.session, change.session);
        adjusted = { of: vectors.long, by: change, vectors: { ...vectors, long, session } };
      }
      const evidence = Math.max(0, vectors.evidence + sumAt(change.evidence, now()).total);
      return { ...adjusted.vectors, negative: vectors.negative, evidence };
    },
  };
}

const NOWHERE = new Float64Array(0);

/** Likings read to have 512 whose items say something: half as many again may be of texts nobody understands. Judgement. */
const MOST_READ = 768;

/** What rounding leaves of a sum that everything was taken from, and less than anybody ranks by. */
const NOTHING = 1e-9;

function changed({ sum }: Taste, by: DecayedSum): Taste {
  const at = Math.max(sum.at, by.at);
  const [was, more] = [sumAt(sum, at), sumAt(by, at)];
  const total = was.total + more.total;
  const isNothing = total <= NOTHING * was.total;
  const left = was.sum.map((x, j) => (isNothing ? 0 : x + more.sum[j]!));
  return { sum: { ...was, total: isNothing ? 0 : total, sum: left }, direction: normalize(left) };
}

function weighedTogether(ranked: readonly RankedInterest[]): RankedInterest[] {
  const most = Math.max(...ranked.map(({ sum }) => sum.total));
  return ranked.map((interest) => ({ ...interest, strength: interest.sum.total / most }));
}

/** What was stored, if it is of the log as it is now and whole. */
function readStored(value: unknown, epoch: string): Stored | undefined {
  const { epoch: madeIn, made, groups, ids } = (value ?? {}) as Partial<Stored>;
  const isWhole = madeIn === epoch && typeof made === 'string' && Array.isArray(groups) && Array.isArray(ids);
  return isWhole ? { epoch, made, groups, ids } : undefined;
}
