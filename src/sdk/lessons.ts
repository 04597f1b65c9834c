import { addScaled } from '../core/vector.js';
import { contextWeights, type ScoreContext } from '../domain/context.js';
import type { GateContext } from '../domain/gate-context.js';
import { byTime, type Interaction } from '../domain/interaction.js';
import { type Lesson, teaching, type TaughtUnder } from '../domain/lesson.js';
import { centredDirection, type ProfileRules } from '../domain/profile.js';
import { embedEvents } from './embed-events.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import type { ResolvedOptions } from './options.js';
import type { SliderReader } from './read-sliders.js';
import { type Scoring, scoreEmbedding } from './score.js';
import type { ItemTexts } from './texts.js';
import type { AttuneOptions } from './types.js';

/** What lessons are made from. */
export interface LessonParts<T> {
  readonly model: Model;
  readonly texts: ItemTexts;
  readonly sliders: SliderReader;
  readonly rules: ProfileRules;
  readonly options: Pick<ResolvedOptions<T>, 'weights'>;
  readonly asked: Pick<AttuneOptions<T>, 'segments' | 'contextRules'>;
  /** Lets the page do what it has to. */
  readonly breathe: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** The lessons of a log's events, dated up to `until`, in the order in which outcomes became known. */
export async function readLessons<T>(
  parts: LessonParts<T>,
  log: Log,
  events: readonly Interaction[],
  until: number,
  scoring: Scoring,
): Promise<Lesson[]> {
  const { model, texts, breathe, signal } = parts;
  const sorted = [...events].sort(byTime);
  const items = await log.items([...new Set(sorted.map(({ itemId }) => itemId))]);
  const reading = { said: model.said, embed: (...given: Parameters<ItemTexts['embed']>) => texts.embed(...given) };
  const entries = await embedEvents(sorted, items, reading, signal, 'background');
  const embeddings = new Map(entries.map(({ interaction, embedding }) => [interaction.id, embedding]));
  const steps = teaching(sorted, until, taughtUnder(parts, scoring, embeddings));
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await breathe();
  }
}

function taughtUnder<T>(
  { rules, sliders, options: { weights }, asked: { segments = {}, contextRules } }: LessonParts<T>,
  scoring: Scoring,
  embeddings: ReadonlyMap<string, Float32Array>,
): TaughtUnder {
  const plain = contextWeights({}, {});
  const mean = sliders.mean();
  return {
    modelVersion: scoring.modelVersion,
    rules,
    embeddingOf: ({ id }) => embeddings.get(id),
    features: (embedding, person, at) =>
      scoreEmbedding(embedding, plain, person, scoring, at).map(({ features }) => features),
    bases(context) {
      const { segment } = context;
      const isNamed = segment !== undefined && Object.hasOwn(segments, segment); // another name is the gate's alone
      return contextWeights({ ...plainContext(context), ...(isNamed && { segment }) }, segments, contextRules);
    },
    direction({ long, session, negative }) {
      const sum = centredDirection(long, mean).map((x) => x * weights.profile);
      addScaled(sum, centredDirection(session, mean), weights.session);
      addScaled(sum, negative.direction, -weights.avoid);
      return sum;
    },
  };
}

/** What the site's own rules look at. */
function plainContext({ device, hour, weekday }: GateContext): ScoreContext {
  return {
    ...(device !== undefined && { device }),
    ...(hour !== undefined && { hour }),
    ...(weekday !== undefined && { weekday }),
  };
}
