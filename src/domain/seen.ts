import { type Interaction, isAction } from './interaction.js';

/** Which earlier acts take an item out of a ranking. */
export interface ExcludeSeen {
  /** Default all but 'impression', 'outcome' and 'exposure', which are no acts: name 'impression' to leave out what was shown. */
  readonly kinds?: readonly string[];
  /** Only acts at most so long ago, ms > 0. Default any. */
  readonly withinMs?: number;
}

/** When the person last did what to an item: epoch ms by kind, by item id. */
export type Acts = Map<string, Map<string, number>>;

/** Takes interactions in, in any order and as often as one likes. */
export function noteActs(acts: Acts, interactions: readonly Interaction[]): void {
  for (const { itemId, kind, at } of interactions) {
    let kinds = acts.get(itemId);
    if (kinds === undefined) acts.set(itemId, (kinds = new Map()));
    kinds.set(kind, Math.max(at, kinds.get(kind) ?? -Infinity));
  }
}

/** Whether an act on the item counts, at `now`; one dated in the future counts as now. */
export function isSeen(acts: Acts, id: string, { kinds, withinMs = Infinity }: ExcludeSeen, now: number): boolean {
  for (const [kind, at] of acts.get(id) ?? []) {
    const counts = kinds?.includes(kind) ?? isAction({ kind });
    if (counts && now - at <= withinMs) return true;
  }
  return false;
}
