import type { ItemRecord } from './item.js';

/** What a person says of one of their interests; what is left out stays as it is. */
export interface InterestChange {
  /** "Not me": nothing of it lifts anything, also what is liked of its kind later. */
  readonly excluded?: boolean;
  /** "More of this": what was liked within it counts twice. */
  readonly more?: boolean;
  /** A name of one's own, of 1 to 120 characters; null gives the found one back. */
  readonly name?: string | null;
}

/** A change as it is kept. */
export interface InterestEdit extends InterestChange {
  /** The interest's id. */
  readonly interest: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What an interest was when it was edited: by items, whatever model is in use. */
export interface InterestAnchor {
  /** Ids of all its items. */
  readonly itemIds: readonly string[];
  /** Some of them, the nearest and the farthest among them, as they are kept in the log. */
  readonly items: readonly ItemRecord[];
}

/** A change of taste that the person says was none: whatever is found to begin or to be noticed within it. Epoch ms. */
export interface UndoneChange {
  readonly from: number;
  readonly to: number;
}

/** Everything a person said of their interests, oldest first, and what it was about, by interest. Plain data. */
export interface InterestEdits {
  readonly edits: readonly InterestEdit[];
  readonly anchors: Readonly<Record<string, InterestAnchor>>;
  /** Reactions to a change of taste that they took back, if any. */
  readonly undone?: readonly UndoneChange[];
}

export const NO_EDITS: InterestEdits = { edits: [], anchors: {} };

/** Longest name, in UTF-16 code units: an item's title has no more. */
export const MOST_NAME = 120;

/** Edits from which on those that later ones override are dropped. Judgement: nobody takes back more one by one. */
const MOST_EDITS = 100;

/** Items an anchor holds. Judgement: enough for a middle and a spread, some kilobytes of texts. */
const MOST_ANCHORED = 64;

/** After one more edit, with what its interest is now. */
export function addEdit(given: InterestEdits, edit: InterestEdit, anchor: InterestAnchor): InterestEdits {
  const { edits, anchors } = given;
  const all = [...edits, edit];
  const spare = all.length > MOST_EDITS ? all.findIndex((each, i) => isOverridden(each, all.slice(i + 1))) : -1;
  return {
    ...given,
    edits: all.filter((_, i) => i !== spare),
    anchors: { ...anchors, [edit.interest]: anchor },
  };
}

/** Without the last edit; what nobody speaks of any more is forgotten. */
export function undoEdit(given: InterestEdits): InterestEdits {
  return given.edits.length === 0 ? given : withAnchors({ ...given, edits: given.edits.slice(0, -1) });
}

/** Both, each edit once, in the order in which they were made. Of two anchors the one with more items stays. */
export function mergeEdits(a: InterestEdits, b: InterestEdits): InterestEdits {
  const keyOf = ({ interest, at }: InterestEdit): string => `${at} ${interest}`;
  const known = new Set(a.edits.map(keyOf));
  const edits = [...a.edits, ...b.edits.filter((edit) => !known.has(keyOf(edit)))].sort((x, y) => x.at - y.at);
  const anchors = { ...a.anchors };
  for (const [id, anchor] of Object.entries(b.anchors)) {
    if (anchor.itemIds.length > (anchors[id]?.itemIds.length ?? 0)) anchors[id] = anchor;
  }
  return { edits, anchors, ...undoneOf([...(a.undone ?? []), ...(b.undone ?? [])]) };
}

/** Whether there is nothing to keep. */
export function saysNothing({ edits, undone }: InterestEdits): boolean {
  return edits.length === 0 && undone === undefined;
}

/** After one more change was taken back. */
export function addUndone(given: InterestEdits, change: UndoneChange): InterestEdits {
  return { ...given, ...undoneOf([...(given.undone ?? []), change]) };
}

/** Each once; none is no field. */
function undoneOf(all: readonly UndoneChange[]): Pick<InterestEdits, 'undone'> {
  const byInstants = new Map(all.map((each) => [`${each.from} ${each.to}`, each]));
  return byInstants.size === 0 ? {} : { undone: [...byInstants.values()].slice(-MOST_EDITS) };
}

/** Without items that are forgotten; an interest of which none is left goes with what was said of it. */
export function withoutItems(given: InterestEdits, ids: ReadonlySet<string>): InterestEdits {
  const left: Record<string, InterestAnchor> = {};
  for (const [interest, { itemIds, items }] of Object.entries(given.anchors)) {
    const kept = items.filter(({ id }) => !ids.has(id));
    if (kept.length > 0) left[interest] = { itemIds: itemIds.filter((id) => !ids.has(id)), items: kept };
  }
  return withAnchors({ ...given, anchors: left });
}

/** With its items as they may be kept. */
export function keptAnchors(given: InterestEdits, kept: (item: ItemRecord) => ItemRecord): InterestEdits {
  const all = Object.entries(given.anchors).map(([id, { itemIds, items }]) => [
    id,
    { itemIds, items: items.map(kept) },
  ]);
  return { ...given, anchors: Object.fromEntries(all) as InterestEdits['anchors'] };
}

/** What holds of each edited interest, by id. */
export function changesOf({ edits }: InterestEdits): Map<string, InterestChange> {
  const changes = new Map<string, InterestChange>();
  for (const { interest, at: _, ...change } of edits) changes.set(interest, { ...changes.get(interest), ...change });
  return changes;
}

/** When an interest was excluded as it is now, epoch ms; Infinity when it is not. */
export function excludedAt({ edits }: InterestEdits, interest: string): number {
  let at = Infinity;
  for (const edit of edits) {
    if (edit.interest !== interest || edit.excluded === undefined) continue;
    at = edit.excluded ? Math.min(at, edit.at) : Infinity;
  }
  return at;
}

/** At most 64 of an interest's items, evenly from the nearest to the farthest. */
export function anchoredOf(itemIds: readonly string[]): string[] {
  const count = Math.min(MOST_ANCHORED, itemIds.length);
  return Array.from(
    { length: count },
    (_, i) => itemIds[Math.round((i * (itemIds.length - 1)) / Math.max(1, count - 1))]!,
  );
}

/** Edits as read from storage or a file: what is not sound is left out, with what no anchor is left of. */
export function readEdits(value: unknown): InterestEdits {
  const { edits, anchors, undone } = (value ?? {}) as Partial<InterestEdits>;
  if (!Array.isArray(edits) || anchors === null || typeof anchors !== 'object') return NO_EDITS;
  const sound = Object.entries(anchors).flatMap(([id, anchor]): [string, InterestAnchor][] => {
    const { itemIds, items } = (anchor ?? {}) as Partial<InterestAnchor>;
    if (!Array.isArray(itemIds) || !Array.isArray(items)) return [];
    return [[id, { itemIds: itemIds.filter((each) => typeof each === 'string'), items: items.filter(isRecord) }]];
  });
  return withAnchors({
    edits: (edits as readonly unknown[]).filter(isEdit),
    anchors: Object.fromEntries(sound),
    ...undoneOf(Array.isArray(undone) ? undone.filter(isUndone).map(({ from, to }) => ({ from, to })) : []),
  });
}

function isRecord(value: unknown): value is ItemRecord {
  const { id, text, title } = (value ?? {}) as Partial<ItemRecord>;
  return typeof id === 'string' && typeof text === 'string' && typeof title === 'string';
}

function isUndone(value: unknown): value is UndoneChange {
  const { from, to } = (value ?? {}) as Partial<UndoneChange>;
  return Number.isFinite(from) && Number.isFinite(to) && from! <= to!;
}

function isEdit(value: unknown): value is InterestEdit {
  const { interest, at, excluded, more, name } = (value ?? {}) as Partial<InterestEdit>;
  return (
    typeof interest === 'string' &&
    Number.isFinite(at) &&
    [excluded, more].every((flag) => flag === undefined || typeof flag === 'boolean') &&
    (name === undefined || name === null || (typeof name === 'string' && name.length <= MOST_NAME))
  );
}

function isOverridden(edit: InterestEdit, later: readonly InterestEdit[]): boolean {
  const { interest, at: _, ...change } = edit;
  return Object.keys(change).every((what) => later.some((each) => each.interest === interest && what in each));
}

/** The edits that have an anchor, and the anchors that have an edit; the rest as it is. */
function withAnchors(given: InterestEdits): InterestEdits {
  const left = given.edits.filter(({ interest }) => Object.hasOwn(given.anchors, interest));
  const named = new Set(left.map(({ interest }) => interest));
  const anchors = Object.fromEntries(Object.entries(given.anchors).filter(([id]) => named.has(id)));
  return { ...given, edits: left, anchors };
}
