import { priorShare } from '../domain/prior-share.js';
import { invalid } from '../errors.js';
import { coldStart, type ColdStartParts } from './cold-start.js';
import type { DataParts } from './data.js';
import { checkPreferences, writePreferences } from './preferences.js';
import type { Preferences } from './prior-types.js';
import type { Attune } from './types.js';

/** What stating preferences needs from the SDK. */
type StateParts = ColdStartParts & Pick<DataParts, 'redact' | 'keepText' | 'learner'>;

/** What the person says they like, after putting `texts` in its place where they are given; nothing while all is off. */
export async function preferences(
  parts: StateParts,
  ...[texts]: Parameters<Attune<never>['preferences']>
): Promise<Preferences> {
  const { standing, intake, keepText, learner, asked } = parts;
  const start = coldStart(parts);
  const given = texts === undefined ? undefined : checkPreferences(texts);
  if (given !== undefined && (start === undefined || keepText === 'none')) {
    const wayOut = 'Give `createAttune` the option `priors`, {} at least, and no `keepText: "none"`.';
    throw invalid('preferences', asked.priors === undefined ? 'no `priors`' : 'keepText: none', wayOut);
  }
  const nothing: Preferences = { texts: [], sources: [], share: 1 };
  if (start === undefined || standing.privacy === 'off') return nothing;
  if (given !== undefined) await intake.inTurn(() => writePreferences(parts, given));
  await standing.opened;
  await start.read();
  return {
    texts: start.stated(),
    sources: start.prior().map(({ source }) => source),
    share: priorShare(learner.vectors()?.evidence ?? 0),
  };
}
