import { AttuneError, asAttuneError, invalid } from '../errors.js';
import { isRefusal } from '../domain/consent.js';
import { createIdMaker } from '../domain/id.js';
import { isAction, makeInteraction, type TrackDetails } from '../domain/interaction.js';
import { HIDE } from '../domain/profile.js';
import { raceAbort } from '../encoder/abort.js';
import type { Tabs } from '../storage/tabs.js';
import { createData, type DataParts } from './data.js';
import { encoderChoices } from './encoders.js';
import { createEmitter } from './events.js';
import { createIntake } from './intake.js';
import { createLearner, type Learner } from './learn.js';
import { type Log, openLog } from './log.js';
import { createModel } from './model.js';
import type { Notice } from './notices.js';
import { callOptions, objectOf, oneOf, RARE, resolveOptions } from './options.js';
import { createPositions } from './positions.js';
import type { Desk } from './questions.js';
import { createRanker } from './rank.js';
import { createRecordReader } from './read-records.js';
import { readableProfile } from './readable-profile.js';
import { createSliderReader } from './read-sliders.js';
import { remember, type Resident } from './resident.js';
import { type Place, placeOf, type Standing } from './standing.js';
import type { Attune, AttuneOptions, Profile, Ranking, RankOptions } from './types.js';
import { createTexts } from './texts.js';
import { fetchParts, within } from './waiting.js';

/**
 * How long after a change a snapshot is saved, and how long after the last one, ms. Judgement: off the path of bursts,
 * not put off by a stream, there before most people leave a page, and no write of its own for each lone action.
 */
const SNAPSHOT_DELAY_MS = 3000;
const SNAPSHOT_PAUSE_MS = 20_000;

/** What is asked now and then. */
type Question = keyof typeof import('./questions.js');
type Asked = Exclude<Question & keyof Attune<never>, 'observe' | 'interests' | 'foundation'>;
const QUESTIONS =
  'openCatalogue,impression,outcome,exposure,preferences,score,calibration,more,related,search,embed,explain,history'.split(
    ',',
  ) as Asked[];

/**
 * Starts Attune: opens what is stored. No model is loaded before a text needs it.
 *
 * The composition root: the only place where parts meet. Environment faults degrade and arrive as `warning` events.
 *
 * @throws AttuneError `input/invalid` for options that make no sense
 */
