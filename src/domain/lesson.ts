import { finish, type Steps } from '../core/steps.js';
import { addScaled, isZero, normalize } from '../core/vector.js';
import { type Answer, attribute } from './attribution.js';
import { FEATURE_NAMES } from './context.js';
import type { FeatureWeights, SliderFeatures } from './features.js';
import { type GateContext, gateContext } from './gate-context.js';
import { type Interaction, interactionWeight, isAction } from './interaction.js';
import { type PersonReplay, replayPerson } from './person-replay.js';
import type { ProfileRules, ProfileVectors } from './profile.js';
import { PAUSE_MS } from './visits.js';

/**
 * What showing one item teaches: what was known of item, person and context when it was shown, and what came of it. Made from
 * the log by replay, for whatever is learned from outcomes.
 */
export interface Lesson {
  /** Of the event by which the item was noted as shown. */
  readonly id: string;
  /** Counts visits from 0: events with no longer than half an hour between them are of one. */
  readonly visit: number;
  readonly at: number;
  readonly y: 0 | 1;
  readonly context: GateContext;
  /** The four features, by slider, in the order of {@link FEATURE_NAMES}; none where nothing is known of the item. */
  readonly features: readonly (readonly number[])[];
  /** Weights of the features in that context as the site's own rules have them, without a gate. */
  readonly bases: readonly number[];
  /** The item's embedding, if anything is known of it. */
  readonly item: Float32Array | undefined;
  /** What items were compared with then: the person's direction, or where the item was of a `thread`, what they engaged with in it. */
  readonly anchor: Float32Array | undefined;
}

/** What lessons are made under. */
export interface TaughtUnder {
  readonly modelVersion: string;
  readonly rules: ProfileRules;
  /** The embedding of what was done, or of the item that was shown; undefined where nothing is known of it. */
  readonly embeddingOf: (event: Interaction) => Float32Array | undefined;
  /** Features of an item, one a slider, always in the same order. */
  readonly features: (embedding: Float32Array, person: ProfileVectors | undefined, at: number) => SliderFeatures[];
  readonly bases: (context: GateContext) => FeatureWeights;
  /** What the person's rankings compare items with: the sum of its linear terms' directions. */
  readonly direction: (person: ProfileVectors) => Float64Array;
}

/** Events between two pauses of a replay. Judgement. */
const AT_ONCE = 32;

/**
 * The lessons of a log, in the order in which outcomes became known: at most the newest `most`. The same log gives the same ones.
 *
 * O(dim) an action and a lesson.
 *
 * @param events in (at, id) order, of all kinds
 * @param until  epoch ms, not before any event: windows that closed before it are answered
 */
export function lessonsOf(events: readonly Interaction[], until: number, under: TaughtUnder): Lesson[] {
  return finish(teaching(events, until, under));
}

type Shown = Omit<Lesson, 'y' | 'at'>;

/** {@link lessonsOf} in parts of some events each. */
export function* teaching(events: readonly Interaction[], until: number, under: TaughtUnder): Steps<Lesson[]> {
  const { rules, embeddingOf } = under;
  const shown = new Map<string, Shown>();
  const threads = new Map<string, Float64Array>();
  const learner = createReplay(under);
  let visit = -1;
  let lastAt = -Infinity;
  for (const [i, event] of events.entries()) {
    if (event.at - lastAt > PAUSE_MS) visit++;
    lastAt = event.at;
    const embedding = embeddingOf(event);
    const thread = threadOf(event);
    if (isAction(event)) {
      if (embedding === undefined) continue;
      learner.take({ interaction: event, embedding });
      if (thread !== undefined && interactionWeight(event, rules.kinds, 1) > 0) {
        const sum = threads.get(thread) ?? new Float64Array(embedding.length);
        addScaled(sum, embedding, 1);
        threads.set(thread, sum);
      }
    } else shown.set(event.id, shownAs(event, embedding, visit, learner, threads.get(thread ?? ''), under));
    if (i % AT_ONCE === AT_ONCE - 1) yield;
  }
  const { answers } = attribute<Shown>([], events, until, rules.kinds, ({ id }) => shown.get(id)!);
  return answers.map(({ shown: known, y, at }: Answer<Shown>) => ({ ...known, y, at }));
}

function shownAs(
  event: Interaction,
  embedding: Float32Array | undefined,
  visit: number,
  learner: Replay,
  engaged: Float64Array | undefined,
  { features, bases }: TaughtUnder,
): Shown {
  const context = gateContext(event.context ?? {});
  const weights = bases(context);
  const isKnown = embedding !== undefined && !isZero(embedding);
  return {
    id: event.id,
    visit,
    context,
    features: isKnown
      ? features(embedding, learner.person(event.at), event.at).map((each) => FEATURE_NAMES.map((name) => each[name]))
      : [],
    bases: FEATURE_NAMES.map((name) => weights[name]),
    item: isKnown ? embedding : undefined,
    anchor: engaged === undefined ? learner.direction(event.at) : Float32Array.from(normalize(engaged)),
  };
}

function threadOf({ context }: Interaction): string | undefined {
  const thread = context?.['thread'];
  return typeof thread === 'string' && thread !== '' ? thread : undefined;
}

/** The person as they were known while a log goes by, and what their rankings compared items with. */
interface Replay extends Pick<PersonReplay, 'take' | 'person'> {
  direction(at: number): Float32Array | undefined;
}

function createReplay({ modelVersion, rules, direction }: TaughtUnder): Replay {
  const { take, person } = replayPerson(modelVersion, rules, null);
  let of: ProfileVectors | undefined;
  let towards: Float32Array | undefined;
  return {
    take,
    person,
    direction(at) {
      const known = person(at);
      if (known === undefined || (of === known && towards !== undefined)) return towards;
      const found = direction(known);
      of = known;
      return (towards = isZero(found) ? undefined : Float32Array.from(found));
    },
  };
}
