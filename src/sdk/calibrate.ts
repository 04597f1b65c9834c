import { hashText } from '../core/hash.js';
import type { Answer } from '../domain/attribution.js';
import type { Calibrator, ScoreVersions } from '../domain/calibrator.js';
import { byTime, type Interaction, isAction } from '../domain/interaction.js';
import { contextWeights } from '../domain/context.js';
import {
  needsScore,
  type OutcomeReplay,
  type RawScores,
  replayOutcomes,
  type ScoredUnder,
  UNSEEN,
} from '../domain/outcome-replay.js';
import type { ProfileRules } from '../domain/profile.js';
import type { Slider } from '../domain/slider.js';
import { judgeOutcomes, startRecord, type TrackRecord } from '../domain/track-record.js';
import { AttuneError } from '../errors.js';
import { createBreath } from './idle.js';
import type { Log } from './log.js';
import { eventsAfter } from './read-log.js';
import { type Scoring, scoreEmbedding, statisticsOf } from './score.js';
import type { Standing } from './standing.js';
import { embedEvents } from './embed-events.js';
import type { Reading } from './texts.js';

/** From the log to calibrators: what was shown, what came of it, and a curve for each slider, brought forward as the log grows. */

/** What it needs of an open Attune. */
export interface CalibrateParts {
  readonly standing: Standing;
  readonly sliders: readonly Slider[];
  readonly rules: ProfileRules;
  readonly now: () => number;
}

/** What calibrators are made under: the model in use, or one that is about to be. */
export interface Refit extends Scoring, Reading {
  /** Whether that model still is, or will be, in use: if not, nothing is made. */
  readonly stands: () => boolean;
}

/** A derived value: what the log, as it was under `epoch`, says up to record `lastKey`. */
interface Kept {
  readonly epoch: string;
  /** Of the rules and the sliders it was made for. */
  readonly made: string;
  readonly lastKey: number;
  /** Read, and dated too late to be taken in yet. */
  readonly waiting: readonly Interaction[];
  /** Null while nothing was ever shown: then nothing but `lastKey` is of interest. */
  readonly replay: OutcomeReplay | null;
  /** By slider id. */
  readonly records: Readonly<Record<string, TrackRecord>>;
}

/**
 * What happened in the last minute waits: another tab may have something older on its way to the disk. What comes later
 * still costs a replay from nothing, never a wrong answer. Judgement.
 */
const SETTLED_MS = 60_000;

/** Most that may wait in a stored value; with more of the future it is made anew each time. Judgement. */
const MAX_WAITING = 2048;

/** Events taken in and outcomes judged at once. Judgement. */
const SLICE = 32;
const JUDGED_TOGETHER = 32;

export interface Calibrations {
  /** What is in force as far as it is here already; see `load`. */
  calibrators(): readonly Calibrator[];
  /** Has what is stored for these scores here, if it is of this log. */
  load(scoring: Scoring): Promise<void>;
  /** Brings everything forward; each slider's record, by id, where there is any. One run at a time. */
  forward(refit: Refit): Promise<Readonly<Record<string, TrackRecord>>>;
  /** Goes on with nothing. */
  stop(): void;
}

