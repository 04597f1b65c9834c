import type { SequenceModel } from '../compute/sequence/model.js';
import type { SequenceEvent } from '../compute/sequence/features.js';
import { type Interval } from '../core/bootstrap.js';
import { dotRow } from '../core/vector.js';
import type { Evaluation } from '../lab/evaluation/summary.js';

/** Whether a site should promote a sequence model, by SPEC §8: replay, latency, and the gain that was asked for. */
export interface FoundationVerdict {
  readonly promote: boolean;
  /** NDCG of the product's ranking with the term, less without it, the same people resampled for both. */
  readonly gain: Interval;
  /** The same in parts of the ranking without it; told, and no condition. */
  readonly share: Interval;
  /** What the model adds to a ranking, ms of one thread here. */
  readonly latency: FoundationLatency;
  /** What stands against it; empty where it is promoted. */
  readonly reasons: readonly string[];
}

/** ms, the 95th of a hundred. */
export interface FoundationLatency {
  /** One action more, and all items scored. */
  readonly again: number;
  /** The model read nothing yet: all that decides, and all items brought. */
  readonly first: number;
}

/** SPEC §8. */
const MOST_MS = 500;
/** What the brief asks for: told beside the verdict. */
const ASKED_SHARE = 0.1;
const TIMES = { again: 100, first: 10 };

/** The product's own ranking, and the same with the term. */
export const RANKED = { without: 'attune', with: 'attune + foundation' } as const;

/** Undefined where one of the two was not measured. `evaluation` compares with the ranking without it. */
export function foundationVerdict(evaluation: Evaluation, latency: FoundationLatency): FoundationVerdict | undefined {
  const gain = evaluation.comparisons.find(({ ranker }) => ranker === RANKED.with)?.differences.ndcg;
  const base = evaluation.rankers.find(({ name }) => name === RANKED.without)?.measures.ndcg.value;
  if (gain === undefined || base === undefined) return undefined;
  const reasons = [
    ...(gain.low > 0 ? [] : [`its gain is not shown: the lower end is ${signed(gain.low, 4)}`]),
    ...(Math.max(latency.again, latency.first) < MOST_MS ? [] : [`it adds ${MOST_MS} ms or more`]),
  ];
  const share = { value: gain.value / base, low: gain.low / base, high: gain.high / base };
  return { promote: reasons.length === 0, gain, share, latency, reasons };
}

/** In lines for a terminal. */
export function verdictText({ promote, gain, share, latency, reasons }: FoundationVerdict, k: number): string {
  const percent = (part: number): string => `${signed(100 * part, 1)} %`;
  const isAsked = share.value >= ASKED_SHARE ? 'and' : 'but not';
  return [
    '',
    `promote: ${promote ? 'yes' : `no, because ${reasons.join(', and ')}`}`,
    `  NDCG@${k} of ${RANKED.with} less ${RANKED.without}: ${signed(gain.value, 4)} (${signed(gain.low, 4)} to ${signed(gain.high, 4)})`,
    `  that is ${percent(share.value)} (${percent(share.low)} to ${percent(share.high)}), ${isAsked} the 10 % asked for`,
    `  added on one thread here, 95 of 100: ${latency.again.toFixed(1)} ms, at first ${latency.first.toFixed(1)} ms`,
    '  what replay cannot know: whether people choose it. See docs/foundation.md for interleaving.',
    '',
  ].join('\n');
}

/** Measures what the model adds to a ranking of these items. */
export function latencyOf(
  model: SequenceModel,
  items: readonly Pick<SequenceEvent, 'itemId' | 'text'>[],
): FoundationLatency {
  const { width } = model.header.shape;
  const [first] = items;
  if (first === undefined) return { again: 0, first: 0 };
  const eventAt = (n: number): SequenceEvent => ({ ...items[n % items.length]!, kind: 'click', at: 1000 * n });
  const projected = new Float32Array(items.length * width);
  const bring = (): ReturnType<SequenceModel['read']> => {
    items.forEach((item, i) => model.project(item, projected, i * width));
    return model.read(Array.from({ length: model.reach }, (_, n) => eventAt(n)));
  };
  const score = (user: Float32Array): void => items.forEach((_, i) => dotRow(user, projected, i * width));
  const state = bring();
  const again = (n: number): void => {
    model.append(state, [eventAt(n)]);
    score(state.user);
  };
  return {
    again: late(TIMES.again, again),
    first: late(TIMES.first, () => score(bring().user)),
  };
}

function late(times: number, task: (n: number) => void): number {
  const taken = Array.from({ length: times }, (_, n) => {
    const began = performance.now();
    task(n);
    return performance.now() - began;
  });
  return taken.sort((a, b) => a - b)[Math.ceil(0.95 * times) - 1]!;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
