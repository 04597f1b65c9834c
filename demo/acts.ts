import type { Attune, TrackDetails } from 'attune';
import type { Marks } from './card.js';
import type { DemoItem } from './catalogue.js';

/** What the person saved and refused, by item, with the interaction that takes it back. Attune's log is the only copy. */
export interface Acts {
  readonly marksOf: (id: string) => Marks;
  /** When the item was saved, epoch ms; undefined when it is not. */
  readonly savedAt: (id: string) => number | undefined;
  /** Reads the log again: at the start, and when interactions went away. */
  load(): Promise<void>;
  /**
   * Tracks the act, or takes it back when it was done before. Saving and refusing exclude each other: the newer one
   * takes the older back. Resolves with the interaction's id ('' while learning is off), or null when taken back.
   */
  toggle(act: Act, item: DemoItem, details: TrackDetails): Promise<string | null>;
}

type Act = 'save' | 'dislike';
const OPPOSITE: Readonly<Record<Act, Act>> = { save: 'dislike', dislike: 'save' };

/** How far back marks are looked for. Judgement. */
const LOOK_BACK = 1000;

/** @param onChange called when marks changed */
export function createActs(attune: () => Attune<DemoItem> | undefined, onChange: () => void): Acts {
  const newDone = (): Map<string, { readonly id: string; readonly at: number }> => new Map();
  const done = { save: newDone(), dislike: newDone() };
  return {
    marksOf: (id) => ({ saved: done.save.has(id), refused: done.dislike.has(id) }),
    savedAt: (id) => done.save.get(id)?.at,
    async load() {
      const recent = (await attune()?.data.recent(LOOK_BACK)) ?? [];
      for (const map of Object.values(done)) map.clear();
      for (const { kind, itemId, id, at } of recent) {
        if (kind === 'save' || kind === 'dislike') done[kind].set(itemId, { id, at });
      }
      onChange();
    },
    async toggle(act, item, details) {
      const sdk = attune();
      if (sdk === undefined) return null;
      const before = done[act].get(item.id);
      if (before !== undefined) {
        done[act].delete(item.id);
        onChange();
        await sdk.data.forget(before.id);
        return null;
      }
      const id = sdk.track(act, item, details);
      if (id === '') return id; // the person switched learning off
      done[act].set(item.id, { id, at: details.at ?? Date.now() });
      const opposite = done[OPPOSITE[act]].get(item.id);
      done[OPPOSITE[act]].delete(item.id);
      onChange();
      if (opposite !== undefined) await sdk.data.forget(opposite.id);
      return id;
    },
  };
}
