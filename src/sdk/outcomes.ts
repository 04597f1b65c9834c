import { checkCalibrator } from '../domain/calibrator.js';
import { makeInteraction, type TrackDetails } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import { contextWeights } from '../domain/context.js';
import type { Term } from '../domain/ranking.js';
import type { SliderScore } from '../domain/score.js';
import { noteScores, rounded } from '../domain/shown.js';
import { readRecord, type SliderCalibration, startRecord } from '../domain/track-record.js';
import { type AttuneError, invalid } from '../errors.js';
import type { ChallengerParts, Challengers, Gated } from './challengers.js';
import type { Foundation, FoundationParts } from './foundation.js';
import { foundationMode } from './foundation-mode.js';
import { advise } from './advise.js';
import type { DataParts } from './data.js';
import { createCalibrations, type Refit } from './calibrate.js';
import { entryOf } from './explain.js';
import { createSoon } from './idle.js';
import type { Intake } from './intake.js';
import type { Model } from './model.js';
import { observeElement } from './observe.js';
import { callOptions, objectOf, type ResolvedOptions } from './options.js';
import { checkSlider } from './positions.js';
import type { Ranker } from './rank.js';
import type { RecordReader } from './read-records.js';
import type { SliderReader } from './read-sliders.js';
import { calibrated, type Scoring, scoreEmbedding, statisticsOf } from './score.js';
import type { Standing } from './standing.js';
import type { Attune, AttuneOptions, Ranking } from './types.js';
import { ruleTermsOf } from './wishes.js';

/** What was shown, what came of it, and what that makes of scores. Loaded apart from the page's first code. */

/** How long after something was shown or scored calibration is brought forward, and at least how often not, ms. Judgement. */
const SOON_MS = 5000;
const PAUSE_MS = 60_000;

/** What it needs of an open Attune. */
export interface OutcomeParts<T> extends Omit<DataParts, 'intake'>, ChallengerParts<T>, FoundationParts<T> {
  readonly intake: Intake<T>;
  readonly ranker: Ranker<T>;
  readonly model: Model;
  readonly sliders: SliderReader;
  readonly options: Pick<ResolvedOptions<T>, 'sliders' | 'standardize' | 'rules' | 'weights' | 'worker'>;
  readonly asked: Pick<AttuneOptions<T>, 'segments' | 'contextRules' | 'rules' | 'adapt' | 'foundation'>;
  readonly warnOnce: (key: string, warning: AttuneError) => void;
  readonly recordOf: RecordReader<T>['recordOf'];
}

/** Answers of one Attune, with what it has made of its log so far. */
interface Outcomes<T> extends Pick<Attune<T>, 'impression' | 'outcome' | 'score' | 'calibration'> {
  observe(element: Element, ranking: Ranking<T>, id: string): () => void;
  refit(refit: Refit): Promise<void>;
}

const opened = new WeakMap<Standing, Outcomes<never>>();

function outcomesOf<T>(parts: OutcomeParts<T>): Outcomes<T> {
  const known = opened.get(parts.standing) as Outcomes<T> | undefined;
  if (known !== undefined) return known;
  const made = createOutcomes(parts);
  opened.set(parts.standing, made);
  return made;
}

type Given<T, K extends keyof Outcomes<T>> = Parameters<Outcomes<T>[K]>;

/** Watches an element until it was seen. Resolves with the end of it. */
export async function observe<T>(parts: OutcomeParts<T>, ...given: Given<T, 'observe'>): Promise<() => void> {
  return outcomesOf(parts).observe(...given);
}

/** Notes that an item was shown. */
export async function impression<T>(parts: OutcomeParts<T>, ...given: Given<T, 'impression'>): Promise<string> {
  return outcomesOf(parts).impression(...given);
}

/** Notes what a site says came of showing an item. */
export async function outcome<T>(parts: OutcomeParts<T>, ...given: Given<T, 'outcome'>): Promise<string> {
  return outcomesOf(parts).outcome(...given);
}

