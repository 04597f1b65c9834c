import { standardize } from '../core/statistics.js';
import type { SequenceEvent } from '../compute/sequence/features.js';
import type { FollowedItem } from '../compute/sequence/follow.js';
import { type Interaction, isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import { noteTerm, outcomesOfTerm } from '../domain/noted-term.js';
import type { ProfileRules } from '../domain/profile.js';
import type { CandidateRows, ScalarTerm } from '../domain/ranking.js';
import { tryingTerm } from '../domain/term-trial.js';
import { raceAbort } from '../encoder/abort.js';
import { asAttuneError, AttuneError } from '../errors.js';
import type { Emitter } from './events.js';
import { openFoundation, WAY_OUT } from './foundation-file.js';
import { learnKinds, PLAIN_KINDS } from './foundation-kinds.js';
import { type Current, demoted, NEW, type Opened, otherEncoder, reportOf } from './foundation-report.js';
import { foundationMode } from './foundation-mode.js';
import type { AttuneFoundation, FoundationMode, FoundationReport } from './foundation-types.js';
import { createBreath, createSoon, inBreaths } from './idle.js';
import type { Intake } from './intake.js';
import { createNewestReader } from './last-acts.js';
import type { Learner } from './learn.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import { callOptions, type ResolvedOptions } from './options.js';
import { computeOf } from './own-compute.js';
import type { ArrangementParts } from './rank.js';
import { eventsAfter } from './read-log.js';
import type { Resident } from './resident.js';
import { placeOf, type Standing } from './standing.js';
import type { ItemTexts } from './texts.js';
import type { AttuneOptions } from './types.js';
import { within } from './waiting.js';

/** A sequence model in the SDK (docs/foundation.md): its file, its scores as a term of rankings, and whether they help. */

/** What it needs of an open Attune. */
export interface FoundationParts<T> {
  readonly standing: Standing;
  readonly learner: Learner;
  readonly intake: Pick<Intake<T>, 'settled'>;
  readonly model: Model;
  readonly texts: ItemTexts;
  readonly resident: Resident<T>;
  readonly rules: ProfileRules;
  readonly now: () => number;
  readonly check: () => void;
  readonly onReady: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly warnOnce: (key: string, warning: AttuneError) => void;
  readonly events: Pick<Emitter, 'emit'>;
  readonly options: Pick<ResolvedOptions<T>, 'worker'>;
  readonly asked: Pick<AttuneOptions<T>, 'foundation'>;
}

/** The model of one Attune. */
export interface Foundation<T> {
  /** Has the model loaded, and waits a little for what a model that is there makes of these items. Never rejects. */
  ready(records?: readonly ItemRecord[]): Promise<void>;
  /** With the term, where it is in force. */
  with(given: ArrangementParts<T>): ArrangementParts<T>;
  /** What is noted when an item of a ranking is shown: the term, counted or not. */
  noted(rows: CandidateRows | undefined, index: number): Interaction['metadata'];
  /** Has the term judged in an idle moment that comes soon, unless that was done lately. */
  soon(): void;
  report(signal: AbortSignal | undefined): Promise<FoundationReport>;
}

/** Longest that a ranking waits for a model that is there, ms: one message and some rows. Judgement. */
const PATIENCE_MS = 50;
/** How long after something was shown the term is judged, and at least how often not, ms. As calibration. */
const SOON_MS = 5000;
const PAUSE_MS = 60_000;
/** As in calibration: another tab may have something older on its way. */
const SETTLED_MS = 60_000;

const NOT_ASKED = 'The option `foundation` was not given.';

/** A ranking's term, by candidate, which it keeps: `isCounted` says whether it ranks. */
interface Held {
  readonly values: Float64Array;
  readonly isCounted: boolean;
}

const made = new WeakMap<Standing, Foundation<never>>();

/** An Attune's; undefined where the site asked for none. */
export function foundationOf<T>(parts: FoundationParts<T>): Foundation<T> | undefined {
  if (parts.asked.foundation === undefined) return undefined;
  let own = made.get(parts.standing) as Foundation<T> | undefined;
  if (own === undefined) made.set(parts.standing, (own = createFoundation(parts)) as never);
  return own;
}

/** See {@link AttuneFoundation}. */
export async function foundationReport<T>(
  parts: FoundationParts<T>,
  ...[given]: Parameters<AttuneFoundation['report']>
): Promise<FoundationReport> {
  const { signal } = callOptions(given);
  signal?.throwIfAborted();
  return (await foundationOf(parts)?.report(signal)) ?? reportOf('off', NOT_ASKED, undefined, undefined, NEW);
}

function createFoundation<T>(parts: FoundationParts<T>): Foundation<T> {
  const {
    standing,
    learner,
    intake,
    model,
    texts,
    resident,
    rules,
    now,
    onReady,
    onFailure,
    warnOnce,
    events,
    options,
  } = parts;
  const { weight = 1 } = parts.asked.foundation!;
  const readNewest = createNewestReader(isAction);
  const ended = new AbortController();
  const breathe = createBreath(() => ended.signal.throwIfAborted());
  /** By what a ranking's items stand in memory, which is its own. */
  const held = new WeakMap<CandidateRows, Held | null>();
  let opening: Promise<Opened | undefined> | undefined;
  let opened: Opened | undefined;
  let failure: string | undefined;
  let current: Current | undefined;
  let trial = NEW;
  let own = PLAIN_KINDS;
  /** Whose log the trial is of. */
  let judgedFor: object | undefined;
  let turns: Promise<unknown> = Promise.resolve();
  let waiting: ReadonlyMap<string, ItemRecord> | undefined;
  const later = createSoon(
    () => {
      if (opened !== undefined) inTurn(judge).catch(fail);
    },
    SOON_MS,
    PAUSE_MS,
  );
  standing.ends.add(() => {
    later.end();
    ended.abort(new AttuneError('closed', 'This Attune was closed.'));
  });

  const isOff = (): boolean => standing.privacy === 'off';
  const isOther = (): boolean => opened !== undefined && opened.told.encoder !== model.modelVersion;
  const mode = (): FoundationMode => foundationMode(parts.asked.foundation);
  const isCounted = (): boolean => trial.inForce && mode() === 'on';

  async function open(): Promise<Opened | undefined> {
    try {
      opened = await openFoundation(parts.asked.foundation!, {
        isKept: placeOf(standing) === 'disk',
        compute: () => computeOf(standing, options.worker),
        onProgress: (progress) => events.emit('progress', progress),
        onRefused: (error) => warnOnce('compute', error),
        signal: ended.signal,
      });
      await judge();
      return opened;
    } catch (error) {
      if (ended.signal.aborted) return undefined;
      const found = asAttuneError(error, 'foundation/unavailable', 'The sequence model could not be used');
      [failure, opened] = [found.message, undefined];
      warnOnce('foundation', found);
      return undefined;
    }
  }

  /** One at a time with the others that speak to the model or read the log. */
  function inTurn<R>(task: () => Promise<R>): Promise<R> {
    const turn = turns.then(task);
    turns = turn.catch(() => undefined);
    return turn;
  }

  /** What the model makes of the person as they are known now; `records` are scored from now on. */
  async function bring(records: readonly ItemRecord[]): Promise<void> {
    const found = await (opening ??= open());
    await standing.opened;
    await intake.settled();
    await learner.settled();
    if (found === undefined || isOff() || isOther()) return forgetCurrent(found);
    if (judgedFor !== learner.since) await judge();
    const { log } = standing;
    const { since, state } = learner;
    if (state === undefined) return void (current = undefined); // reading after an erase would make a database again
    const { reach } = found.told;
    const newest = await readNewest(log, reach + 1);
    const actions = newest.slice(-reach);
    const before = newest.length > reach ? newest[0]!.at : undefined;
    const followed = await eventsOf(log, actions, found);
    const ids = actions.map(({ id }) => id);
    const items = await itemsOf(records, found);
    if (isOther() || ended.signal.aborted) return;
    const scores = await found.follower.scores({ ids, events: followed, before }, items);
    if (log === standing.log && since === learner.since) current = { ...scores, since, state };
  }

  function forgetCurrent(found: Opened | undefined): void {
    current = undefined;
    if (found === undefined || !isOther()) return;
    warnOnce(`foundation ${model.modelVersion}`, otherEncoder(found.told.encoder, model.modelVersion));
  }

  /** Actions as the model is told of them. */
  async function eventsOf(log: Log, actions: readonly Interaction[], found: Opened): Promise<SequenceEvent[]> {
    const rows = await rowsOf(await log.items([...new Set(actions.map(({ itemId }) => itemId))]), found);
    const nothing = new Float32Array(found.told.text);
    return actions.map((action) => ({ ...action, text: rows.get(action.itemId) ?? nothing }));
  }

  /** The person's own ways with kinds, decided anew where that is due. */
  async function learn(): Promise<void> {
    const { log } = standing;
    own = PLAIN_KINDS;
    if (opened === undefined || current === undefined) return;
    const { told, follower } = opened;
    const found = opened;
    const learned = await learnKinds(log, { told, follower, breathe, eventsOf: (each) => eventsOf(log, each, found) });
    if (log === standing.log) own = learned;
  }

  async function rowsOf(records: readonly ItemRecord[], { told }: Opened): Promise<Map<string, Float32Array>> {
    const rows = await texts.embed(records, ended.signal, 'background');
    for (const [id, row] of rows) if (row.length !== told.text) rows.delete(id);
    return rows;
  }

  async function itemsOf(records: readonly ItemRecord[], found: Opened): Promise<FollowedItem[]> {
    const fresh = records.filter((record) => found.follower.numberOf(keyOf(record)) === undefined);
    const rows = await rowsOf(fresh, found);
    const nothing = new Float32Array(found.told.text);
    return fresh.map((record) => ({ key: keyOf(record), id: record.id, text: rows.get(record.id) ?? nothing }));
  }

  /** Brings what a ranking lacks once its task is over, and tells if that would change it. */
  function bringLater(records: readonly ItemRecord[]): void {
    if (isOff() || learner.state === undefined) return;
    const isWaiting = waiting !== undefined;
    waiting = new Map([...(waiting ?? []), ...records.map((record) => [keyOf(record), record] as const)]);
    if (isWaiting) return;
    inTurn(async () => {
      const all = [...waiting!.values()];
      waiting = undefined;
      const before = current;
      await bring(all);
      if (current !== undefined && current !== before && isCounted()) onReady();
    }).catch(fail);
  }

  function fail(error: unknown): void {
    if (!ended.signal.aborted) onFailure(error);
  }

  /** Whether the term is to stay in force, from the log. Tells of a demotion once. */
  async function judge(): Promise<void> {
    await standing.opened;
    await intake.settled();
    const { log } = standing;
    if (judgedFor !== learner.since) trial = NEW; // it was another log's
    judgedFor = learner.since;
    later.begun();
    if (opened === undefined || isOff() || learner.state === undefined) return;
    await log.flush();
    const { events: all } = await eventsAfter(log, 0, breathe);
    const steps = tryingTerm(outcomesOfTerm(all, now() - SETTLED_MS, rules, opened.name));
    const judged = await inBreaths(steps, breathe);
    if (log !== standing.log) return;
    trial = judged;
    if (!trial.inForce && mode() === 'on') warnOnce(`foundation ${trial.blocks.length}`, demoted(trial));
  }

  /** The term of a ranking's candidates; undefined while it lacks nearly all. */
  function termOf({ records }: ArrangementParts<T>['candidates']): Float64Array | undefined {
    if (current === undefined || opened === undefined || current.since !== learner.since || isOff()) return undefined;
    const found = current;
    const { scores } = found;
    const { follower } = opened;
    if (found.sd === 0) return undefined;
    const unknown = { count: 0 };
    const values = Float64Array.from(records, (record) => {
      const number = follower.numberOf(keyOf(record));
      if (number === undefined || number >= scores.length) unknown.count++;
      else return weight * standardize(scores[number]!, found);
      return 0;
    });
    return unknown.count === records.length ? undefined : values;
  }

  return {
    async ready(records = []) {
      await standing.opened;
      if (isOff() || learner.state === undefined) return; // nothing to go by: a newcomer's page fetches no model
      const isThere = opened !== undefined;
      const brought = inTurn(() => bring(records));
      let late = !isThere;
      brought.then(() => late && current !== undefined && isCounted() && onReady(), fail);
      if (isThere) late = !(await within(brought, PATIENCE_MS));
    },
    with(given) {
      const { candidates, rows, scalar } = given;
      if (candidates.partial) return given;
      let found = held.get(rows);
      if (found === undefined) {
        const { records } = candidates;
        const isWanted = mode() !== 'off';
        const lacks = (record: ItemRecord): boolean => opened?.follower.numberOf(keyOf(record)) === undefined;
        if (isWanted && (current?.state !== learner.state || records.some(lacks))) bringLater(records);
        const values = isWanted && !isOther() ? termOf(candidates) : undefined;
        held.set(rows, (found = values === undefined ? null : { values, isCounted: isCounted() }));
      }
      if (!found?.isCounted) return given;
      const term: ScalarTerm = { name: 'foundation', label: 'What people like you go on to', values: found.values };
      return { ...given, scalar: [...scalar, term] };
    },
    noted(rows, index) {
      const found = rows && held.get(rows);
      if (!found || opened === undefined) return undefined;
      return noteTerm(found.values[index]!, opened.name, found.isCounted);
    },
    soon: later.ask,
    async report(signal) {
      if (mode() !== 'off' && !isOff()) {
        const brought = inTurn(async () => {
          await bring(Array.from(resident, ([id, { text }]) => ({ id, text, title: '' })));
          await judge();
          await learn();
        });
        await raceAbort(brought, signal);
      }
      parts.check();
      if (mode() === 'off') return reportOf('off', 'The site has it switched off.', opened, undefined, NEW);
      if (isOff()) return reportOf('off', 'Personalization is off.', opened, undefined, NEW);
      if (opened === undefined) return reportOf('failed', failure ?? WAY_OUT, undefined, undefined, NEW);
      if (isOther()) {
        const { message } = otherEncoder(opened.told.encoder, model.modelVersion);
        return reportOf('off', message, opened, undefined, trial);
      }
      if (mode() === 'shadow')
        return reportOf('shadow', 'The site has it scored and judged only.', opened, current, trial, own);
      return trial.inForce
        ? reportOf('on', null, opened, current, trial, own)
        : reportOf('demoted', demoted(trial).message, opened, current, trial, own);
    },
  };
}

function keyOf({ id, text }: ItemRecord): string {
  return `${id}\n${text}`;
}
