import { dot, isZero, type Vector } from '../core/vector.js';
import { type AttuneError, invalid } from '../errors.js';
import type { Slider, SliderAxis } from './slider.js';
import { countWords } from './words.js';

/** More sliders than this are more than people move (SPEC §4: 3 to 7). */
const MOST_SLIDERS = 7;

/** Words in one pole: the demo's have 3 to 4. Judgement: three names for one idea, each of several words. */
const MOST_WORDS = 12;

/** Names for one idea between commas. Judgement: the demo's poles have 3. */
const MOST_NAMES = 5;

/**
 * Cosine from which on two axes, in either direction, are much the same. Measured with lite: 120 pairs of 16 unlike
 * sliders reach 0.30; of 7 pairs meant to be alike the least has 0.48.
 */
const ALIKE = 0.45;

/** What marks a further idea where it stands between words: the end of a sentence ("St." is none), or a joining of alternatives. */
const FURTHER_IDEA = /(?<=\p{L}{3})[.!?;\n]+|\s(?:or|but|also|oder|aber)\s/iu;

/** What of the texts themselves works badly, with numbers; none for few, short sliders of one idea each. */
export function textAdvice(sliders: readonly Slider[]): AttuneError[] {
  const found = sliders.flatMap(({ id, poles }) => poles.flatMap((pole) => poleAdvice(id, pole)));
  if (sliders.length <= MOST_SLIDERS) return found;
  const count = `${sliders.length} of them`;
  return [invalid('sliders', count, `3 to ${MOST_SLIDERS} are the advice: nobody moves more.`), ...found];
}

function poleAdvice(id: string, pole: string): AttuneError[] {
  const of = `text of slider ${JSON.stringify(id)}`;
  const words = countWords(pole);
  const ideas = pole.split(FURTHER_IDEA).filter((part) => countWords(part) > 0).length;
  const names = pole.split(/[,/|]/).filter((part) => countWords(part) > 0).length;
  const show = (count: string): string => `${count}: ${pole}`;
  if (words > MOST_WORDS) return [invalid(of, show(`${words} words`), `Up to ${MOST_WORDS} say one idea best.`)];
  if (ideas > 1) return [invalid(of, show(`${ideas} ideas`), 'An axis is one: make a slider of each.')];
  if (names > MOST_NAMES) return [invalid(of, show(`${names} names`), `Up to ${MOST_NAMES} for one idea are enough.`)];
  return [];
}

/**
 * What of the axes works badly, with numbers: poles the encoder knows no word of, or that it can't tell apart, and pairs
 * much the same.
 *
 * @param rowOf the embedding of a pole's text
 */
export function axisAdvice(axes: readonly SliderAxis[], rowOf: (text: string) => Vector | undefined): AttuneError[] {
  const isEmpty = (pole: string): boolean => {
    const row = rowOf(pole);
    return row !== undefined && isZero(row);
  };
  const unknown = axes.flatMap(({ slider: { id, poles }, axis }) => {
    const of = `text of slider ${JSON.stringify(id)}`;
    const empty = poles.filter(isEmpty).map((pole) => {
      return invalid(of, `0 of ${countWords(pole)} words known: ${pole}`, 'Say it in words that the encoder reads.');
    });
    if (empty.length > 0 || !isZero(axis)) return empty;
    return [invalid(of, `cosine 1.00: ${poles.join(' – ')}`, 'The two poles mean the same to the encoder.')];
  });
  const known = axes.filter(({ axis }) => !isZero(axis));
  const alike = known.flatMap((one, i) =>
    known.slice(i + 1).flatMap((other) => {
      const cosine = dot(one.axis, other.axis);
      if (Math.abs(cosine) < ALIKE) return [];
      const what = `cosine ${cosine.toFixed(2)}`;
      const pair = `sliders ${JSON.stringify(one.slider.id)} and ${JSON.stringify(other.slider.id)}`;
      return [invalid(pair, what, `From ${ALIKE} on they move the same items: leave one out.`)];
    }),
  );
  return [...unknown, ...alike];
}