export function createCalibrations({ standing, sliders, rules, now }: CalibrateParts): Calibrations {
  const here = new Map<string, Kept>();
  const made = hashText(JSON.stringify([rules, sliders.map(({ id, version }) => [id, version])]));
  let turns: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const breathe = createBreath(() => {
    if (stopped) throw new AttuneError('closed', 'This Attune was closed.');
  });

  /** What is kept under a name, here or stored, if it is of the log as it is now. */
  async function find(log: Log, name: string, epoch: string): Promise<Kept | undefined> {
    for (const [each, { epoch: madeIn }] of here) if (madeIn !== epoch) here.delete(each);
    const known = here.get(name);
    if (known !== undefined) return known;
    const stored = await log.value(name);
    if (!isKept(stored) || stored.epoch !== epoch || stored.made !== made) return undefined;
    here.set(name, stored);
    return stored;
  }

  async function bringForward(refit: Refit, log: Log): Promise<Kept['records']> {
    await log.flush();
    const epoch = await log.epoch();
    const current = statisticsOf(refit);
    const [statistics, kept] = await statisticsToKeep(log, refit, current, epoch);
    const name = nameOf(refit, statistics);
    const versions = versionsOf(refit, statistics);
    const empty: Kept = { epoch, made, lastKey: 0, waiting: [], replay: null, records: {} };
    let from = kept ?? empty;
    let { lastKey, events } = await eventsAfter(log, from.lastKey, breathe);
    if (from.lastKey > 0 && !canFollow(from, events)) {
      from = empty;
      ({ lastKey, events } = await eventsAfter(log, 0, breathe));
    }
    if (from.replay === null && events.every(isAction)) {
      const next = { ...empty, lastKey };
      if (events.length > 0) await keep(log, name, next);
      return next.records;
    }
    const horizon = now() - SETTLED_MS;
    const all = [...from.waiting, ...events].sort(byTime);
    const due = all.filter(({ at }) => at <= horizon);
    const { needed, isAnew } = await neededFor(due, versions);
    if (isAnew && statistics !== current) return kept?.records ?? {}; // the catalogue to score them by is not here yet
    const under = await scoredUnder(log, refit, versions, needed);
    let replay = from.replay ?? UNSEEN;
    const answers: Answer<RawScores>[] = [];
    for (const [slice, until] of slices(due, Math.max(replay.until, horizon))) {
      const next = replayOutcomes(replay, slice, until, under);
      replay = next.replay;
      answers.push(...next.answers);
      await breathe();
    }
    const records = await judge(from.records, versions, answers);
    if ((await log.epoch()) !== epoch) return bringForward(refit, log); // something was taken away
    if (!refit.stands()) return {};
    const waiting = all.slice(due.length);
    const next = { epoch, made, lastKey, waiting, replay, records };
    if (events.length > 0 || due.length > 0 || answers.length > 0) await keep(log, name, next);
    else if (log === standing.log) here.set(name, next);
    return records;
  }

  /** Events that a replay needs embeddings for: what was done, and what was shown under other versions than these. */
  async function neededFor(
    events: readonly Interaction[],
    versions: ScoredUnder['versions'],
  ): Promise<{ readonly needed: readonly Interaction[]; readonly isAnew: boolean }> {
    const needed: Interaction[] = [];
    let isAnew = false;
    for (const [slice] of slices(events, Infinity)) {
      for (const event of slice) {
        const needs = needsScore(event, versions);
        isAnew ||= needs;
        if (needs || isAction(event)) needed.push(event);
      }
      await breathe();
    }
    return { needed, isAnew };
  }

  async function judge(
    before: Kept['records'],
    versions: ScoredUnder['versions'],
    answers: readonly Answer<RawScores>[],
  ): Promise<Kept['records']> {
    const records = { ...before };
    for (const [id, each] of Object.entries(versions)) {
      let record = records[id] ?? startRecord(each);
      for (let from = 0; from < answers.length; from += JUDGED_TOGETHER) {
        const outcomes = answers.slice(from, from + JUDGED_TOGETHER).flatMap(({ shown, y, at }) => {
          const score = shown[id];
          return score === undefined ? [] : [{ score, y, at }];
        });
        record = judgeOutcomes(record, outcomes);
        await breathe();
      }
      records[id] = record;
    }
    return records;
  }

  /** Here and stored, in the task that found that it still is of the person whose log this is. */
  async function keep(log: Log, name: string, value: Kept): Promise<void> {
    if (log !== standing.log) return;
    here.set(name, value);
    if (value.waiting.length <= MAX_WAITING) await log.setValue(name, value);
  }

  /** The statistics in force; before any item is here, those of what is kept. */
  async function statisticsToKeep(
    log: Log,
    refit: Refit,
    current: string,
    epoch: string,
  ): Promise<[string, Kept | undefined]> {
    for (const statistics of hasCatalogue(refit) ? [current] : ['catalogue', current]) {
      const kept = await find(log, nameOf(refit, statistics), epoch);
      if (kept?.replay) return [statistics, kept];
    }
    return [current, await find(log, nameOf(refit, current), epoch)];
  }

  function versionsOf({ modelVersion }: Scoring, statistics: string): Record<string, ScoreVersions> {
    return Object.fromEntries(
      sliders.map(({ id, version }) => [id, { model: modelVersion, slider: version, statistics }]),
    );
  }

  async function scoredUnder(
    log: Log,
    refit: Refit,
    versions: ScoredUnder['versions'],
    needed: readonly Interaction[],
  ): Promise<ScoredUnder> {
    const items = await log.items([...new Set(needed.map(({ itemId }) => itemId))]);
    const entries = await embedEvents(needed, items, refit, undefined, 'background');
    const embeddings = new Map(entries.map(({ interaction, embedding }) => [interaction.id, embedding]));
    const weights = contextWeights({}, {});
    return {
      modelVersion: refit.modelVersion,
      versions,
      rules,
      embeddingOf: ({ id }) => embeddings.get(id),
      score: (embedding, person, at) =>
        Object.fromEntries(
          scoreEmbedding(embedding, weights, person, refit, at).map(({ slider, raw }) => [slider, raw]),
        ),
    };
  }

  return {
    calibrators: () =>
      [...here.values()]
        .flatMap(({ records }) => Object.values(records))
        .flatMap(({ calibration: { champion } }) => (champion === null ? [] : [champion])),
    async load(scoring) {
      const { log } = standing;
      await find(log, nameOf(scoring, statisticsOf(scoring)), await log.epoch());
    },
    forward(refit) {
      const turn = turns.then(async () => {
        const { log } = standing;
        try {
          return await bringForward(refit, log);
        } catch (error) {
          if (log === standing.log && refit.stands()) throw error;
          return {}; // another person's log, or another model, came between
        }
      });
      turns = turn.catch(() => undefined);
      return turn;
    },
    stop: () => void (stopped = true),
  };
}

