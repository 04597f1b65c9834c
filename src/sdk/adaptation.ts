import { addUndone, readEdits } from '../domain/interest-edits.js';
import type { AdaptationReport, AttuneAdaptation } from './adaptation-types.js';
import type { InterestQuestions } from './interest-questions.js';
import { EDITS_VALUE, interestsOf } from './interests.js';
import { callOptions } from './options.js';

const NOTHING: AdaptationReport = { drift: { changes: [], leading: false } };

/** See {@link AttuneAdaptation}. */
export async function adaptation(
  parts: InterestQuestions,
  ...[given]: Parameters<AttuneAdaptation['report']>
): Promise<AdaptationReport> {
  const { signal } = callOptions(given);
  signal?.throwIfAborted();
  const report = await read(parts);
  signal?.throwIfAborted();
  return report;
}

/** See {@link AttuneAdaptation}. */
export async function undoAdaptation(parts: InterestQuestions): Promise<AdaptationReport> {
  const newest = (await read(parts)).drift.changes.find(({ undone }) => !undone);
  if (newest === undefined) return read(parts);
  const { standing, intake } = parts;
  await intake.inTurn(async () => {
    const edits = readEdits(await standing.log.value(EDITS_VALUE));
    await standing.log.setValue(EDITS_VALUE, addUndone(edits, { from: newest.at, to: newest.detectedAt }));
  });
  interestsOf(parts).drop();
  const report = await read(parts);
  parts.onProfile();
  return report;
}

async function read(parts: InterestQuestions): Promise<AdaptationReport> {
  const { standing, intake, learner, asked } = parts;
  await standing.opened;
  await intake.settled();
  await learner.settled();
  const isUnknown = learner.state === undefined; // reading after an erase would make a database again
  if (isUnknown || standing.privacy === 'off' || asked.adapt?.drift !== true) return NOTHING;
  const { drift } = await interestsOf(parts).read(false);
  return drift === undefined ? NOTHING : { drift: drift.report };
}
