import { type Interaction, isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Priority } from '../domain/ports.js';
import type { EmbeddedInteraction } from '../domain/profile.js';
import type { Reading } from './texts.js';

/**
 * Stored interactions, in order, each with what was done as the model reads it, or with the item where that was only
 * shown; without those of which no item is left.
 */
export async function embedEvents(
  interactions: readonly Interaction[],
  items: readonly ItemRecord[],
  reading: Reading,
  signal?: AbortSignal,
  priority?: Priority,
): Promise<EmbeddedInteraction[]> {
  const known = new Map(items.map((item) => [item.id, item]));
  const events = interactions.flatMap((interaction): [Interaction, ItemRecord][] => {
    const item = known.get(interaction.itemId);
    return item === undefined ? [] : [[interaction, readOf(item, interaction.kind, reading)]];
  });
  const records = new Map(events.map(([, record]) => [record.id, record]));
  const embeddings = await reading.embed([...records.values()], signal, priority);
  return events.flatMap(([interaction, { id }]) => {
    const embedding = embeddings.get(id);
    return embedding === undefined ? [] : [{ interaction, embedding }];
  });
}

/** What is read of an item when this was done with it: itself, or, where that has a row of its own, another text. */
export function readOf(item: ItemRecord, kind: string, { said }: Pick<Reading, 'said'>): ItemRecord {
  const text = (isAction({ kind }) && said?.(kind, item.text)) || item.text;
  return text === item.text ? item : { id: text, text, title: '' };
}