export async function createAttune<T = Record<string, unknown>>(asked: AttuneOptions<T> = {}): Promise<Attune<T>> {
  const options = resolveOptions(asked);
  const { clock, rules } = options;
  const events = createEmitter();
  const makeId = createIdMaker(clock.random);
  let closed = false;
  const told = new Set<string>();

  let latest = 0;
  const now = (): number => {
    const read = clock.now();
    if (read > latest) latest = read; // a clock set back must not age evidence twice
    return latest;
  };
  const newId = (): string => makeId(now());
  let begin: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  /** In a task of its own, so that a listener added right after createAttune hears of what happened before. */
  const warn = (warning: AttuneError): void => void begun.then(() => setTimeout(events.emit, 0, 'warning', warning));
  const warnOnce = (key: string, warning: AttuneError): void => {
    if (!told.has(key)) warn(warning);
    told.add(key);
  };
  const tellOnce = (name: Notice, found = '', key: string = name): void => {
    if (!told.has(key)) import('./notices.js').then(({ notice }) => warnOnce(key, notice(name, found)), onFailure);
  };
  const { recordOf, redacted } = createRecordReader(options, () => tellOnce('images'));
  const onFailure = (error: unknown): void => {
    if (!closed) warn(asAttuneError(error, 'encoder/unavailable', 'Attune could not do something'));
  };
  if (RARE.some((name) => asked[name] !== undefined)) {
    await import('./check-options.js').then(({ checkRare }) => checkRare(asked), onFailure);
  }
  const { keepText, offLimits } = options;
  const withheld = keepText === 'none' ? await import('./item-texts.js') : undefined;
  const guarding = withheld || offLimits.topics.length > 0 ? await import('./guard.js') : undefined;
  const { choices, better } = await encoderChoices(
    options,
    () => standing,
    (progress) => events.emit('progress', progress),
    warn,
  );
  const place = placeOf(options);
  const standing: Standing = {
    user: options.user,
    answer: options.answer,
    answeredAt: options.answer === 'unknown' ? -Infinity : now(),
    consent: options.consent,
    privacy: options.privacy,
    log: await openUserLog(options.user, place), // nothing may await from here until all parts are there
    lies: place,
    hadSession: options.privacy === 'session',
    opened: Promise.resolve(),
    forgotten: new Map(),
    passing: new Set(),
    ends: new Set(),
  };
  const isOff = (): boolean => standing.privacy === 'off';
  const currentLog = (): Log => standing.log;

  const model = createModel(choices, warn, (before, prepared) => {
    ranker.swapped(learner.vectors(before.modelVersion));
    if (!prepared) learner.replay().catch(onFailure);
  });
  const texts = withheld?.createItemTexts(model, keepText) ?? createTexts(model);
  const guard = guarding?.createGuard(offLimits.topics, keepText, model, texts);
  const positions = createPositions(options.sliders, currentLog, isOff, onFailure);
  const sliders = createSliderReader(options.sliders, model);
  /** Items the page has shown or acted on, with their texts, by id: what `related` and `search` look through. */
  const resident: Resident<T> = new Map();
  const learner: Learner = createLearner(rules, now, model, texts, currentLog, onProfile, onFailure);
  const intake = createIntake<T>(offLimits.items, guard, currentLog, () => learner, onFailure);
  let voice: Tabs | undefined;
  let arranging: Promise<(() => Promise<void>) | void> | undefined;
  const ranker = createRanker<T>(options, model, sliders, learner, () => positions.values, isOff);

  const parts: DataParts = {
    standing,
    intake,
    model,
    texts,
    positions,
    learner,
    newId,
    now,
    redact: redacted,
    keepText,
    encrypt: options.encrypt,
    isGiven: options.store !== undefined,
    tell: (note) => voice?.tell(note),
    openLog: openUserLog,
    listen,
    check,
    reset,
    onProfile,
    onFailure,
  };

  const desk: Desk<T> = {
    ...parts,
    intake,
    ranker,
    sliders,
    rules,
    recordOf,
    resident,
    options,
    asked,
    warnOnce,
    onReady,
    events,
  };

  listen().catch(onFailure);
  const upgrade = better?.upgrade({
    ...{ standing, model, learner, texts: sliders.texts, options, now },
    tell: (each) => events.emit('upgrade', each),
    refit: async (refit) => (await import('./questions.js')).refit(desk, refit),
  });
  await Promise.all([positions.read(), upgrade?.prefer()]);
  begin!();
  fetchParts(options.encrypt !== false).catch(() => undefined); // whoever needs a part asks for it again, and reports
  if (isRefusal(options.answer) && !parts.isGiven)
    move(({ obeyConsent }, release) => obeyConsent(parts, 'erase-disk', place, release));
  if (keepText === 'none') move(({ stripTexts }) => stripTexts(parts), false);
  if (!isOff()) standing.opened = learner.open().catch(onFailure);
  upgrade?.run().catch(onFailure);

  /** Opens a user's log. What it reports once another's is open is nobody's concern any more. */
  async function openUserLog(user: string, where: Place): Promise<Log> {
    const during =
      <A extends unknown[]>(task: (...given: A) => void) =>
      (...given: A) => {
        if (opened === standing.log) task(...given);
      };
    const opened: Log = await openLog(user, where, options.store, options.encrypt, newId, {
      onStored: during((...stored: Parameters<Learner['stored']>) => learner.stored(...stored)),
      onForeign: during((key: number) => {
        if (!isOff() && !isRefusal(standing.consent)) learner.sync(key).catch(onFailure);
      }),
      onHide: during(() => void positions.settle()),
      onWake: during(() => move(({ wake }) => wake(parts), false)),
      onChanged: during(() => move(({ reread }) => reread(parts), false)),
      onLost: during(reset),
      onDisk: during(() => move(({ comeBack }, release) => comeBack(parts, release))),
      onWarning: warn,
      now,
    });
    return opened;
  }

  /** Hears what the person wants in other tabs. */
  async function listen(): Promise<void> {
    const { openVoice } = await import('./voice.js');
    voice?.close();
    if (closed) return;
    voice = openVoice(standing, {
      onRefused(answer) {
        if (standing.consent === 'granted') onLeave();
        Object.assign(standing, { answer, consent: answer, answeredAt: now() });
      },
      onErased: onLeave,
      onIgnored: intake.ignore,
    });
  }

  function onLeave(): void {
    intake.drop();
    move(({ leave }, release) => leave(parts, release));
  }

  /** A move of the log that nobody waits for. */
  function move(task: (moves: typeof import('./consent.js'), release: () => void) => Promise<void>, hold = true): void {
    void intake.inTurn(async (release) => task(await import('./consent.js'), release), hold).catch(onFailure);
  }

  let snapshotTimer: ReturnType<typeof setTimeout> | undefined;
  let savedAt = -Infinity;
  function onProfile(): void {
    if (closed) return;
    if (events.has('profile')) events.emit('profile', profile());
    const pause = Math.max(SNAPSHOT_DELAY_MS, savedAt + SNAPSHOT_PAUSE_MS - performance.now());
    snapshotTimer ??= setTimeout(() => {
      snapshotTimer = undefined;
      savedAt = performance.now();
      learner.saveSnapshot().catch(onFailure);
    }, pause);
  }

  function check(): void {
    if (closed) throw new AttuneError('closed', 'This Attune was closed; make a new one with createAttune.');
  }

  function reset(): void {
    positions.clear();
    resident.clear();
    learner.reset();
    onProfile();
  }

  function profile(): Profile {
    const vectors = learner.vectors();
    return readableProfile(vectors, sliders.states(vectors, positions.values), model);
  }

  function track(kind: string, item: T | string, details: TrackDetails = {}): string {
    check();
    if (!isAction({ kind })) throw invalid('kind', kind, `Call \`${kind}\`.`);
    const known = recordOf(item);
    const interaction = makeInteraction(newId(), kind, known.id, details, now());
    if (isOff() || intake.refuses(item, known)) return '';
    if (!Object.hasOwn(rules.kinds, kind)) tellOnce('kind', kind, `kind ${kind}`);
    if (typeof item !== 'string') remember(resident, [item], [known]);
    texts.offer([known]);
    intake.add(interaction, known);
    return interaction.id;
  }

  function onReady(): void {
    if (!closed) events.emit('ready', { modelVersion: model.modelVersion });
  }

  let answers: Record<Question, (desk: never, ...given: never[]) => unknown> | undefined;

  /** What is asked now and then is answered by code loaded apart from the page's first, once: each `import()` is a task. */
  async function answer(name: Question, ...given: unknown[]): Promise<unknown> {
    check();
    answers ??= await import('./questions.js');
    return answers[name](desk as never, ...(given as never[]));
  }

  const ask = (name: Question): never => answer.bind(null, name) as never;

  return {
    ...(Object.fromEntries(QUESTIONS.map((name) => [name, ask(name)])) as unknown as Pick<Attune<T>, Asked>),
    interests: { list: ask('interests'), edit: ask('editInterest'), undo: ask('undoInterest') },
    adaptation: { report: ask('report'), undo: ask('undo'), reset: ask('reset') },
    foundation: { report: ask('foundation') },
    track,
    lessLike: (item, details) => track(HIDE, item, details),
    async ignore(item) {
      check();
      const known = recordOf(item);
      intake.ignore(known.id);
      voice?.tell({ type: 'ignored', id: known.id });
      await intake.inTurn(async () => (await import('./rights.js')).forgetItem(parts, known));
    },
    async rank(items, given) {
      check();
      const rankOptions: RankOptions<T> = callOptions(given);
      const { signal, filter, excludeSeen, minRelevance, explore, boosts, rules: added } = rankOptions;
      signal?.throwIfAborted();
      if (!Array.isArray(items)) return answer('rankCatalogue', items, rankOptions) as Promise<Ranking<T>>;
      const isPlain = [filter, excludeSeen, minRelevance, explore, asked.priors].every((asked) => asked === undefined);
      const selection = isPlain ? undefined : (await import('./select.js')).select(items, rankOptions, desk);
      const kept = selection?.kept ?? [...items];
      const records = kept.map(recordOf);
      if (new Set(records.map(({ id }) => id)).size < records.length) tellOnce('duplicate-id');
      remember(resident, kept, records);
      const wishes =
        (asked.rules ?? added ?? boosts) === undefined
          ? []
          : (await import('./wishes.js')).wishTerms(asked.rules, rankOptions, kept, records, now());
      if (isOff()) return ranker.rank(kept, records, rankOptions, false, wishes, selection);
      const ensured = Promise.all([
        model.ensure([...sliders.texts, ...records.map(({ text }) => text)]),
        standing.opened,
        selection?.read(records.map(({ id }) => id)),
        (arranging ??= import('./rank-interests.js').then(({ prepare }) => prepare(desk), onFailure)).then((ready) =>
          ready?.(records),
        ),
      ]);
      if (texts.offer(records)) learner.replay().catch(onFailure);
      ensured
        .then(() => import('./advise.js'))
        .then(({ advise }) => advise(sliders, model, warnOnce))
        .catch(() => undefined); // what can't be loaded, or understood, is nothing to advise on
      let late = false;
      ensured.then(
        () => late && onReady(),
        (error: unknown) => (late || !(error instanceof AttuneError)) && onFailure(error), // else the model reported it
      );
      const done = await raceAbort(within(ensured, options.maxWaitMs), signal);
      late = !done;
      check();
      if (done && model.table !== undefined) {
        const unknown = records.filter(({ text }) => model.table!.offsets.get(text) === -1).length;
        if (unknown > 0) tellOnce('unknown-text', `${unknown} of ${records.length} items`);
      }
      return ranker.rank(kept, records, rankOptions, !done, wishes, selection);
    },
    rerank(ranking, change = {}) {
      check();
      return ranker.rerank(ranking, objectOf('change', change));
    },
    observe(element, ranking, id) {
      check();
      ranker.madeFrom(ranking); // else it is none of ours
      const looking = answer('observe', element, ranking, id);
      looking.catch(onFailure);
      return () =>
        void looking.then(
          (end) => (end as () => void)(),
          () => undefined,
        );
    },
    setSlider(id, position) {
      check();
      positions.set(id, position);
    },
    profile() {
      check();
      return profile();
    },
    on(type, listener) {
      oneOf('event', type, 'profile,ready,warning,progress,upgrade,drift'.split(',') as (typeof type)[]);
      if (typeof listener !== 'function') throw invalid('listener', listener, 'Pass a function.');
      return events.on(type, listener);
    },
    async flush(given) {
      check();
      const { signal } = callOptions(given);
      const stored = async (): Promise<void> => {
        await intake.settled();
        await Promise.all([standing.log.flush(), learner.settled(), positions.settle()]);
      };
      await raceAbort(stored(), signal);
    },
    async close() {
      if (closed) return;
      await intake.settled();
      await learner.saveSnapshot().catch(onFailure);
      await positions.settle();
      closed = true;
      clearTimeout(snapshotTimer);
      upgrade?.stop();
      for (const end of standing.ends) end();
      voice?.close();
      model.close();
      await standing.log.close();
    },
    data: createData(parts),
  };
}
