import { mergeEdits, readEdits } from '../domain/interest-edits.js';
import type { Store } from '../domain/ports.js';
import { EDITS_VALUE } from './interests.js';

/**
 * Copies batches, items and settings to a log's next place; derived values are made again where they are needed.
 * What is there already is not copied again. Loaded apart from the page's first code.
 *
 * @param had ids that `from` once had from `to`: those not there any more were taken away by another tab and stay so,
 *            those not in `from` any more were taken away here and go
 * @returns the ids of all interactions of `from`
 */
export async function copyLog(
  from: Store,
  to: Store,
  had: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const [batches, items, sliders, preferences, interests, there] = await Promise.all([
    from.readBatches(0),
    from.readItems(),
    from.readValue('sliders'),
    from.readValue('preferences'),
    from.readValue(EDITS_VALUE),
    to.readBatches(0),
  ]);
  const known = new Set(had);
  for (const { interactions } of there) for (const { id } of interactions) known.add(id);
  const all = batches.flatMap(({ interactions }) => interactions);
  const missing = all.filter(({ id }) => !known.has(id));
  const named = new Set(missing.map(({ itemId }) => itemId));
  const wanted = items.filter(({ id }) => named.has(id));
  if (missing.length > 0) await to.append({ interactions: missing, items: wanted });
  if (sliders !== undefined) {
    const kept = (await to.readValue('sliders')) ?? {}; // what was set here wins, slider by slider
    await to.writeValue('sliders', { ...kept, ...sliders });
  }
  if (preferences !== undefined) await to.writeValue('preferences', preferences);
  const edits = readEdits(interests);
  if (interests !== undefined)
    await to.writeValue(EDITS_VALUE, mergeEdits(readEdits(await to.readValue(EDITS_VALUE)), edits));
  const ids = new Set(all.map(({ id }) => id));
  const gone = [...had].filter((id) => !ids.has(id));
  if (gone.length > 0) await to.remove(new Set(gone));
  return ids;
}
