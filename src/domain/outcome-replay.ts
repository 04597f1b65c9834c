import { type Answer, attribute, type Trial } from './attribution.js';
import type { ScoreVersions } from './calibrator.js';
import { type Interaction, isAction } from './interaction.js';
import { replayPerson } from './person-replay.js';
import type { ProfileRules, ProfileState, ProfileVectors } from './profile.js';
import { notedScore } from './shown.js';

/** Raw scores that an item had when it was shown, by slider id. */
export type RawScores = Readonly<Record<string, number>>;

/** What a log's first part says of shown items: all events dated up to `until` are in. Plain data of bounded size. */
export interface OutcomeReplay {
  /** Epoch ms; `-Infinity` for nothing. */
  readonly until: number;
  readonly open: readonly Trial<RawScores>[];
  /** The profile as it was then; null before the first action that was understood. */
  readonly profile: ProfileState | null;
}

/** A replay that has seen nothing. */
export const UNSEEN: OutcomeReplay = { until: -Infinity, open: [], profile: null };

/** What scores are made under. */
export interface ScoredUnder {
  readonly modelVersion: string;
  /** Of each slider, by id. */
  readonly versions: Readonly<Record<string, ScoreVersions>>;
  readonly rules: ProfileRules;
  /** The embedding of what was done, or of the item that was shown; undefined where nothing is known of it. */
  readonly embeddingOf: (event: Interaction) => Float32Array | undefined;
  /** Raw scores of an item for a person as they were known then, by slider id. */
  readonly score: (embedding: Float32Array, person: ProfileVectors | undefined, at: number) => RawScores;
}

/** Whether an event was noted without a raw score under these versions, for one of the sliders at least. */
export function needsScore(event: Interaction, versions: ScoredUnder['versions']): boolean {
  return !isAction(event) && Object.entries(versions).some(([id, each]) => notedScore(event, id, each) === undefined);
}

/**
 * The replay after a log's next events. A raw score that was noted under these versions is taken as it was; any other is
 * made under them now, from the profile as it was when the item was shown: actions before it in (at, id) order.
 *
 * O(dim) an action, and a reading of the profile for each that is followed by an item to be scored anew.
 *
 * @param events in (at, id) order, dated after `replay.until` and up to `until`
 * @returns the answers with the raw scores they belong to, in the order in which they were known
 */
export function replayOutcomes(
  replay: OutcomeReplay,
  events: readonly Interaction[],
  until: number,
  under: ScoredUnder,
): { readonly replay: OutcomeReplay; readonly answers: readonly Answer<RawScores>[] } {
  const { versions, rules, embeddingOf, score } = under;
  const replayed = replayPerson(under.modelVersion, rules, replay.profile);
  const scores = new Map<string, RawScores>();

  for (const event of events) {
    const embedding = embeddingOf(event);
    if (isAction(event)) {
      if (embedding !== undefined) replayed.take({ interaction: event, embedding });
      continue;
    }
    const noted = notedScores(event, versions);
    scores.set(event.id, noted);
    if (embedding === undefined || !needsScore(event, versions)) continue;
    scores.set(event.id, { ...score(embedding, replayed.person(event.at), event.at), ...noted });
  }
  const { open, answers } = attribute(replay.open, events, until, rules.kinds, ({ id }) => scores.get(id)!);
  return { replay: { until, open, profile: replayed.state() }, answers };
}

function notedScores(event: Interaction, versions: ScoredUnder['versions']): RawScores {
  return Object.fromEntries(
    Object.entries(versions).flatMap(([id, each]) => {
      const raw = notedScore(event, id, each);
      return raw === undefined ? [] : [[id, raw]];
    }),
  );
}
