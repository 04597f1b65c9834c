import { hashText } from '../core/hash.js';
import { type ItemRecord, textItem } from '../domain/item.js';
import { invalid } from '../errors.js';
import type { DataParts } from './data.js';
import type { Log } from './log.js';

/** What a person says they like, in their words: kept with their log, as the positions of sliders are. */

/** Most texts, and their greatest length. Judgement: whoever says more says it by what they do. */
const MOST = 20;
const LONGEST = 500;

export async function readPreferences(log: Log): Promise<readonly string[]> {
  return preferencesOf(await log.value('preferences')) ?? [];
}

/** The texts of a stored value or a file; undefined for what is none. */
function preferencesOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value.slice(0, MOST) : undefined;
}

/** Puts texts in the place of those before, redacted and without what is off-limits. Resolves with what is kept. */
export async function writePreferences(
  { standing, intake, redact }: Pick<DataParts, 'standing' | 'intake' | 'redact'>,
  texts: readonly string[],
): Promise<readonly string[]> {
  const records = texts.map((text): ItemRecord => {
    const said = redact(text);
    return { ...textItem(said), id: `preference ${hashText(said)}` }; // an item that is ignored is not a wish
  });
  records.forEach(({ text }) => standing.passing.add(text));
  try {
    const refused = await intake.refused(records);
    const kept = records.filter(({ id, text }) => !refused.has(id) && text !== '').map(({ text }) => text);
    await standing.log.setValue('preferences', kept);
    return kept;
  } finally {
    records.forEach(({ text }) => standing.passing.delete(text));
  }
}

/** @throws AttuneError `input/invalid` for anything but a list of texts; the same text twice counts once */
export function checkPreferences(given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length > MOST) {
    throw invalid('preferences', given, `Pass a list of at most ${MOST} texts; [] takes them back.`);
  }
  for (const text of given as readonly unknown[]) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST) {
      throw invalid('preferences', text, `Each is a text of 1 to ${LONGEST} characters.`);
    }
  }
  return [...new Set((given as readonly string[]).map((text) => text.trim()))];
}
