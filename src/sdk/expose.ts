import { assign, checkExperiment, type Experiment, EXPOSURE, firstExposure } from '../domain/experiment.js';
import { isRefusal } from '../domain/consent.js';
import { makeInteraction } from '../domain/interaction.js';
import type { DataParts } from './data.js';
import type { Intake } from './intake.js';
import type { Log } from './log.js';
import { readInteractions } from './read-log.js';
import { objectOf } from './options.js';

/** The arms that a log’s first exposures name, as far as they were asked for; void with what was learned, so after each move. */
interface Met {
  readonly log: Log;
  readonly since: object;
  readonly arms: Map<string, string>;
}

const met = new WeakMap<object, Met>();

/** What it needs of an open Attune. */
interface ExposureParts extends Omit<DataParts, 'intake'> {
  readonly intake: Pick<Intake<never>, 'inTurn'>;
}

/** What is noted with an exposure. */
type Noted = Readonly<Record<string, string | number | boolean>>;

/**
 * Deals the person to an arm and notes that they met it. Who refused, or switched personalization off, is in none.
 *
 * What the log says first holds: so the arm stays when consent moves the log, and when a file brings it to another device.
 * Else the user's key deals, or, where the site names none, the log's own random name, which every tab knows and an
 * erase ends.
 *
 * @throws AttuneError `input/invalid`, `closed`
 */
export async function exposure(
  parts: ExposureParts,
  experiment: Experiment,
  noted: Noted = {},
): Promise<string | null> {
  checkExperiment(experiment);
  objectOf('noted', noted);
  const { standing, intake, now, newId, check } = parts;
  const metadata = { ...noted, experiment: experiment.id };
  const draft = makeInteraction(newId(), EXPOSURE, `experiment:${experiment.id}`, { weight: 0, metadata }, now());
  const isOut = (): boolean => standing.privacy === 'off' || isRefusal(standing.consent);
  return intake.inTurn(async () => {
    check();
    const arm = isOut() ? null : await armOf(parts, experiment);
    check();
    if (arm === null || isOut()) return null; // a refusal holds at once, and waits for this turn to do the rest
    met.get(standing)!.arms.set(experiment.id, arm);
    standing.log.add({ ...draft, metadata: { ...metadata, arm } }, { id: draft.itemId, text: '', title: '' });
    return arm;
  });
}

async function armOf({ standing, learner }: ExposureParts, experiment: Experiment): Promise<string | null> {
  const { log, user } = standing;
  const known = met.get(standing);
  if (known?.log !== log || known.since !== learner.since) {
    met.set(standing, { log, since: learner.since, arms: new Map() });
  }
  const { arms } = met.get(standing)!;
  const arm = arms.get(experiment.id) ?? (await firstArm(log, experiment));
  if (arm !== undefined && experiment.arms.includes(arm)) return arm;
  return assign(experiment, user === 'default' ? (await log.epoch()).split('/')[0]! : user);
}

async function firstArm(log: Log, experiment: Experiment): Promise<string | undefined> {
  return firstExposure(experiment, await readInteractions(log))?.arm;
}
