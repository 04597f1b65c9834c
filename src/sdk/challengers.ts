import type { Adapter } from '../core/adapter.js';
import { hashText } from '../core/hash.js';
import type { Calibrator } from '../domain/calibrator.js';
import type { ScoreContext } from '../domain/context.js';
import { decidedAfter, decisive, type HeldOut } from '../domain/contest.js';
import { gateContext } from '../domain/gate-context.js';
import { type Gate, gateFactors } from '../domain/gate.js';
import { type Interaction, isAction } from '../domain/interaction.js';
import { askSite } from '../domain/item.js';
import type { Lesson } from '../domain/lesson.js';
import type { LearnedPart, Trained } from '../domain/training.js';
import { AttuneError, invalid } from '../errors.js';
import type { AdaptContext, ChallengerReport, LearnedReport } from './challenger-types.js';
import { computeOf } from './own-compute.js';
import { createBreath, createSoon } from './idle.js';
import type { Intake } from './intake.js';
import type { Learner } from './learn.js';
import { type LessonParts, readLessons } from './lessons.js';
import type { Log } from './log.js';
import type { ResolvedOptions } from './options.js';
import { eventsAfter } from './read-log.js';
import { type Scoring, statisticsOf } from './score.js';
import type { Standing } from './standing.js';
import { train } from './train.js';
import type { AttuneOptions } from './types.js';

/** From the log to what learns from outcomes, where the site asks for it (`adapt`); loaded with the first impression, score or ranking. */

/** What it needs of an open Attune. */
export interface ChallengerParts<T> extends Omit<LessonParts<T>, 'breathe' | 'signal'> {
  readonly standing: Standing;
  readonly learner: Learner;
  readonly intake: Pick<Intake<T>, 'settled' | 'inTurn'>;
  readonly now: () => number;
  readonly check: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly options: Pick<ResolvedOptions<T>, 'sliders' | 'standardize' | 'weights' | 'worker'>;
  readonly asked: Pick<AttuneOptions<T>, 'adapt' | 'segments' | 'contextRules'>;
  readonly warnOnce: (key: string, warning: AttuneError) => void;
}

/** What is in force of one of them. */
interface Decided {
  /** Outcomes up to which it was decided, and since when they count, epoch ms. */
  readonly outcomes: number;
  readonly since: number;
  readonly heldOut: HeldOut | null;
  /** Null while it is not in use. */
  readonly learned: Gate | Adapter | null;
  readonly trainedAt: number | null;
  readonly ms: number;
}

/** A derived value, of the log as it was under `epoch`. */
interface Kept {
  readonly epoch: string;
  /** Of what lessons are made under. */
  readonly made: string;
  readonly decided: Decided;
}

/** What is in force of each part that was asked for. */
type InForce = Partial<Record<LearnedPart, Decided>>;

/** Since when outcomes teach, epoch ms; a setting beside the log. */
type Resets = Readonly<Partial<Record<LearnedPart, number>>>;
const RESETS_VALUE = 'adaptation-resets';

const PARTS: readonly LearnedPart[] = ['gate', 'adapter'];
const UNDECIDED: Decided = { outcomes: 0, since: 0, heldOut: null, learned: null, trainedAt: null, ms: 0 };

/** As in calibration: another tab may have something older on its way. */
const SETTLED_MS = 60_000;
/** How long after something was shown or scored what is learned is brought forward, and at least how often not, ms. Judgement. */
const SOON_MS = 8000;
const PAUSE_MS = 300_000;
/** Chance is seeded by it: the same log has the same answer in each tab. */
const SEED = 1;

/** What learns from the outcomes of one Attune. */
export interface Challengers {
  /** Has what is stored here. */
  load(): Promise<void>;
  /** Brings it forward in an idle moment that comes soon, unless one came lately. */
  soon(): void;
  /** What the gate in use makes of scores in this context; undefined without one. */
  gated(context: ScoreContext): Gated | undefined;
  /** The adapter in use. */
  adapter(): Adapter | undefined;
  /** What is noted with an impression or an outcome. */
  noted(): NonNullable<Interaction['context']>;
  report(): Promise<ChallengerReport>;
  reset(part: LearnedPart | undefined): Promise<ChallengerReport>;
}

/** A score's weights under a gate, and what that makes of its calibration. */
export interface Gated {
  readonly factors: ReturnType<typeof gateFactors>;
  /** Names the gate: raw scores under another are not comparable. */
  readonly version: string;
  /** The gate's own curves, bound to it. */
  readonly calibrators: readonly Calibrator[];
}

const opened = new WeakMap<Standing, Challengers>();

