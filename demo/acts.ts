import type { Attune } from 'attune';
import type { Marks } from './card.js';
import type { DemoItem } from './catalogue.js';

/** What the person saved and refused, by item, with the interaction that takes it back. Attune's log is the only copy. */
export interface Acts {
  readonly marksOf: (id: string) => Marks;
  /** Reads the log again: at the start, and when interactions went away. */
  load(): Promise<void>;
  /** Tracks the act, or takes it back when it was done before. Resolves with the interaction's id ('' while learning is off), or null when taken back. */
  toggle(act: 'save' | 'dislike', item: DemoItem, position: number): Promise<string | null>;
}

/** How far back marks are looked for. Judgement. */
const LOOK_BACK = 1000;

/** @param onChange called when marks changed */
export function createActs(attune: () => Attune<DemoItem> | undefined, onChange: () => void): Acts {
  const done = { save: new Map<string, string>(), dislike: new Map<string, string>() };
  return {
    marksOf: (id) => ({ saved: done.save.has(id), refused: done.dislike.has(id) }),
    async load() {
      const recent = (await attune()?.data.recent(LOOK_BACK)) ?? [];
      for (const map of Object.values(done)) map.clear();
      for (const { kind, itemId, id } of recent) if (kind === 'save' || kind === 'dislike') done[kind].set(itemId, id);
      onChange();
    },
    async toggle(act, item, position) {
      const sdk = attune();
      if (sdk === undefined) return null;
      const before = done[act].get(item.id);
      if (before === undefined) {
        const id = sdk.track(act, item, { position });
        if (id !== '') done[act].set(item.id, id); // '' when the person switched learning off
        onChange();
        return id;
      }
      done[act].delete(item.id);
      onChange();
      await sdk.data.forget(before);
      return null;
    },
  };
}
