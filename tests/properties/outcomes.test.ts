import { SOAK } from '../soak.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { type Answer, attribute, type Trial, WINDOW_MS } from '../../src/domain/attribution.js';
import { byTime, type Interaction, isAction, interactionWeight } from '../../src/domain/interaction.js';
import { type RawScores, replayOutcomes, type ScoredUnder, UNSEEN } from '../../src/domain/outcome-replay.js';
import { emptyProfile, readProfile, updateProfile } from '../../src/domain/profile.js';
import { judgeOutcomes, startRecord, type TrackRecord } from '../../src/domain/track-record.js';
import { DAY, HOUR, oneHot, START, WORDS } from '../one-hot.js';
import { seeded } from '../seeded.js';
import { MODEL, RULES } from '../tab-world.js';

const KINDS = RULES.kinds;
const VERSIONS = { pace: { model: MODEL, slider: 'v1', statistics: 'plain' } };

/** Events dense enough that windows overlap, with ties, some noted under other versions. */
const log = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 240 }),
      kind: fc.constantFrom('impression', 'impression', 'impression', 'save', 'hide', 'view', 'outcome'),
      itemId: fc.constantFrom(...WORDS.slice(0, 4)),
      noted: fc.constantFrom('v1', 'v0'),
      y: fc.constantFrom(0, 1),
    }),
    { maxLength: 60 },
  )
  .map((events) =>
    events
      .map(({ minute, kind, itemId, noted, y }, i): Interaction => {
        const metadata = { model: MODEL, statistics: 'plain', 'raw:pace': (i % 7) / 7, 'version:pace': noted, y };
        const id = String(i).padStart(4, '0');
        const isNoted = !isAction({ kind });
        return { id, kind, itemId, at: START + minute * 60_000, ...(isNoted && { weight: 0, metadata }) };
      })
      .sort(byTime),
  );
const cuts = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 });

/** Takes events in parts that end at these minutes, and then to the end. */
function inParts<R>(
  events: readonly Interaction[],
  minutes: readonly number[],
  take: (some: Interaction[], until: number) => R,
): R[] {
  const ends = [...minutes].sort((a, b) => a - b).map((minute) => START + minute * 60_000);
  let from = -Infinity;
  return [...ends, START + DAY].map((until) => {
    const some = events.filter(({ at }) => at > from && at <= until);
    from = until;
    return take(some, until);
  });
}

/** SPEC §6 said another way: each impression by itself, looking at the whole log. */
function answersByDefinition(events: readonly Interaction[]): string[] {
  const found: { at: number; id: string; y: number }[] = [];
  for (const itemId of WORDS) {
    const own = events.filter((event) => event.itemId === itemId);
    for (let i = 0; i < own.length; i++) {
      const event = own[i]!;
      if (event.kind === 'outcome') found.push({ at: event.at, id: event.id, y: Number(event.metadata!['y']) });
      if (event.kind !== 'impression') continue;
      let last = event;
      let answer: { at: number; y: number } | undefined;
      for (let next = own[i + 1]; next !== undefined && next.at <= last.at + WINDOW_MS; next = own[i + 1]) {
        i++;
        if (answer !== undefined) continue;
        if (next.kind === 'impression') last = next;
        else
          answer = {
            at: next.at,
            y: next.kind === 'outcome' ? Number(next.metadata!['y']) : interactionWeight(next, KINDS, 1) > 0 ? 1 : 0,
          };
      }
      found.push({ ...(answer ?? { at: last.at + WINDOW_MS, y: 0 }), id: last.id });
    }
  }
  return found.map(({ at, id, y }) => `${id}:${y}@${at}`).sort();
}

const told = ({ shown, y, at }: Answer<string>): string => `${shown}:${y}@${at}`;

describe('attribution', () => {
  test('says what its definition says of each impression, looked at alone', () => {
    fc.assert(
      fc.property(log, (events) => {
        const { open, answers } = attribute([], events, START + DAY, KINDS, ({ id }) => id);
        expect(answers.map(told).sort()).toEqual(answersByDefinition(events));
        expect(open).toEqual([]);
      }),
      { numRuns: 300 * SOAK },
    );
  });

  test('taken in parts, at any instants, says the same in the same order', () => {
    fc.assert(
      fc.property(log, cuts, (events, minutes) => {
        let open: readonly Trial<string>[] = [];
        const parts = inParts(events, minutes, (some, until) => {
          const next = attribute(open, some, until, KINDS, ({ id }) => id);
          open = structuredClone(next.open);
          return next.answers.map(told);
        });
        expect(parts.flat()).toEqual(attribute([], events, START + DAY, KINDS, ({ id }) => id).answers.map(told));
      }),
      { numRuns: 200 * SOAK },
    );
  });
});

