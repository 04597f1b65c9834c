import { addUndone, readEdits, type UndoneChange } from '../domain/interest-edits.js';
import type { AdaptationReport, AttuneAdaptation } from './adaptation-types.js';
import type { ChallengerParts, Challengers } from './challengers.js';
import type { FoundDrift } from './drift.js';
import { type InterestQuestions, readFound } from './interest-questions.js';
import { EDITS_VALUE, interestsOf } from './interests.js';
import { callOptions } from './options.js';

type DriftReport = Pick<AdaptationReport, 'drift'>;

const NOTHING: DriftReport = { drift: { changes: [], leading: false } };

/** See {@link AttuneAdaptation}. */
export async function adaptation<T>(
  parts: InterestQuestions & ChallengerParts<T>,
  ...[given]: Parameters<AttuneAdaptation['report']>
): Promise<AdaptationReport> {
  const { signal } = callOptions(given);
  signal?.throwIfAborted();
  const report = { ...(await read(parts)), ...(await (await challengers(parts)).report()) };
  signal?.throwIfAborted();
  return report;
}

/** See {@link AttuneAdaptation}. */
export async function resetAdaptation<T>(
  parts: InterestQuestions & ChallengerParts<T>,
  ...[part]: Parameters<AttuneAdaptation['reset']>
): Promise<AdaptationReport> {
  const report = await (await challengers(parts)).reset(part);
  return { ...(await read(parts)), ...report };
}

/** By code that comes when it is asked for. */
async function challengers<T>(parts: ChallengerParts<T>): Promise<Challengers> {
  return (await import('./challengers.js')).challengersOf(parts);
}

/** See {@link AttuneAdaptation}. */
export async function undoAdaptation<T>(parts: InterestQuestions & ChallengerParts<T>): Promise<AdaptationReport> {
  const newest = await newestReaction(parts);
  if (newest === undefined) return adaptation(parts);
  const { standing, intake } = parts;
  await intake.inTurn(async () => {
    const edits = readEdits(await standing.log.value(EDITS_VALUE));
    await standing.log.setValue(EDITS_VALUE, addUndone(edits, newest));
  });
  interestsOf(parts).drop();
  const report = await adaptation(parts);
  parts.onProfile();
  return report;
}

/** What ranks now, else the last change that was told. */
async function newestReaction(parts: InterestQuestions): Promise<UndoneChange | undefined> {
  const found = await driftOf(parts);
  if (found?.kept !== undefined) return { from: found.kept.from, to: found.kept.to };
  const told = found?.report.changes.find(({ undone }) => !undone);
  return told && { from: told.at, to: told.detectedAt };
}

async function read(parts: InterestQuestions): Promise<DriftReport> {
  const found = await driftOf(parts);
  return found === undefined ? NOTHING : { drift: found.report };
}

async function driftOf(parts: InterestQuestions): Promise<FoundDrift | undefined> {
  return parts.asked.adapt?.drift === true ? (await readFound(parts, false))?.drift : undefined;
}