/** Whether a stored value can be gone on with; a damaged one is made anew. */
function isKept(value: unknown): value is Kept {
  const { lastKey, waiting, replay, records } = (value ?? {}) as Partial<Kept>;
  if (typeof lastKey !== 'number' || !Array.isArray(waiting) || replay === undefined || !records) return false;
  if (replay !== null && !(typeof replay.until === 'number' && Array.isArray(replay.open))) return false;
  return Object.values(records).every((record) => Array.isArray(record?.ys) && record.calibration !== undefined);
}

/** Whether these can be taken in after what is kept: none of them is of earlier, or the first that was ever shown. */
function canFollow({ replay }: Kept, events: readonly Interaction[]): boolean {
  return replay === null ? events.every(isAction) : events.every(({ at }) => at > replay.until);
}

function nameOf({ modelVersion }: Scoring, statistics: string): string {
  return `derived/calibration/${modelVersion}/${statistics}`;
}

function hasCatalogue({ sliders, standardize }: Scoring): boolean {
  const [first] = sliders.axes();
  return !standardize || (first !== undefined && sliders.spread(first.axis).count > 0);
}

/** Events in parts, each with the instant up to which it is whole: what is dated alike stays together. */
function* slices(events: readonly Interaction[], until: number): Generator<readonly [Interaction[], number]> {
  for (let from = 0; from < events.length;) {
    let to = Math.min(events.length, from + SLICE);
    while (to < events.length && events[to]!.at === events[to - 1]!.at) to++;
    yield [events.slice(from, to), events[to - 1]!.at];
    from = to;
  }
  yield [[], until];
}