/** An Attune's; made when it is asked for first. */
export function challengersOf<T>(parts: ChallengerParts<T>): Challengers {
  let own = opened.get(parts.standing);
  if (own === undefined) opened.set(parts.standing, (own = createChallengers(parts)));
  return own;
}

function createChallengers<T>(parts: ChallengerParts<T>): Challengers {
  const { standing, intake, learner, model, sliders, rules, options, asked, now, check, onFailure, warnOnce } = parts;
  const wanted = PARTS.filter((part) => asked.adapt?.[part] === true);
  const identity = [rules, options.weights, options.sliders.map(({ id, version }) => [id, version])];
  const made = hashText(JSON.stringify([...identity, asked.segments, asked.contextRules]));
  const here = new Map<string, Kept>();
  const ended = new AbortController();
  let turns: Promise<unknown> = Promise.resolve();
  const breathe = createBreath(() => ended.signal.throwIfAborted());
  const later = createSoon(() => void forward().catch(onFailure), SOON_MS, PAUSE_MS);
  standing.ends.add(() => {
    later.end();
    ended.abort(new AttuneError('closed', 'This Attune was closed.'));
  });

  const isOff = (): boolean => standing.privacy === 'off';
  const scoring = (): Scoring => ({ modelVersion: model.modelVersion, sliders, standardize: options.standardize });
  /** A gate stands on features as the catalogue's statistics have them, an adapter on embeddings alone. */
  const nameOf = (part: LearnedPart, given: Scoring): string =>
    `derived/${part}/${given.modelVersion}/${part === 'gate' ? statisticsOf(given) : ''}`;

  /** What is in force of a part, if it is in use. */
  function inUse(part: LearnedPart): Decided | undefined {
    if (isOff() || !wanted.includes(part)) return undefined;
    const decided = here.get(nameOf(part, scoring()))?.decided;
    return decided?.learned === null ? undefined : decided;
  }

  async function find(log: Log, name: string, part: LearnedPart, epoch: string): Promise<Kept> {
    for (const [each, kept] of here) if (kept.epoch !== epoch) here.delete(each);
    const known = here.get(name);
    if (known !== undefined) return known;
    const stored = (await log.value(name)) as Kept | undefined;
    const isOurs = stored?.epoch === epoch && stored.made === made;
    const { [part]: since = 0 } = isOurs ? readResets(await log.value(RESETS_VALUE)) : {};
    const found = isOurs && stored.decided?.since === since ? stored : { epoch, made, decided: UNDECIDED };
    here.set(name, found);
    return found;
  }

  async function bringForward(log: Log): Promise<InForce> {
    later.begun();
    await model.ensure(sliders.texts, ended.signal, 'background');
    const given = scoring();
    await log.flush();
    const epoch = await log.epoch();
    const resets = readResets(await log.value(RESETS_VALUE));
    const inForce: InForce = {};
    for (const part of wanted) inForce[part] = (await find(log, nameOf(part, given), part, epoch)).decided;
    const { events } = await eventsAfter(log, 0, breathe);
    const shown = events.filter((event) => !isAction(event)).length; // there are no more outcomes than that
    const due = wanted.filter((part) => {
      const { since, outcomes } = inForce[part]!;
      return since !== (resets[part] ?? 0) || outcomes !== decidedAfter(shown);
    });
    const hasItems = (model.table?.items.size ?? 0) > 0 || model.table?.statistics !== undefined;
    if (!hasItems || due.length === 0) return inForce;
    const until = now() - SETTLED_MS;
    const settled = events.filter(({ at }) => at <= until);
    const lessons = await readLessons({ ...parts, breathe, signal: ended.signal }, log, settled, until, given);
    for (const part of due) {
      const decided = await decide(part, lessons, inForce[part]!, resets[part] ?? 0);
      if ((await log.epoch()) !== epoch) return bringForward(log); // something was taken away
      if (model.modelVersion !== given.modelVersion || log !== standing.log) return {};
      const next = { epoch, made, decided };
      here.set(nameOf(part, given), next);
      if (decided !== inForce[part]) await log.setValue(nameOf(part, given), next);
      inForce[part] = decided;
    }
    return inForce;
  }

  async function decide(
    part: LearnedPart,
    lessons: readonly Lesson[],
    known: Decided,
    since: number,
  ): Promise<Decided> {
    const own = lessons.filter(({ at }) => at > since);
    const outcomes = decidedAfter(own.length);
    if (known.outcomes === outcomes && known.since === since) return known;
    if (outcomes === 0) return { ...UNDECIDED, since };
    const onRefused = (error: AttuneError): void =>
      warnOnce('compute', new AttuneError(error.code, `${error.message} What learns is trained on the page.`));
    const trained = await train(own, [part], SEED, computeOf(standing, options.worker), onRefused, ended.signal);
    const heldOut = trained[part]?.heldOut ?? null;
    const isBetter = heldOut !== null && heldOut.interval.low > 0;
    const learned = isBetter ? learnedOf(trained) : null;
    return { outcomes, since, heldOut, learned, trainedAt: decisive(own).at(-1)!.at, ms: trained.ms[part] };
  }

  /** One run at a time. */
  function forward(): Promise<InForce> {
    const turn = turns.then(async () => {
      await standing.opened;
      await intake.settled();
      await learner.settled();
      if (isOff() || learner.state === undefined) return {}; // reading after an erase would make a database again
      const { log } = standing;
      try {
        return await bringForward(log);
      } catch (error) {
        if (log === standing.log) throw error;
        return {}; // another person's log came between
      }
    });
    turns = turn.catch(() => undefined);
    return turn;
  }

  /** Where and when the page is used now: the clock's hour and weekday, and what the site says. */
  function currentContext(): AdaptContext {
    const { context = {} } = asked.adapt!;
    const said = typeof context === 'function' ? askSite('adapt.context', context) : context;
    const at = new Date(now());
    const { thread } = Object(said) as AdaptContext;
    return {
      ...{ hour: at.getHours(), weekday: at.getDay() },
      ...gateContext(Object(said) as Record<string, unknown>),
      ...(typeof thread === 'string' && { thread }),
    };
  }

  function reportOf(part: LearnedPart, inForce: InForce): LearnedReport {
    const { heldOut, learned, outcomes, trainedAt, ms } = inForce[part] ?? UNDECIDED;
    if (!wanted.includes(part)) {
      return { inUse: false, reason: 'off', heldOut: null, outcomes: 0, trainedAt: null, ms: 0, bytes: 0 };
    }
    const reason = heldOut === null ? 'few outcomes' : learned === null ? 'not better' : 'better';
    return { inUse: learned !== null, reason, heldOut, outcomes, trainedAt, ms, bytes: bytesOf(learned) };
  }

  async function report(): Promise<ChallengerReport> {
    const inForce = wanted.length === 0 ? {} : await forward();
    return { gate: reportOf('gate', inForce), adapter: reportOf('adapter', inForce) };
  }

  return {
    async load() {
      await standing.opened;
      if (isOff() || learner.state === undefined) return;
      const { log } = standing;
      const epoch = await log.epoch();
      for (const part of wanted) await find(log, nameOf(part, scoring()), part, epoch);
    },
    soon: later.ask,
    gated(context) {
      const decided = inUse('gate');
      if (decided === undefined) return undefined;
      const gate = decided.learned as Gate;
      const version = `${decided.outcomes}-${hashText(gate.matrix.join())}`;
      const { modelVersion: named } = scoring();
      const statistics = statisticsOf(scoring());
      return {
        factors: gateFactors(gate, { ...currentContext(), ...gateContext({ ...context }) }),
        version,
        calibrators: options.sliders.flatMap(({ version: slider }, i) => {
          const curve = gate.curves[i];
          const versions = { model: named, slider, statistics, gate: version };
          return curve === undefined
            ? []
            : [
                {
                  versions,
                  curve: { kind: 'platt', ...curve },
                  outcomes: decided.outcomes,
                  fittedAt: decided.trainedAt!,
                },
              ];
        }),
      };
    },
    adapter: () => inUse('adapter')?.learned as Adapter | undefined,
    noted: () => ({ ...currentContext() }),
    report,
    async reset(part) {
      if (part !== undefined && !PARTS.includes(part)) throw invalid('part', part, `Name one of ${PARTS.join(', ')}.`);
      check();
      await learner.settled();
      if (isOff() || learner.state === undefined) return report();
      const at = now();
      const reset = Object.fromEntries((part === undefined ? PARTS : [part]).map((each) => [each, at]));
      await intake.inTurn(async () => {
        const { log } = standing;
        await log.setValue(RESETS_VALUE, { ...readResets(await log.value(RESETS_VALUE)), ...reset });
      });
      here.clear();
      return report();
    },
  };
}

function learnedOf({ gate, adapter }: Trained): Gate | Adapter | null {
  return gate?.gate ?? adapter?.adapter ?? null;
}

function bytesOf(learned: Gate | Adapter | null): number {
  if (learned === null) return 0;
  return 'matrix' in learned ? learned.matrix.byteLength : learned.up.byteLength + learned.down.byteLength;
}

/** A damaged setting resets nothing. */
function readResets(value: unknown): Resets {
  const entries = PARTS.map((part) => [part, (Object(value) as Record<string, unknown>)[part]] as const);
  return Object.fromEntries(entries.filter(([, at]) => Number.isFinite(at)));
}
