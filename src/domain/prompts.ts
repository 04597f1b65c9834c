import { invalid } from '../errors.js';
import { isAction } from './interaction.js';
import type { TextRole } from './ports.js';

/**
 * What is put before a text that was acted on, by kind. Encoders that were trained with instructions tell by it what a
 * text is to the person; to others it is a few words more.
 */
export type Prompts = Readonly<Record<string, string>>;

/**
 * For encoders trained with instructions. Kinds that repel have none: their weight says that it was a refusal, and a
 * phrase that says so too would move the row away from the item it refuses. Wording: judgement; five are SPEC §1's.
 */
export const PHRASES: Prompts = {
  write: 'User wrote: ',
  read: 'User read: ',
  react: 'User reacted to: ',
  click: 'User clicked on: ',
  share: 'User shared: ',
  view: 'User looked at: ',
  save: 'User saved: ',
  bookmark: 'User bookmarked: ',
  search: 'User searched for: ',
  purchase: 'User bought: ',
};

/** Longest phrase, in UTF-16 code units: what comes behind it is what matters. Judgement. */
const MAX_LENGTH = 200;

/** Half a character, which stands in no item's text (see `readItem`) and no phrase. */
const MARK = '\udfff';

/**
 * The phrases in force, or undefined for none at all.
 *
 * @param asked true is `PHRASES`, false none; a map goes over the encoder's own, where '' takes a phrase away
 * @param own   the encoder's own
 */
export function promptsOf(asked: boolean | Prompts | undefined, own: Prompts | undefined): Prompts | undefined {
  if (asked === undefined) return own;
  if (typeof asked === 'boolean') return asked ? PHRASES : undefined;
  const all = Object.entries({ ...own, ...asked }).filter(([, phrase]) => phrase !== '');
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws AttuneError `input/invalid` for anything but true, false or phrases by kind */
export function checkPrompts(name: string, prompts: unknown): void {
  if (typeof prompts === 'boolean') return;
  if (prompts === null || typeof prompts !== 'object' || Array.isArray(prompts)) {
    throw invalid(name, prompts, "Pass phrases such as { write: 'User wrote: ' }, true for Attune's own, or false.");
  }
  for (const [kind, phrase] of Object.entries(prompts)) {
    if (!isAction({ kind })) throw invalid(`${name}.${kind}`, phrase, 'What is only noted is not learned from.');
    if (typeof phrase !== 'string' || phrase.length > MAX_LENGTH || /\p{Cs}/u.test(phrase)) {
      throw invalid(`${name}.${kind}`, phrase, `It is a text of at most ${MAX_LENGTH} characters; '' for none.`);
    }
  }
}

/**
 * What stands for a text that was acted on: the text itself, whose row is then an item's as well as the person's, or
 * another string, that of a row of its own. What is empty stays so: a phrase alone says nothing of anybody.
 *
 * @param tellsRoles whether the encoder is told what is behaviour also where the kind has no phrase
 */
export function behaviourText(prompts: Prompts, kind: string, text: string, tellsRoles: boolean): string {
  const phrase = Object.hasOwn(prompts, kind) ? prompts[kind]! : '';
  return text === '' || (phrase === '' && !tellsRoles) ? text : MARK + phrase + MARK + text;
}

/** Texts that an encoder reads alike. */
export interface ReadAlike {
  readonly role: TextRole;
  readonly prompt: string;
  /** As they are in the log, in order. */
  readonly texts: string[];
  /** Where each stood among all. */
  readonly places: number[];
}

/** What was made by `behaviourText`, and other texts as the content they are, by how they are read. */
export function readAlike(texts: readonly string[]): ReadAlike[] {
  const groups = new Map<string, ReadAlike>();
  texts.forEach((each, place) => {
    const [before, prompt, ...text] = each.split(MARK);
    const isBehaviour = before === '' && text.length > 0;
    const group: ReadAlike = isBehaviour
      ? { role: 'behaviour', prompt: prompt!, texts: [], places: [] }
      : { role: 'content', prompt: '', texts: [], places: [] };
    const name = readAs(group);
    const known = groups.get(name) ?? group;
    groups.set(name, known);
    known.texts.push(isBehaviour ? text.join(MARK) : each);
    known.places.push(place);
  });
  return [...groups.values()];
}

/** A name for how a text is read: another for each role and phrase. */
export function readAs({ role, prompt }: Pick<ReadAlike, 'role' | 'prompt'>): string {
  return prompt === '' ? role : role + JSON.stringify(prompt); // which ends where it says
}
