import { createAttune, type Attune } from 'attune';
import { memoryStore } from 'attune/core';
import { createWorld, drawSessions, exportOf, type LoggedItem, seeded, worldEncoder } from 'attune/lab';

/** The log of a person who does not exist, in an Attune of their own, in memory. */
export interface SyntheticLog {
  readonly attune: Attune<LoggedItem>;
  readonly items: readonly LoggedItem[];
  readonly visits: number;
}

/** Enough for sixty questions. Judgement; some seconds of work. */
const VISITS = 150;

/** Invents them, the same each time. */
export async function syntheticLog(): Promise<SyntheticLog> {
  const world = createWorld({
    ...{ seed: 1, items: 400, people: 1, rate: 0.25, startAt: Date.UTC(2025, 8, 1) },
    curve: { kind: 'logistic', base: 0.25, slope: 2 },
  });
  const log = exportOf(drawSessions(world, world.people[0]!, { count: VISITS }), seeded(world.seed));
  const attune = await createAttune<LoggedItem>({
    consent: 'granted',
    encoder: worldEncoder(world),
    store: memoryStore(),
    text: ({ text }) => text,
    now: () => log.exportedAt + 1000,
  });
  await attune.data.import(log);
  return { attune, items: world.items.map(({ id, text }) => ({ id, text })), visits: VISITS };
}
