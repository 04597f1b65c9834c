import { type Random, shuffled } from '../core/random.js';

const CONSONANTS = 'bdfgjklmnprstvz';
const VOWELS = 'aeiou';

/** A word as texts are taken apart: letters and digits of any script, with their accents. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The different words of a text, in lower case, in the order in which they first stand. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(WORD) ?? [])];
}

/**
 * A made-up word for every word of the texts, none of which is one of them. Which word gets which is chance alone: nothing of a
 * word, not even its length, is in its stand-in.
 */
export function inventWords(texts: readonly string[], random: Random): ReadonlyMap<string, string> {
  const words = new Set(texts.flatMap(wordsOf));
  const taken = new Set(words);
  const invented = new Map<string, string>();
  for (const word of shuffled([...words], random)) {
    let made = '';
    for (let syllables = 3; made === '' || taken.has(made); syllables++)
      made = inventWord(Math.min(syllables, 5), random);
    taken.add(made);
    invented.set(word, made);
  }
  return invented;
}

function inventWord(syllables: number, random: Random): string {
  const letter = (letters: string): string => letters[Math.floor(random() * letters.length)]!;
  return Array.from({ length: syllables }, () => letter(CONSONANTS) + letter(VOWELS)).join('');
}
