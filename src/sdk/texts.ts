import type { ItemRecord } from '../domain/item.js';
import type { Priority } from '../domain/ports.js';
import type { Model } from './model.js';

/**
 * From stored items to their embeddings: by their text, or, where texts may not be kept, by the embedding kept
 * instead, or else by the text that the page offers again under the same id.
 */
export interface ItemTexts {
  /** Remembers what the page shows while texts may not be kept; true when the log was waiting for one of these. */
  offer(records: readonly ItemRecord[]): boolean;
  /** By item id. What no text and no embedding is left of stands for nothing, and counts. */
  embed(records: readonly ItemRecord[], signal?: AbortSignal, priority?: Priority): Promise<Map<string, Float32Array>>;
  /** What is resident of one. */
  embeddingOf(record: ItemRecord): Float32Array | undefined;
  /** A title for people, or the id where none is to be had. */
  title(record: ItemRecord): string;
}

/** For logs that hold texts. */
export function createTexts(model: Model): ItemTexts {
  return {
    offer: () => false,
    async embed(records, signal, priority) {
      if (records.some(({ embedding }) => embedding)) {
        return (await import('./item-texts.js')).createItemTexts(model, 'items').embed(records, signal, priority); // imported so
      }
      await model.ensure(
        records.map(({ text }) => text),
        signal,
        priority,
      );
      return new Map(
        records.flatMap(({ id, text }): [string, Float32Array][] => {
          const embedding = model.get(text)?.slice();
          return embedding === undefined ? [] : [[id, embedding]];
        }),
      );
    },
    embeddingOf: ({ text }) => model.get(text),
    title: ({ id, title }) => title || id,
  };
}
