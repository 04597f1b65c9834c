import type { ReplacingStore } from './replace.js';
import { SEAL_VALUE } from './seal-schema.js';
import { inSlices } from './slices.js';
import { isSealed, type Seal, sealInteraction, sealItem } from './sealed-records.js';

/** What the store beneath reads or writes itself; none of it tells anything of the person. */
const PLAIN_VALUES: readonly string[] = [SEAL_VALUE, 'revision'];

export function isPlainValue(name: string): boolean {
  return PLAIN_VALUES.includes(name);
}

/** Never believed in the clear: a tab that can't open boxes may have made it of what it took for a log. */
export function isDerived(name: string): boolean {
  return name.startsWith('derived/');
}

/** Seals what lies in the clear: from before the log was sealed, or by a tab that doesn't know that it is. */
export async function sealRest(
  store: ReplacingStore,
  seal: Seal,
  writeValue: (name: string, value: unknown) => Promise<void>,
): Promise<void> {
  const isClear = (found: unknown): boolean => !isSealed(found);
  const batches = await store.readBatches(0);
  const interactions = batches.flatMap((batch) => batch.interactions).filter(isClear);
  const items = (await store.readItems()).filter(isClear);
  if (interactions.length > 0 || items.length > 0) {
    await store.replace({
      interactions: await sealed(interactions, (each) => sealInteraction(seal, each)),
      items: await sealed(items, (each) => sealItem(seal, each)),
    });
  }
  for (const name of await store.valueNames()) {
    const value = isPlainValue(name) ? undefined : await store.readValue(name);
    if (value !== undefined && isClear(value)) await (isDerived(name) ? store.dropDerived() : writeValue(name, value));
  }
  await store.rows.dropClear();
}

async function sealed<T extends { readonly id: string }>(
  found: readonly T[],
  seal: (each: T) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await inSlices(found, async (each) => [each.id, await seal(each)] as const));
}
