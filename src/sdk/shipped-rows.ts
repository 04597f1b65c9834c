import { hashText } from '../core/hash.js';
import type { ItemRecord } from '../domain/item.js';
import { AT_ONCE, type OpenCatalogue } from './catalogue-changes.js';
import type { Standing } from './standing.js';

/** Rows that a site ships: what they say of an item's text, an encoder need not. */

/** Catalogues opened on this page, by how things stand with the Attune that opened them. */
const shelves = new WeakMap<Standing, Set<OpenCatalogue<never>>>();

/** Makes a catalogue's rows known to `shippedRows`. */
export function shelve(standing: Standing, catalogue: OpenCatalogue<never>): void {
  shelves.set(standing, (shelves.get(standing) ?? new Set()).add(catalogue));
}

/**
 * Rows of these items' texts, by text, where an open catalogue of the model holds an item under the same id with the
 * very same text. What can't be read is left out.
 *
 * @param dim length of the model's rows
 */
export async function shippedRows(
  standing: Standing,
  modelVersion: string,
  dim: number,
  items: readonly ItemRecord[],
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const { rows, modelVersion: of } of shelves.get(standing) ?? []) {
    if (rows === undefined || of !== modelVersion || rows.table.dim !== dim) continue;
    const there = items.filter(({ id, text }) => !found.has(text) && rows.slotOf(id) >= 0);
    for (let first = 0; first < there.length; first += AT_ONCE) {
      const some = there.slice(first, first + AT_ONCE);
      const slots = some.map(({ id }) => rows.slotOf(id));
      try {
        const [stored, data] = [await rows.readItems(slots), await rows.readRows(slots)];
        some.forEach(({ text }, i) => {
          if (stored[i]!.textHash === hashText(text)) found.set(text, data.slice(i * dim, (i + 1) * dim));
        });
      } catch {
        break; // a damaged file, or one that changes meanwhile: the encoder makes the rest
      }
    }
  }
  return found;
}
