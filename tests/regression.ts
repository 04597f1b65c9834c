import { readFileSync } from 'node:fs';
import { liteEncoder, memoryStore } from '../src/headless.js';
import { createAttune } from '../src/index.js';
import { seeded } from '../src/core/random.js';
import { exportOf } from '../src/lab/log.js';
import { drawSessions } from '../src/lab/sessions.js';
import { createWorld } from '../src/lab/world.js';
import type { AttuneExport, Calibrator, ScoreContext } from '../src/index.js';

/**
 * What the product answers for one small log, number by number, so that no change moves a score unseen. `npm run
 * fixtures:update` writes what it answers now, and says what moved.
 */

const folder = new URL('fixtures/regression/', import.meta.url);
export const LOG_FILE: URL = new URL('log.json', folder);
export const EXPECTED_FILE: URL = new URL('expected.json', folder);

/** How far a number may move unnoticed. */
const TOLERANCE = 1e-6;

const WORLD = createWorld({ seed: 2025, items: 60, people: 1 });
const NOW = Date.UTC(2025, 8, 20, 12);
/** Every third of the world's items: some of them acted on, some never shown. */
const ITEMS = WORLD.items
  .filter((_, i) => i % 3 === 0)
  .map(({ id, title, text }) => ({ id, title, description: text }));
const CONTEXTS: Readonly<Record<string, ScoreContext>> = {
  plain: {},
  work: { isWorkHours: true },
  boosted: { boostFeature: 'userItem' },
  segment: { segment: 'explorers' },
};

/** About 200 interactions of one person of a synthetic world, impressions among them. */
export function drawLog(): AttuneExport {
  return exportOf(drawSessions(WORLD, WORLD.people[0]!, { count: 16 }), seeded(7));
}

/** Every number the product answers, by a path that names it. */
export async function answers(log: AttuneExport): Promise<Record<string, number>> {
  const bytes = readFileSync(new URL('../public/models/lite/lite.attune', import.meta.url));
  const attune = await createAttune<(typeof ITEMS)[number]>({
    consent: 'granted',
    encoder: liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    store: memoryStore(),
    sliders: WORLD.sliders.map(({ definition }) => definition),
    segments: { explorers: { itemToSlider: 0.5, recency: 0 } },
    maxWaitMs: 60_000,
    now: () => NOW,
    random: () => 0.5,
  });
  const found: Record<string, number> = {};
  try {
    await attune.data.import(log);
    const ranking = await attune.rank(ITEMS);
    for (const { item, score } of ranking) found[`rank/${item.id}`] = score;
    for (const { id, inferred } of attune.profile().sliders) found[`position/${id}`] = inferred;
    for (const [name, context] of Object.entries(CONTEXTS)) {
      for (const item of ITEMS) {
        for (const { slider, raw, probability, versions } of await attune.score(item, { context })) {
          const path = `score/${name}/${item.id}/${slider}`;
          found[`${path}/raw`] = raw;
          if (slider !== WORLD.sliders[0]!.definition.id) continue;
          const calibrators = [calibrator(versions)];
          const calibrated = (await attune.score(item, { context, calibrators })).find((one) => one.slider === slider)!;
          if (calibrated.calibration !== 'platt') throw new Error(`${path} is not calibrated`);
          found[`${path}/probability`] = calibrated.probability;
          found[`${path}/uncalibrated`] = probability;
        }
      }
    }
  } finally {
    await attune.close();
  }
  return found;
}

const calibrator = (versions: Calibrator['versions']): Calibrator => ({
  versions,
  curve: { kind: 'platt', slope: 3, centre: 0.1, intercept: -1.2 },
  outcomes: 300,
  fittedAt: NOW,
});

/** What differs by more than `TOLERANCE`, or is on one side only, most first. */
export function moves(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): { path: string; before: number | undefined; after: number | undefined; by: number }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((path) => ({ path, before: before[path], after: after[path] }))
    .map((move) => ({ ...move, by: Math.abs((move.after ?? Infinity) - (move.before ?? -Infinity)) }))
    .filter(({ by }) => !(by <= TOLERANCE))
    .sort((a, b) => b.by - a.by);
}