/** How an item does on each slider, calibrated where that can be. */
export async function score<T>(parts: OutcomeParts<T>, ...given: Given<T, 'score'>): Promise<readonly SliderScore[]> {
  return outcomesOf(parts).score(...given);
}

/** How each slider's probabilities have done. */
export async function calibration<T>(
  parts: OutcomeParts<T>,
  ...given: Given<T, 'calibration'>
): Promise<readonly SliderCalibration[]> {
  return outcomesOf(parts).calibration(...given);
}

/** Makes the calibrators of a model before it is in use; what fails is reported, and made later. */
export async function refit<T>(parts: OutcomeParts<T>, given: Refit): Promise<void> {
  await outcomesOf(parts).refit(given);
}

function createOutcomes<T>(parts: OutcomeParts<T>): Outcomes<T> {
  const { standing, intake, texts, learner, ranker, model, sliders, options, asked, recordOf } = parts;
  const { newId, now, check, onFailure } = parts;
  const calibrations = createCalibrations({ standing, sliders: options.sliders, rules: options.rules, now });

  const isOff = (): boolean => standing.privacy === 'off';
  const scoring = (): Scoring => ({
    modelVersion: model.modelVersion,
    sliders,
    standardize: options.standardize,
  });

  /** What learns, where the site asks for that. */
  async function challengers(): Promise<Challengers | undefined> {
    const learns = asked.adapt?.gate === true || asked.adapt?.adapter === true;
    return learns ? (await import('./challengers.js')).challengersOf(parts) : undefined;
  }

  /** The sequence model, where the site asks for one. */
  async function foundation(): Promise<Foundation<T> | undefined> {
    const isOn = foundationMode(asked.foundation) !== 'off' && !isOff();
    return isOn ? (await import('./foundation.js')).foundationOf(parts) : undefined;
  }

  function scoresOf(
    embedding: Float32Array | undefined,
    context = {},
    terms: readonly Term[] = [],
    gated?: Gated,
  ): SliderScore[] {
    const weights = contextWeights(context, asked.segments ?? {}, asked.contextRules, gated?.factors);
    return scoreEmbedding(embedding, weights, learner.vectors(), { ...scoring(), gate: gated?.version }, now(), terms);
  }

  /**
   * Notes what is no action, with the raw scores of this moment where the item is understood. Curves are looked after
   * first: one made of what was erased meanwhile must leave no trace in what follows.
   */
  async function note(kind: string, item: T | string, record: ItemRecord, details: TrackDetails): Promise<string> {
    if (!isOff()) await calibrations.load(scoring()).catch(onFailure);
    const adapting = isOff() ? undefined : await challengers();
    check();
    const isMoving = intake.held.length > 0; // to another person's log, perhaps, and scores tell of this one
    if (isOff() || isMoving || intake.refuses(item, record)) return '';
    const embedding = texts.embeddingOf(record);
    const scores = embedding === undefined ? [] : scoresOf(embedding);
    const known = calibrations.calibrators();
    const metadata = { ...details.metadata, ...noteScores(scores.map((score) => calibrated(score, known))) };
    const noted = { ...details, weight: 0, metadata, ...(adapting && { context: adapting.noted() }) };
    const interaction = makeInteraction(newId(), kind, record.id, noted, now());
    intake.add(interaction, record);
    forwardSoon();
    adapting?.soon();
    return interaction.id;
  }

  async function noteImpression(
    ranking: Ranking<T>,
    id: string,
    shown: Pick<TrackDetails, 'position'> = {},
  ): Promise<string> {
    const [{ items, records, basis }] = ranker.madeFrom(ranking);
    const { score, propensity, ...entry } = entryOf(ranking, id);
    const { position = entry.position } = objectOf('shown', shown);
    const index = records.findIndex((record) => record.id === id);
    const sequence = await foundation();
    const metadata = { score: rounded(score), propensity, ...sequence?.noted(basis?.rows, index) };
    sequence?.soon();
    return note('impression', items[index]!, records[index]!, { position, metadata });
  }

  /** The item of this id, if it was shown or acted on. */
  async function storedItem(id: string): Promise<ItemRecord> {
    await intake.settled();
    await standing.log.flush();
    const [record] = await standing.log.items([id]);
    if (record !== undefined) return record;
    throw invalid('item', id, 'Pass the item itself, or the id of one that was shown or acted on.');
  }

  async function forward(): ReturnType<typeof calibrations.forward> {
    later.begun();
    await model.ensure(sliders.texts, undefined, 'background');
    const { modelVersion } = model;
    return calibrations.forward({
      ...scoring(),
      said: model.said,
      embed: (...given) => texts.embed(...given),
      stands: () => model.modelVersion === modelVersion,
    });
  }

  const later = createSoon(
    () => {
      if (!isOff()) forward().catch(onFailure);
    },
    SOON_MS,
    PAUSE_MS,
  );

  /** In an idle moment that comes soon, unless one came lately. */
  function forwardSoon(): void {
    if (options.sliders.length === 0) return;
    later.ask();
  }

  standing.ends.add(() => {
    later.end();
    calibrations.stop();
  });

  return {
    impression: noteImpression,
    observe(element, ranking, id) {
      if (typeof IntersectionObserver !== 'function') {
        throw invalid(
          'IntersectionObserver',
          undefined,
          'There is none here: call `impression` when an item was shown.',
        );
      }
      if (!(element instanceof Element)) throw invalid('element', element, 'Pass the element that shows the item.');
      entryOf(ranking, id);
      check();
      const end = (): void => {
        standing.ends.delete(end);
        stop();
      };
      const stop = observeElement(element, () => {
        standing.ends.delete(end);
        noteImpression(ranking, id).catch(onFailure);
      });
      standing.ends.add(end);
      return end;
    },
    async outcome(item, y) {
      if (y !== 0 && y !== 1) throw invalid('y', y, 'It is 1 for a positive outcome, else 0.');
      const record = typeof item === 'string' ? await storedItem(item) : recordOf(item);
      if (typeof item !== 'string' && !isOff()) texts.offer([record]);
      return note('outcome', item, record, { metadata: { y } });
    },
    async score(item, given) {
      const { context = {}, calibrators, signal } = callOptions(given);
      const known = recordOf(item);
      const wanted = [...sliders.texts, known.text];
      await model.ensure(wanted, signal);
      check();
      if (calibrators === undefined && !isOff()) {
        await calibrations.load(scoring()).catch(onFailure);
        forwardSoon();
        await model.ensure(wanted, signal); // another model may be in use by now
        check();
      } else if (calibrators !== undefined) {
        if (!Array.isArray(calibrators)) {
          throw invalid('calibrators', calibrators, 'Pass a list of calibrators, or nothing.');
        }
        calibrators.forEach(checkCalibrator);
      }
      const adapting = await challengers();
      await adapting?.load();
      adapting?.soon();
      check();
      const gated = adapting?.gated(context);
      const bound = calibrators ?? (isOff() ? [] : [...calibrations.calibrators(), ...(gated?.calibrators ?? [])]);
      advise(sliders, model, parts.warnOnce);
      const terms = ruleTermsOf(asked.rules, item, known, now());
      return scoresOf(model.get(known.text), context, terms, gated).map((score) => calibrated(score, bound));
    },
    async calibration(slider) {
      if (slider !== undefined) checkSlider(options.sliders, slider);
      await model.ensure(sliders.texts);
      await intake.settled();
      check();
      const records = isOff() ? {} : await forward();
      const { modelVersion: named } = model;
      const statistics = statisticsOf(scoring());
      return options.sliders
        .filter(({ id }) => slider === undefined || id === slider)
        .map(({ id, version }): SliderCalibration =>
          readRecord(id, records[id] ?? startRecord({ model: named, slider: version, statistics })),
        );
    },
    async refit(refit) {
      await calibrations.forward(refit).catch(onFailure);
    },
  };
}
