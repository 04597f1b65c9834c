import { existsSync, readFileSync } from 'node:fs';
import { checksum } from '../core/checksum.js';
import { readSequenceFile, type SequenceHeader } from '../compute/sequence/file.js';
import { openSequence, type SequenceModel, type SequenceState } from '../compute/sequence/model.js';
import { dotRow } from '../core/vector.js';
import { standardize } from '../core/statistics.js';
import { valueSpread } from '../core/value-spread.js';
import { invalid } from '../errors.js';
import { keepEvents, knownBefore, nameOfEvents } from '../lab/evaluation/known.js';
import type { EvaluationLog } from '../lab/evaluation/log.js';
import { knowsAnswers, type Plan } from '../lab/evaluation/protocol.js';
import type { Person, Ranker, ToldEvent } from '../lab/evaluation/ranker.js';
import { TIE_BREAK } from '../lab/evaluation/rankers/transitions.js';
import type { encodeItems } from './encode-items.js';
import { RANKED } from './foundation-verdict.js';

/** The model of a file, and a name of it, so that no answers made with another are taken for its own. */
export interface FoundationFile {
  readonly model: SequenceModel;
  readonly name: string;
}

/**
 * Opens a model that knows none of the answers: it learned of nothing that is as new as the first target, or, where what everybody
 * did is pooled, of exactly this log's first parts.
 *
 * @throws AttuneError `input/invalid` for one that knows answers, or reads another encoder's rows; `model/corrupt` for none
 */
export function openFoundation(
  file: string,
  log: EvaluationLog,
  plan: Plan,
  encoder: Awaited<ReturnType<typeof encodeItems>> | undefined,
): FoundationFile {
  if (!existsSync(file)) throw invalid('--foundation', file, 'There is no such file.');
  const bytes = readFileSync(file);
  const model = openSequence(readSequenceFile(bytes));
  if (encoder?.modelVersion !== model.header.encoder) {
    const wayOut = `It reads rows of ${model.header.encoder}, and items need texts.`;
    throw invalid('--foundation', encoder?.modelVersion ?? 'no rows', wayOut);
  }
  if (knowsAnswers(model.header, log, plan) && !isOfThisLog(model.header, log, plan)) {
    const newest = new Date(model.header.until).toISOString();
    const wayOut = `It learned of actions up to then, and earlier ones are asked for. With --priors pooled a model of this very log is taken.`;
    throw invalid('--foundation', newest, wayOut);
  }
  return { model, name: checksum(bytes).toString(16) };
}

function isOfThisLog({ log: learned }: SequenceHeader, log: EvaluationLog, plan: Plan): boolean {
  return plan.isPooled && learned === nameOfEvents(keepEvents(log, knownBefore(log, plan)));
}

/** Scores by the model alone. */
interface FoundationRanker extends Ranker {
  /** Whether the model has anything to go by. */
  isKnown(person: Pick<Person, 'user'>): boolean;
}

/** Items by their product with the user embedding, as the page would compute it: one row more at each action. */
export function foundationRanker(
  model: SequenceModel,
  { items }: Pick<EvaluationLog, 'items'>,
  { data, dim }: { readonly data: Float32Array; readonly dim: number },
): FoundationRanker {
  const { width } = model.header.shape;
  const rowOf = (item: number): Float32Array => data.subarray(item * dim, (item + 1) * dim);
  const projected = new Float32Array(items.length * width);
  items.forEach(({ id }, i) => model.project({ itemId: id, text: rowOf(i) }, projected, i * width));
  const states: SequenceState[] = [];
  const counts: number[] = [];
  let heard: ToldEvent | undefined;
  return {
    name: 'foundation',
    isKnown: ({ user }) => states[user] !== undefined,
    count: ({ item }) => void (counts[item] = (counts[item] ?? 0) + 1),
    follow(told) {
      if (told === heard) return; // from another ranker
      heard = told;
      const { user, item, ...event } = told;
      const state = (states[user] ??= model.start());
      model.append(state, [{ ...event, itemId: items[item]!.id, text: rowOf(item) }]);
    },
    score({ user }, _at, scores) {
      const state = states[user];
      if (state === undefined) counts.forEach((count, item) => (scores[item] = TIE_BREAK * count));
      else for (let i = 0; i < scores.length; i++) scores[i] = dotRow(state.user, projected, i * width);
    },
  };
}

/** The product's ranking with the term as pages have it: `weight · (score − μ)/(3σ)` over all items. */
export function promotedRanker(product: Ranker, foundation: FoundationRanker, weight: number): Ranker {
  let own = new Float64Array(0);
  return {
    name: RANKED.with,
    follow(event) {
      product.follow?.(event);
      foundation.follow?.(event);
    },
    score(person, at, scores) {
      product.score(person, at, scores);
      if (!foundation.isKnown(person)) return;
      if (own.length !== scores.length) own = new Float64Array(scores.length);
      foundation.score(person, at, own);
      const spread = valueSpread(own);
      if (spread.sd === 0) return;
      for (let i = 0; i < scores.length; i++) scores[i]! += weight * standardize(own[i]!, spread);
    },
  };
}
