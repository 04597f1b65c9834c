import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import { keyedHash, openBox, sealBox, type SealKeys } from './crypto.js';
import { type Bytes, pack, unpack } from './pack.js';
import { inSlices } from './slices.js';

/** What a sealed log holds, one thing a box. In sight are: how many, in which order, how long, and which share an item. */

/** The keys as they are in force for one log: a box of one log opens in no other. */
export interface Seal {
  readonly logId: string;
  readonly keys: SealKeys;
}

/** Kind of every sealed interaction. */
const SEALED = 'sealed';

/** Ids are hashes, and the time is not told; `box` holds the interaction as it was. */
interface SealedInteraction extends Interaction {
  readonly box: Bytes;
}

/** Under the hash of its id, without text or title; `box` holds the item as it was, `mark` stands for its text. */
interface SealedItem extends ItemRecord {
  readonly box: Bytes;
  readonly mark: string;
}

/** The hash an interaction's or item's id stands as. */
export function hashId({ keys }: Seal, what: 'interaction' | 'item', id: string): Promise<string> {
  return keyedHash(keys, `${what}/${id}`);
}

export async function sealInteraction(seal: Seal, interaction: Interaction): Promise<SealedInteraction> {
  const [id, itemId] = await Promise.all([
    hashId(seal, 'interaction', interaction.id),
    hashId(seal, 'item', interaction.itemId),
  ]);
  return { id, kind: SEALED, itemId, at: 0, box: await sealValue(seal, `interaction/${id}`, interaction) };
}

export async function sealItem(seal: Seal, item: ItemRecord): Promise<SealedItem> {
  const [id, mark] = await Promise.all([hashId(seal, 'item', item.id), markText(seal, item.text)]);
  return { id, text: '', title: '', mark, box: await sealValue(seal, `item/${id}`, item) };
}

/** What a text stands as where an item is told which embeddings were made of it. */
export function markText({ keys }: Seal, text: string): Promise<string> {
  return keyedHash(keys, `text/${text}`);
}

/** Any plain data as a box that opens under this name only. */
export function sealValue({ logId, keys }: Seal, name: string, value: unknown): Promise<Bytes> {
  return sealBox(keys, `${logId}/${name}`, pack(value));
}

/** What was sealed under this name; rejects when the box is damaged, or another's. */
export async function openValue({ logId, keys }: Seal, name: string, box: unknown): Promise<unknown> {
  return unpack(await openBox(keys, `${logId}/${name}`, box as Bytes));
}

/** Interactions and items as they were, clear ones as they are; what can't be opened is told to `onDamage`, and left out. */
export async function openAll<T extends Interaction | ItemRecord>(
  seal: Seal,
  what: 'interaction' | 'item',
  found: readonly T[],
  onDamage: (id: string) => void,
): Promise<T[]> {
  const opened = await inSlices(found, async (each): Promise<T[]> => {
    if (!isSealed(each)) return [each];
    try {
      return [(await openValue(seal, `${what}/${each.id}`, each.box)) as T];
    } catch {
      onDamage(each.id);
      return [];
    }
  });
  return opened.flat();
}

/** Whether this is sealed, whole or not. */
export function isSealed(found: unknown): found is { readonly box: unknown } {
  return found !== null && typeof found === 'object' && ('box' in found || (found as Interaction).kind === SEALED);
}
