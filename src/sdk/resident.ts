import type { ItemRecord } from '../domain/item.js';

/** The site's items, by id, with what is read of each. */
export type Resident<T> = Map<string, { readonly item: T; readonly text: string }>;

/** Most items remembered. Judgement: as many as embeddings are resident. */
const MOST_RESIDENT = 20_000;

/** Remembers items with their records; past the most it begins anew with these. */
export function remember<T>(resident: Resident<T>, items: readonly T[], records: readonly ItemRecord[]): void {
  if (resident.size > MOST_RESIDENT) resident.clear();
  records.forEach(({ id, text }, i) => resident.set(id, { item: items[i]!, text }));
}
