/** Scripts that are written without spaces: each of their characters stands as a word of its own. */
const UNSPACED =
  '[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}]';

/** A character of those; a run of letters, marks and digits; or a symbol, so that "C++" and "C#" are not "C". */
const WORD = new RegExp(
  `(?=${UNSPACED})\\p{L}\\p{M}*|(?:(?!(?=${UNSPACED})\\p{L})[\\p{L}\\p{M}\\p{N}])+|[\\p{S}#]`,
  'gu',
);

/**
 * The words of a text between single spaces, with one before and one after, so that one phrase is in another exactly
 * where the one string is in the other. Case, accents composed or not, width and punctuation make no difference:
 * `' rock roll '` of "Rock’ & ROLL!".
 */
export function wordsOf(text: string): string {
  return ` ${(folded(text).match(WORD) ?? []).join(' ')} `;
}

/** How many words a text has. */
export function countWords(text: string): number {
  return folded(text).match(WORD)?.length ?? 0;
}

/** Upper case first, because only that way ß meets SS; and a Σ at a word's end is one like any other. */
function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replaceAll('ς', 'σ');
}
