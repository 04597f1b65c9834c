import { wordsOf } from './words.js';

/** Words of a name. Judgement: what a chip on a page has room for. */
const WORDS = 3;

/** Shortest word of a name, in UTF-16 code units: what is shorter names little. Judgement. */
const SHORTEST = 3;

/**
 * A name for each of a person's interests: up to three words that at least two of its texts have, by how much more of its
 * texts have them than of the others', `p · ln(p/q)`, half a text counted to each. The title of the nearest item where no
 * word is its own, as with a single interest, whose words nothing can be told apart from.
 *
 * @param texts  of each interest, an item each
 * @param titles of each interest's nearest item
 */
export function nameInterests(texts: readonly (readonly string[])[], titles: readonly string[]): string[] {
  const counts = texts.map(countTexts);
  return texts.map((own, i) => {
    const others = texts.reduce((sum, list, j) => sum + (j === i ? 0 : list.length), 0);
    if (others === 0) return titles[i]!;
    const rated = [...counts[i]!]
      .filter(([word, count]) => count >= 2 && word.length >= SHORTEST)
      .map(([word, count]) => {
        const elsewhere = counts.reduce((sum, each, j) => sum + (j === i ? 0 : (each.get(word) ?? 0)), 0);
        const p = (count + 0.5) / (own.length + 1);
        const times = p / ((elsewhere + 0.5) / (others + 1));
        return { word, times, value: p * Math.log(times) };
      })
      .filter(({ times }) => times >= LEAST_TIMES)
      .sort((a, b) => b.value - a.value || (a.word < b.word ? -1 : 1));
    return rated.length === 0
      ? titles[i]!
      : rated
          .slice(0, WORDS)
          .map(({ word }) => word)
          .join(', ');
  });
}

/** How many times as common in its texts as in the others' a word must be. Judgement: "the" is in most of all of them. */
const LEAST_TIMES = 2;

/** In how many texts each word stands. */
function countTexts(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const words = new Set(wordsOf(text).trim().split(' '));
    for (const word of words) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
