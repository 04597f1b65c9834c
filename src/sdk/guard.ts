import { dot } from '../core/vector.js';
import type { Guard } from './intake.js';
import type { Model } from './model.js';
import type { ItemTexts } from './texts.js';

/**
 * Cosine to a topic's text above which an item counts as off-limits. Measured with lite over the demo's catalogue
 * (tests/semantic/off-limits): 0.17 finds 77 % of a topic's items and takes 5 % of the others; 0.25 finds 65 % and takes 1 %.
 */
export const OFF_LIMITS_COSINE = 0.17;

export function createGuard(
  topics: readonly string[],
  keepText: 'items' | 'none',
  model: Model,
  texts: ItemTexts,
): Guard {
  return {
    isReady: ({ text }) => [text, ...topics].every((each) => model.get(each) !== undefined),
    ensure: (records) => model.ensure([...topics, ...records.map(({ text }) => text)], undefined, 'background'),
    isOut(record) {
      const x = topics.length > 0 ? texts.embeddingOf(record) : undefined;
      return (
        x !== undefined &&
        topics.some((topic) => {
          const y = model.get(topic);
          return y !== undefined && dot(x, y) > OFF_LIMITS_COSINE;
        })
      );
    },
    kept(record) {
      const { id, text } = record;
      if (keepText !== 'none' || text === '') return record;
      const x = model.get(text);
      const embedding = x && { modelVersion: model.modelVersion, values: [...x] };
      return { id, text: '', title: '', ...(embedding && { embedding }) };
    },
  };
}
