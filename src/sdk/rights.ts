import { invalid } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import { byTime, isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import {
  type InterestEdits,
  keptAnchors,
  mergeEdits,
  NO_EDITS,
  readEdits,
  saysNothing,
  withoutItems,
} from '../domain/interest-edits.js';
import type { DataParts } from './data.js';
import { forgetOnDisk } from './erase-disk.js';
import { parseImport } from './import.js';
import { dropInterests, EDITS_VALUE } from './interests.js';
import type { Log } from './log.js';
import { objectOf } from './options.js';
import { readInteractions } from './read-log.js';
import { readPreferences, writePreferences } from './preferences.js';
import type {
  AttuneExport,
  Forgetting,
  ForgetTarget,
  ImportOptions,
  ImportReport,
  ImportSource,
  RecentInteraction,
} from './rights-types.js';

/** What a person does with what is kept about them, loaded apart from the page's first code. Each runs in a turn. */

/** How many forgettings can be undone. Judgement: nobody goes back further, and what is forgotten shouldn't pile up. */
const UNDOABLE = 20;

/** Everything kept, oldest first. */
export async function exportAll(parts: DataParts, signal: AbortSignal | undefined): Promise<AttuneExport> {
  const { standing, positions, now } = parts;
  const [interactions, items, preferences, edits] = await Promise.all([
    readInteractions(standing.log),
    standing.log.items(),
    readPreferences(standing.log),
    standing.log.value(EDITS_VALUE),
  ]);
  const interests = readEdits(edits);
  signal?.throwIfAborted();
  return {
    format: 'attune-export',
    version: 1,
    exportedAt: now(),
    interactions: interactions.sort(byTime),
    items,
    sliders: Object.fromEntries(positions.values),
    ...(preferences.length > 0 && { preferences }),
    ...(!saysNothing(interests) && { interests }),
  };
}

/** Takes in what is not here yet, whole or not at all. */
export async function importAll(parts: DataParts, source: ImportSource, options: ImportOptions): Promise<ImportReport> {
  const { standing, positions, intake, redact, now, learner, keepText } = parts;
  const parsed = parseImport(source, options, standing.user, redact, now());
  const refused = await intake.refused(parsed.items);
  const known = new Set((await readInteractions(standing.log)).map(({ id }) => id));
  options.signal?.throwIfAborted(); // from here on it goes in whole
  const rejected = [...parsed.rejected];
  const wanted = parsed.interactions.filter(({ itemId }) => !refused.has(itemId));
  if (wanted.length < parsed.interactions.length) {
    const count = parsed.interactions.length - wanted.length;
    rejected.push({ row: -1, reason: `${count} on items that are off-limits or ignored.` });
  }
  const fresh = wanted.filter(({ id }) => !known.has(id) && known.add(id));
  const used = new Set(fresh.map(({ itemId }) => itemId));
  const items = parsed.items.filter(({ id }) => used.has(id)).map(intake.kept);
  if (fresh.length > 0) await standing.log.append(fresh, items);
  for (const [id, position] of Object.entries(parsed.sliders)) positions.values.set(id, position);
  await positions.write();
  if (parsed.preferences !== undefined && keepText === 'items') await writePreferences(parts, parsed.preferences);
  if (!saysNothing(parsed.interests)) await addEdits(parts, parsed.interests);
  await learner.replay();
  return { interactions: fresh.length, duplicates: wanted.length - fresh.length, rejected };
}

/** Takes in what a file says of interests, as far as its items may be kept here. */
async function addEdits({ standing, intake }: DataParts, brought: InterestEdits): Promise<void> {
  const items = Object.values(brought.anchors).flatMap((anchor) => anchor.items);
  const allowed = withoutItems(brought, await intake.refused(items));
  const edits = mergeEdits(readEdits(await standing.log.value(EDITS_VALUE)), keptAnchors(allowed, intake.kept));
  await standing.log.setValue(EDITS_VALUE, edits);
  dropInterests(standing);
}

/** What is forgotten is no sign of an interest either. */
async function forgetInEdits({ log }: { readonly log: Log }, ids: ReadonlySet<string>): Promise<InterestEdits> {
  const edits = readEdits(await log.value(EDITS_VALUE));
  const isNamed = Object.values(edits.anchors).some(({ itemIds }) => itemIds.some((id) => ids.has(id)));
  if (!isNamed) return NO_EDITS;
  await log.setValue(EDITS_VALUE, withoutItems(edits, ids));
  return edits;
}

/** Takes interactions out of the log, on disk as well while a session works in memory; and what was made of `texts`. */
export async function forget(
  parts: DataParts,
  target: ForgetTarget,
  texts: readonly string[] = [],
): Promise<Forgetting> {
  const { standing, newId, encrypt, model } = parts;
  const matches = matcher(target);
  const tellsKinds = model.said !== undefined; // a row tells then that this was done, also of an item that stays
  await standing.log.embeddings?.forget(texts);
  const interactions = (await readInteractions(standing.log)).filter(matches);
  if (standing.privacy === 'session') {
    await forgetOnDisk(standing.user, newId, encrypt, matches, texts, tellsKinds);
  }
  if (interactions.length === 0) return { removed: 0, token: '' };
  const items = await standing.log.items([...new Set(interactions.map(({ itemId }) => itemId))]);
  if (tellsKinds) await standing.log.embeddings?.forget(items.map(({ text }) => text));
  await standing.log.remove(new Set(interactions.map(({ id }) => id)));
  const left = new Set((await standing.log.items(items.map(({ id }) => id))).map(({ id }) => id));
  const edits = await forgetInEdits(standing, new Set(items.map(({ id }) => id).filter((id) => !left.has(id))));
  dropInterests(standing);
  await relearn(parts);
  const token = newId();
  standing.forgotten.set(token, { interactions, items, edits });
  const [oldest] = standing.forgotten.keys();
  if (standing.forgotten.size > UNDOABLE) standing.forgotten.delete(oldest!);
  return { removed: interactions.length, token };
}

/** Puts back what is not here again. */
export async function undo(parts: DataParts, token: string): Promise<number> {
  const { standing, intake } = parts;
  const forgotten = standing.forgotten.get(token);
  if (forgotten === undefined) {
    throw invalid('token', token, `Pass one of the last ${UNDOABLE} that \`forget\` gave here; an erase voids them.`);
  }
  const refused = await intake.refused(forgotten.items);
  const known = new Set((await readInteractions(standing.log)).map(({ id }) => id));
  const interactions = forgotten.interactions.filter(({ id, itemId }) => !known.has(id) && !refused.has(itemId));
  const here = new Set((await standing.log.items()).map(({ id }) => id));
  const used = new Set(interactions.map(({ itemId }) => itemId));
  const items = forgotten.items.filter(({ id }) => used.has(id) && !here.has(id));
  if (interactions.length > 0) await standing.log.append(interactions, items);
  standing.forgotten.delete(token);
  if (forgotten.edits.edits.length > 0) await addEdits(parts, forgotten.edits);
  await relearn(parts);
  return interactions.length;
}

/** Whatever is kept of an item goes, for good. */
export async function forgetItem(parts: DataParts, { id, text }: ItemRecord): Promise<void> {
  const { token } = await forget(parts, { item: id }, [text]);
  parts.standing.forgotten.delete(token);
}

/**
 * The newest actions (or of some kinds, also of those that are only noted), newest first, with their items' titles.
 *
 * Rejects with AttuneError `input/invalid` for a limit that is no count, or kinds that are no list.
 */
export async function readRecent(
  parts: DataParts,
  limit = 20,
  options: { readonly kinds?: readonly string[] } = {},
): Promise<RecentInteraction[]> {
  if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', limit, 'It is a whole number of 0 or more.');
  const { kinds } = objectOf('options', options);
  if (kinds !== undefined && !Array.isArray(kinds)) throw invalid('kinds', kinds, "Pass a list such as ['hide'].");
  const { standing, texts } = parts;
  const wanted = (await readInteractions(standing.log)).filter((each) => kinds?.includes(each.kind) ?? isAction(each));
  const newest = wanted.sort(byTime).reverse().slice(0, limit);
  const items = await standing.log.items([...new Set(newest.map(({ itemId }) => itemId))]);
  const titles = new Map(items.map((item) => [item.id, texts.title(item)]));
  return newest.map((interaction) => ({ ...interaction, title: titles.get(interaction.itemId) ?? interaction.itemId }));
}

/** @throws AttuneError `input/invalid` for anything but an id, an item's id or a period */
function matcher(target: ForgetTarget): (interaction: Interaction) => boolean {
  if (typeof target === 'string') return ({ id }) => id === target;
  objectOf('what to forget', target);
  if ('item' in target) {
    const { item } = target;
    if (typeof item !== 'string') throw invalid('item', item, 'Pass the item’s id.');
    return ({ itemId }) => itemId === item;
  }
  const { from, to } = target;
  if (typeof from !== 'number' || typeof to !== 'number' || !(from <= to)) {
    const period = JSON.stringify({ from, to });
    throw invalid('what to forget', period, 'Pass an id, { item: id }, or { from, to } in epoch ms, from ≤ to.');
  }
  return ({ at }) => at >= from && at <= to;
}

async function relearn({ standing, learner }: DataParts): Promise<void> {
  if (standing.privacy !== 'off') await learner.replay();
}