/** A raw score that depends on all that is known of the person then. */
const under: ScoredUnder = {
  modelVersion: MODEL,
  versions: VERSIONS,
  rules: RULES,
  embeddingOf: ({ itemId }) => oneHot(itemId),
  score: (embedding, person, at) => ({
    pace: embedding.reduce(
      (sum, x, j) => sum + x * (person?.long.direction[j] ?? 0),
      at - (person?.newestAt ?? 0) === 0 ? 1 : 0,
    ),
  }),
};

describe('the replay of outcomes', () => {
  test('brought forward in parts, stored in between, is the replay from nothing', () => {
    fc.assert(
      fc.property(log, cuts, (events, minutes) => {
        let replay = UNSEEN;
        const parts = inParts(events, minutes, (some, until) => {
          const next = replayOutcomes(replay, some, until, under);
          replay = structuredClone(next.replay);
          return next.answers;
        });
        const whole = replayOutcomes(UNSEEN, events, START + DAY, under);
        const lines = (answers: readonly Answer<RawScores>[]): number[] =>
          answers.flatMap(({ shown, y, at }) => [shown['pace']!, y, at - START]);
        expect(lines(parts.flat())).toBeAllclose(lines(whole.answers), { rtol: 1e-9, atol: 1e-12 });
        const open = (of: typeof replay): unknown[] =>
          of.open.map(({ itemId, at, isAnswered }) => [itemId, at, isAnswered]);
        expect(open(replay)).toEqual(open(whole.replay));
        expect(replay.until).toBe(whole.replay.until);
      }),
      { numRuns: 150 * SOAK },
    );
  });

  test('scores what was noted under other versions by the profile of the actions before it, and nothing else anew', () => {
    fc.assert(
      fc.property(log, (events) => {
        const { answers } = replayOutcomes(UNSEEN, events, START + DAY, {
          ...under,
          score: (embedding, person, at) => ({ pace: 1000 + under.score(embedding, person, at)['pace']! }),
        });
        const scores = new Map<string, number>();
        for (const event of events.filter((each) => !isAction(each))) {
          const before = events.filter((each) => isAction(each) && byTime(each, event) < 0);
          const learned = before.map((interaction) => ({ interaction, embedding: oneHot(interaction.itemId) }));
          const state = updateProfile(emptyProfile(MODEL, WORDS.length, RULES), learned, RULES, event.at);
          const person = learned.length === 0 ? undefined : readProfile(state, RULES, event.at);
          const isCurrent = event.metadata!['version:pace'] === 'v1';
          const anew = 1000 + under.score(oneHot(event.itemId), person, event.at)['pace']!;
          scores.set(event.id, isCurrent ? Number(event.metadata!['raw:pace']) : anew);
        }
        const ids = attribute([], events, START + DAY, KINDS, ({ id }) => id).answers.map(({ shown }) => shown);
        expect(answers.map(({ shown }) => shown['pace']!)).toBeAllclose(
          ids.map((id) => scores.get(id)!),
          { rtol: 1e-9, atol: 1e-12 },
        );
      }),
      { numRuns: 100 * SOAK },
    );
  });
});

test('a score noted under these versions stays as it was beside one that has to be made anew', () => {
  const noted = { 'raw:pace': 0.25, 'version:pace': 'v1', 'raw:mood': 0.5, 'version:mood': 'v0' };
  const metadata = { model: MODEL, statistics: 'plain', ...noted };
  const event: Interaction = { id: 'i', kind: 'impression', itemId: 'jazz', at: START, weight: 0, metadata };
  const both = { ...VERSIONS, mood: { ...VERSIONS.pace } };
  const score = (): RawScores => ({ pace: 7, mood: 8 });
  const { answers } = replayOutcomes(UNSEEN, [event], START + DAY, { ...under, versions: both, score });
  expect(answers).toEqual([{ shown: { pace: 0.25, mood: 8 }, y: 0, at: START + WINDOW_MS }]);
});

test('a track record carried over as stored data goes on as one that was never stored', () => {
  const random = seeded(7);
  let [lived, stored]: TrackRecord[] = [startRecord(VERSIONS.pace), startRecord(VERSIONS.pace)];
  for (let i = 0; i < 450; i++) {
    const score = random() * 2 - 1;
    const outcome = { score, y: random() < 1 / (1 + Math.exp(1 - 2 * score)) ? 1 : 0, at: START + i * HOUR } as const;
    lived = judgeOutcomes(lived!, [outcome]);
    stored = judgeOutcomes(i % 30 === 0 ? (JSON.parse(JSON.stringify(stored)) as TrackRecord) : stored!, [outcome]);
  }
  expect(stored).toEqual(lived);
});
