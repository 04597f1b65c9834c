import { describe, expect, test } from 'vitest';
import { createLog, type EvaluationLog, weightOf } from '../../src/lab/evaluation/log.js';
import { transitionsOf } from '../../src/lab/evaluation/build-transitions.js';
import { findLeaks } from '../../src/lab/evaluation/leaks.js';
import type { Plan, Protocol } from '../../src/lab/evaluation/protocol.js';
import type { Ranker } from '../../src/lab/evaluation/ranker.js';
import { randomRanker } from '../../src/lab/evaluation/rankers/plain.js';
import { standardRankers } from '../../src/lab/evaluation/rankers/standard.js';
import { tableRanker } from '../../src/lab/evaluation/rankers/transitions.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';
import { seeded } from '../../src/core/random.js';
import { joinSources, sourceOfExport } from '../../src/lab/evaluation/sources.js';

const world = createWorld({ seed: 5, items: 30, people: 6 });
const sources = world.people.map((person, i) =>
  sourceOfExport(exportOf(drawSessions(world, person, { count: 6 }), seeded(i)), person.id),
);
const source = joinSources(sources);
const log = createLog(source.rows, source.texts, source);
const embeddings = new Map(world.items.map(({ id, embedding }) => [id, embedding]));
const rows = { data: Float32Array.from(log.items.flatMap(({ id }) => [...embeddings.get(id)!])), dim: world.dim };

const protocols: Protocol[] = [
  { kind: 'last-out' },
  { kind: 'last-out', priors: 'pooled' },
  { kind: 'last-out', repeats: true, targets: 'all' },
  { kind: 'global' },
];
const ranker = (name: string, score: Ranker['score']): Ranker => ({ name, score });

/** Rankers that are given the whole log beforehand, as one who fits them on a file would. */
const cheats: Record<string, (log: EvaluationLog, plan: Plan) => Ranker> = {
  'popularity of the whole log': (log) =>
    ranker('cheat', (_, _at, scores) =>
      log.item.forEach((item, e) => (scores[item]! += Math.max(0, weightOf(log, e)))),
    ),
  'the next thing that the person does': (log) =>
    ranker('cheat', ({ user }, at, scores) => {
      const next = log.at.findIndex((instant, e) => instant >= at && log.user[e] === user);
      scores[log.item[next]!] = 1;
    }),
  'what anybody does a moment later': (log) =>
    ranker('cheat', (_, at, scores) => log.item.forEach((item, e) => (scores[item]! += Number(log.at[e]! > at)))),
  'a table of transitions of the whole log': (log) => tableRanker(transitionsOf(log), log),
};

describe.each(protocols)('under $kind, priors $priors, targets $targets', (protocol) => {
  test('no baseline and not the product knows what is to come', () => {
    expect(findLeaks(log, protocol, (_, plan) => standardRankers(log, plan, { rows }), { samples: 4 })).toEqual([]);
  });

  test.each(Object.entries(cheats))('%s is found out', (_, cheat) => {
    const leaks = findLeaks(log, protocol, (log, plan) => [randomRanker(1), cheat(log, plan)], { samples: 4 });
    expect(leaks.length).toBeGreaterThan(1);
    expect(new Set(leaks.map(({ ranker }) => ranker))).not.toContain('random');
    expect(leaks[0]!.score).not.toBe(leaks[0]!.otherwise);
  });
});

test('what others do on their devices after the cut may not be used', () => {
  const live = (): Ranker => {
    const counts = new Float64Array(log.items.length);
    return { name: 'live', follow: ({ item }) => void counts[item]!++, score: (_, _at, scores) => scores.set(counts) };
  };
  expect(findLeaks(log, { kind: 'global' }, () => [live()], { samples: 3 })).not.toEqual([]);
});
