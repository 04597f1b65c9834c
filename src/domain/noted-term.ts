import { attribute } from './attribution.js';
import { byTime, type Interaction } from './interaction.js';
import type { ProfileRules } from './profile.js';
import { rounded } from './shown.js';
import type { TermOutcome } from './term-trial.js';

/** What is noted of the sequence model's term when an item is shown, under the names it has in a log. */

/** @param of names model and weight: values of another are not comparable */
export function noteTerm(value: number, of: string, isCounted: boolean): NonNullable<Interaction['metadata']> {
  return { foundation: rounded(value), 'foundation:of': of, 'foundation:counted': isCounted };
}

/** What came of showing items, of those whose term was noted under that name, in the order in which it was known. */
export function outcomesOfTerm(
  events: readonly Interaction[],
  until: number,
  { kinds }: Pick<ProfileRules, 'kinds'>,
  of: string,
): TermOutcome[] {
  const sorted = events.filter(({ at }) => at <= until).sort(byTime);
  const { answers } = attribute([], sorted, until, kinds, (event) => notedTerm(event, of));
  return answers.flatMap(({ shown, y, at }) => (shown === undefined ? [] : [{ ...shown, y, at }]));
}

function notedTerm({ metadata = {} }: Interaction, of: string): Pick<TermOutcome, 'score' | 'term'> | undefined {
  const { score, foundation: term } = metadata;
  if (metadata['foundation:of'] !== of || typeof score !== 'number' || typeof term !== 'number') return undefined;
  return { score: metadata['foundation:counted'] === true ? score - term : score, term };
}
