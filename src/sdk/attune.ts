import { AttuneError, asAttuneError, invalid } from '../errors.js';
import { createIdMaker } from '../domain/id.js';
import { byTime, KIND_PRESETS, makeInteraction } from '../domain/interaction.js';
import { askSite, type ItemRecord, MAX_TEXT_LENGTH, readItem, textItem } from '../domain/item.js';
import { raceAbort } from '../encoder/abort.js';
import { createData } from './data.js';
import { encoderChoices } from './encoders.js';
import { createEmitter } from './events.js';
import { createLearner } from './learn.js';
import { type Log, openLog } from './log.js';
import { createModel } from './model.js';
import { callOptions, objectOf, oneOf, resolveOptions } from './options.js';
import { createPositions } from './positions.js';
import { createRanker } from './rank.js';
import { createSliderReader } from './read-sliders.js';
import type { Attune, AttuneOptions, Consent, PrivacyMode, Profile, RankOptions } from './types.js';

/** Evidence at which the order is half the person's own; the same shrinkage as inferred slider positions. */
const HALF_EVIDENCE = 5;

/** How long after a change a snapshot is saved, ms. Judgement: off the path of bursts, and not put off by a stream. */
const SNAPSHOT_DELAY_MS = 3000;

/**
 * Starts Attune: opens what is stored. No model is loaded before a text needs it.
 *
 * The composition root: the only place where parts meet. Environment faults degrade and arrive as `warning` events.
 *
 * @throws AttuneError `input/invalid` for options that make no sense
 */
