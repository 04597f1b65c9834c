import { createAttune, type SliderCalibration } from 'attune';
import { memoryStore } from 'attune/core';
import { createWorld, drawSessions, exportOf, seeded, worldEncoder } from 'attune/lab';

/** What Attune says of its probabilities for a person who does not exist. */
export interface SyntheticRecord {
  readonly calibrations: readonly SliderCalibration[];
  /** Names of sliders by id. */
  readonly labels: ReadonlyMap<string, string>;
  readonly visits: number;
}

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 8, 1);
/** Enough for the first curve, its growth, and a change of ways that is found. Judgement; 0.8 s of work. */
const VISITS = 150;
/** Half-way the person acts on every second item instead of every fourth. */
const WORLD = createWorld({
  seed: 1,
  people: 1,
  rate: 0.25,
  curve: { kind: 'logistic', base: 0.25, slope: 2 },
  startAt: START,
  rateChange: { at: START + 60 * DAY_MS, rate: 0.5 },
});

/** Gives the person's invented visits to an Attune of their own, in memory, and asks what a site may ask: `calibration()`. */
export async function syntheticRecord(): Promise<SyntheticRecord> {
  const log = exportOf(drawSessions(WORLD, WORLD.people[0]!, { count: VISITS }), seeded(WORLD.seed));
  const sliders = WORLD.sliders.map(({ definition }) => definition);
  const attune = await createAttune<{ readonly id: string; readonly text: string }>({
    consent: 'granted',
    encoder: worldEncoder(WORLD),
    store: memoryStore(),
    text: ({ text }) => text,
    sliders,
    now: () => log.exportedAt + DAY_MS,
  });
  try {
    await attune.data.import(log);
    return {
      calibrations: await attune.calibration(),
      labels: new Map(sliders.map(({ id, label = id }) => [id, label])),
      visits: VISITS,
    };
  } finally {
    await attune.close();
  }
}
