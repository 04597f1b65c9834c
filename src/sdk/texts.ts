import type { ItemRecord } from '../domain/item.js';
import type { Priority } from '../domain/ports.js';
import type { Embeddings, Model } from './model.js';

/** How stored items, and what was done with them, become embeddings under one model. */
export interface Reading extends Pick<Embeddings, 'said'> {
  /** By item id. What no text and no embedding is left of stands for nothing, and counts. */
  embed(records: readonly ItemRecord[], signal?: AbortSignal, priority?: Priority): Promise<Map<string, Float32Array>>;
}

/**
 * From stored items to their embeddings: by their text, or, where texts may not be kept, by the embedding kept
 * instead, or else by the text that the page offers again under the same id.
 */
export interface ItemTexts extends Reading {
  /** Remembers what the page shows while texts may not be kept; true when the log was waiting for one of these. */
  offer(records: readonly ItemRecord[]): boolean;
  /** What is resident of one. */
  embeddingOf(record: ItemRecord): Float32Array | undefined;
  /** A title for people, or the id where none is to be had. */
  title(record: ItemRecord): string;
}

/** For logs that hold texts: what is stored is read by code that comes with the first reading. */
export function createTexts(model: Model): ItemTexts {
  return {
    get said() {
      return model.said;
    },
    offer: () => false,
    embed: async (...given) => (await import('./item-texts.js')).createItemTexts(model, 'items').embed(...given),
    embeddingOf: ({ text }) => model.get(text),
    title: ({ id, title }) => title || id,
  };
}
