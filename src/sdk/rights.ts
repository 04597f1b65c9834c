import type { Interaction } from '../domain/interaction.js';
import { byTime } from '../domain/interaction.js';
import type { DataParts } from './data.js';
import { parseImport } from './import.js';
import type { AttuneExport, ImportReport, RecentInteraction } from './types.js';

/** What a person does with what is kept about them, loaded apart from the page's first code. */

/** Everything kept, oldest first. */
export async function exportAll(
  { log, positions, now }: DataParts,
  signal: AbortSignal | undefined,
): Promise<AttuneExport> {
  const [interactions, items] = await Promise.all([readAll(log), log().items()]);
  signal?.throwIfAborted();
  return {
    format: 'attune-export',
    version: 1,
    exportedAt: now(),
    interactions: interactions.sort(byTime),
    items,
    sliders: Object.fromEntries(positions.values),
  };
}

/** Takes in what is not here yet, whole or not at all. */
export async function importAll(
  { log, positions, user, newId, redact, now, relearn }: DataParts,
  source: AttuneExport | string,
  signal: AbortSignal | undefined,
): Promise<ImportReport> {
  const parsed = parseImport(source, user, newId, redact, now());
  const known = new Set((await readAll(log)).map(({ id }) => id));
  signal?.throwIfAborted(); // from here on it goes in whole
  const fresh = parsed.interactions.filter(({ id }) => !known.has(id) && known.add(id));
  if (fresh.length > 0) await log().append(fresh, parsed.items);
  for (const [id, position] of Object.entries(parsed.sliders)) positions.values.set(id, position);
  await positions.write();
  await relearn();
  return {
    interactions: fresh.length,
    duplicates: parsed.interactions.length - fresh.length,
    rejected: parsed.rejected,
  };
}

/** The newest interactions, newest first, with their items' titles. */
export async function readRecent({ log }: DataParts, limit: number): Promise<RecentInteraction[]> {
  const newest = (await readAll(log)).sort(byTime).reverse().slice(0, limit);
  const items = await log().items([...new Set(newest.map(({ itemId }) => itemId))]);
  const titles = new Map(items.map(({ id, title }) => [id, title]));
  return newest.map((interaction) => ({ ...interaction, title: titles.get(interaction.itemId) ?? interaction.itemId }));
}

async function readAll(log: DataParts['log']): Promise<Interaction[]> {
  await log().flush();
  return (await log().read(0)).flatMap((batch) => batch.interactions);
}