export async function createAttune<T = Record<string, unknown>>(asked: AttuneOptions<T> = {}): Promise<Attune<T>> {
  const options = resolveOptions(asked);
  const { clock, rules, reader } = options;
  const events = createEmitter();
  const makeId = createIdMaker(clock.random);
  let consent: Consent = options.consent;
  let privacy: PrivacyMode = options.privacy;
  let closed = false;
  const warnedKinds = new Set<string>();
  const warnedOnce = new Set<string>();

  let latest = 0;
  const now = (): number => {
    const read = clock.now();
    if (read > latest) latest = read; // a clock set back must not age evidence twice
    return latest;
  };
  const newId = (): string => makeId(now());
  const warn = (warning: AttuneError): void => {
    // After the task that caused it, so that a listener added right after createAttune hears of what happened before.
    setTimeout(() => events.emit('warning', warning), 0);
  };
  const warnOnce = (key: string, warning: AttuneError): void => {
    if (warnedOnce.has(key)) return;
    warnedOnce.add(key);
    warn(warning);
  };
  const onFailure = (error: unknown): void => {
    if (!closed) warn(asAttuneError(error, 'encoder/unavailable', 'Attune could not learn from something'));
  };
  const where = (): 'disk' | 'memory' => (consent === 'granted' && privacy === 'device' ? 'disk' : 'memory');
  let lies = where(); // where the log does lie: while privacy is 'off' it stays where it was
  let hadSession = privacy === 'session'; // whether the log holds what only a session may know

  const model = createModel(
    encoderChoices(options, where() === 'disk', (progress) => events.emit('progress', progress)),
    warn,
    () => void learner.replay().catch(onFailure),
  );
  const positions = createPositions(options.sliders, () => log, onFailure);
  const sliders = createSliderReader(options.sliders, model);
  const learner = createLearner(rules, now, model, () => log, onProfile, onFailure);
  const ranker = createRanker<T>(
    options,
    now,
    model,
    sliders,
    () => learner.vectors(),
    () => positions.values,
    () => privacy === 'off',
  );

  const log: Log = await openLog(options.user, where(), options.store, newId, {
    onStored: learner.stored,
    onForeign: (key) => void learner.sync(key).catch(onFailure),
    onHide: () => void positions.settle(),
    onWake: () => void reread(learner.sync).then(onProfile).catch(onFailure),
    onChanged: () => void reread().catch(onFailure),
    onLost: reset,
    onWarning: warn,
    now,
  });
  await positions.read();
  fetchParts().catch(() => undefined); // whoever needs a part asks for it again, and reports
  const opened = privacy === 'off' ? Promise.resolve() : learner.open().catch(onFailure);

  let snapshotTimer: ReturnType<typeof setTimeout> | undefined;
  function onProfile(): void {
    if (closed) return;
    if (events.has('profile')) events.emit('profile', profile());
    snapshotTimer ??= setTimeout(() => {
      snapshotTimer = undefined;
      learner.saveSnapshot().catch(onFailure);
    }, SNAPSHOT_DELAY_MS);
  }

  function check(): void {
    if (closed) throw new AttuneError('closed', 'This Attune was closed; make a new one with createAttune.');
  }

  function reset(): void {
    positions.clear();
    learner.reset();
    onProfile();
  }

  async function reread(relearn = learner.replay): Promise<void> {
    await positions.settle(); // a slider moved just now stays moved
    await positions.read();
    await relearn();
  }

  function recordOf(item: T | string): ItemRecord {
    if (typeof item === 'string') {
      if (item.trim() === '') throw invalid('text', item, 'Pass an item, or a text with words in it.');
      return textItem(redacted(item.slice(0, MAX_TEXT_LENGTH)));
    }
    const { id, text, title } = readItem(item, reader);
    return { id, text: redacted(text), title: redacted(title) };
  }

  function redacted(text: string): string {
    const result = askSite('redact', () => options.redact(text));
    if (typeof result !== 'string') throw invalid('what `redact` returned', result, 'It must return a string.');
    return result;
  }

  function profile(): Profile {
    const vectors = learner.vectors();
    const evidence = vectors?.evidence ?? 0;
    return Object.freeze({
      embedding: Float32Array.from(vectors?.long.direction ?? new Float64Array(model.table?.dim ?? 0)),
      interactionCount: vectors?.interactionCount ?? 0,
      lastUpdated: vectors === undefined || vectors.newestAt === -Infinity ? null : vectors.newestAt,
      modelVersion: model.modelVersion,
      sliders: sliders.states(vectors, positions.values),
      evidence,
      priorShare: HALF_EVIDENCE / (evidence + HALF_EVIDENCE),
    });
  }

  /** Moves the log to where consent and privacy now put it, and learns it anew there. */
  async function move(carry: boolean): Promise<void> {
    if (carry) await positions.settle();
    else positions.clear();
    lies = where();
    await log.moveTo(lies, carry);
    learner.reset();
    await reread();
  }

  return {
    track(kind, item, details = {}) {
      check();
      const known = recordOf(item);
      const interaction = makeInteraction(newId(), kind, known.id, details, now());
      if (privacy === 'off') return '';
      if (!Object.hasOwn(rules.kinds, kind) && !warnedKinds.has(kind)) {
        warnedKinds.add(kind);
        const listed = Object.keys(KIND_PRESETS.feed).join(', ');
        warn(invalid('unknown kind', kind, `It weighs 1; give it a weight in \`kinds\`. Known: ${listed}.`));
      }
      log.add(interaction, known);
      learner.learn(interaction, known);
      return interaction.id;
    },
    async rank(items, given) {
      check();
      const rankOptions: RankOptions<T> = callOptions(given);
      const { filter, signal } = rankOptions;
      signal?.throwIfAborted();
      if (!Array.isArray(items)) throw invalid('items', items, 'Pass an array of your items.');
      const kept = filter === undefined ? [...items] : items.filter((item) => askSite('filter', () => filter(item)));
      const records = kept.map(recordOf);
      if (new Set(records.map(({ id }) => id)).size < records.length) {
        warnOnce('duplicate-id', invalid('items', 'the same id twice', 'Ids should differ; each is ranked as given.'));
      }
      if (privacy === 'off') return ranker.rank(kept, records, rankOptions, false);
      const ensured = Promise.all([model.ensure([...sliders.texts, ...records.map(({ text }) => text)]), opened]);
      let late = false;
      ensured.then(
        () => late && !closed && events.emit('ready', { modelVersion: model.modelVersion }),
        (error: unknown) => (late || !(error instanceof AttuneError)) && onFailure(error), // else the model reported it
      );
      const done = await raceAbort(within(ensured, options.maxWaitMs), signal);
      late = !done;
      check();
      if (done && model.table !== undefined) {
        const unknown = records.filter(({ text }) => model.table!.offsets.get(text) === -1).length;
        if (unknown > 0) {
          const what = `${unknown} of ${records.length} items`;
          warnOnce('unknown-text', invalid('text', what, 'The encoder knows no word of them; they stand as given.'));
        }
      }
      return ranker.rank(kept, records, rankOptions, !done);
    },
    rerank(ranking, change = {}) {
      check();
      return ranker.rerank(ranking, objectOf('change', change));
    },
    async score(item, given) {
      check();
      const { context = {}, signal } = callOptions(given);
      const known = recordOf(item);
      await model.ensure([...sliders.texts, known.text], signal);
      check();
      return ranker.score(known, context);
    },
    async embed(input, given) {
      check();
      const { signal } = callOptions(given);
      const started = performance.now();
      const { text } = recordOf(input);
      await model.ensure([text], signal);
      const embedding = model.get(text)!.slice();
      return { embedding, modelVersion: model.modelVersion, latencyMs: performance.now() - started };
    },
    setSlider(id, position) {
      check();
      positions.set(id, position);
    },
    profile() {
      check();
      return profile();
    },
    async explain(ranking, id, given) {
      check();
      const { signal } = callOptions(given);
      const candidates = ranker.candidatesOf(ranking);
      const { entryOf, explainEntry } = await import('./explain.js');
      const entry = entryOf(ranking, id);
      const text = candidates.records.find((candidate) => candidate.id === id)!.text;
      await log.flush();
      const interactions = (await log.read(0)).flatMap((batch) => batch.interactions).sort(byTime);
      const items = await log.items([...new Set(interactions.map(({ itemId }) => itemId))]);
      await model.ensure([text, ...items.map((item) => item.text)], signal);
      const texts = new Map(items.map((item) => [item.id, item.text]));
      const entries = interactions.flatMap((interaction) => {
        const embedding = model.get(texts.get(interaction.itemId) ?? '');
        return embedding === undefined ? [] : [{ interaction, embedding }];
      });
      const titles = new Map(items.map((item) => [item.id, item.title]));
      return explainEntry(
        entry,
        model.get(text),
        ranker.terms({}),
        { entries, titles },
        learner.vectors(),
        sliders.mean(),
        rules,
      );
    },
    on(type, listener) {
      oneOf('event', type, ['profile', 'ready', 'warning', 'progress']);
      if (typeof listener !== 'function') throw invalid('listener', listener, 'Pass a function.');
      return events.on(type, listener);
    },
    async flush(given) {
      check();
      const { signal } = callOptions(given);
      await raceAbort(Promise.all([log.flush(), learner.settled()]), signal);
    },
    async close() {
      if (closed) return;
      await learner.saveSnapshot().catch(onFailure);
      await positions.settle();
      closed = true;
      clearTimeout(snapshotTimer);
      model.close();
      await log.close();
    },
    data: createData({
      log: () => log,
      user: options.user,
      newId,
      redact: redacted,
      now,
      consent: () => consent,
      privacy: () => privacy,
      positions,
      check,
      relearn: () => learner.replay(),
      reset,
      async changeConsent(next) {
        const before = consent;
        if (next === before) return;
        consent = next;
        if (before === 'granted') {
          await log.erase(); // consent taken back: what it covered goes
          await move(false);
        } else if (next === 'granted' && where() === 'disk') await move(true);
      },
      async changePrivacy(next) {
        const before = privacy;
        if (next === before) return;
        privacy = next;
        if (next === 'off') onProfile();
        else if (next === 'session') {
          hadSession = true;
          if (where() === lies) await reread();
          else await move(true);
        } else if (where() === lies && !hadSession) await reread();
        else {
          hadSession = false;
          await move(false); // what only a session had goes with it, and never gets to the disk
        }
      },
    }),
  };
}

/** Everything that may be needed later, so that no action of the person ever asks the network for anything. */
function fetchParts(): Promise<unknown> {
  return Promise.all([
    import('./explain.js'),
    import('./rights.js'),
    import('./import.js'),
    import('./move.js'),
    import('./snapshot.js'),
    import('./disk.js'),
  ]);
}

/** Whether the promise resolved within `ms`; its rejection counts as no. */
function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    promise
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
