import type { Store } from '../domain/ports.js';

/**
 * Copies batches, items and settings to a log's next place; derived values are made again where they are needed.
 * Loaded apart from the page's first code.
 */
export async function copyLog(from: Store, to: Store): Promise<void> {
  const [batches, items, sliders] = await Promise.all([
    from.readBatches(0),
    from.readItems(),
    from.readValue('sliders'),
  ]);
  for (const [i, { interactions }] of batches.entries()) {
    await to.append({ interactions, items: i === 0 ? items : [] });
  }
  if (sliders !== undefined) await to.writeValue('sliders', sliders);
}
