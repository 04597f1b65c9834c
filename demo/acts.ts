import type { Attune, TrackDetails } from 'attune';
import type { Marks } from './card.js';
import type { DemoItem } from './catalogue.js';

/** What the person saved and turned down, by item, with the interaction that takes it back. Attune's log is the only copy. */
export interface Acts {
  readonly marksOf: (id: string) => Marks;
  /** When the item was saved, epoch ms; undefined when it is not. */
  readonly savedAt: (id: string) => number | undefined;
  readonly isTurnedDown: (id: string) => boolean;
  /** Reads the log again: at the start, and when interactions went away. */
  load(): Promise<void>;
  /**
   * Tracks the act, or takes it back when it was done before. Saving and "less like this" exclude each other: the newer
   * one takes the older back. Resolves with the interaction's id ('' while learning is off), or null when taken back.
   */
  toggle(act: Act, item: DemoItem, details: TrackDetails): Promise<string | null>;
}

type Act = 'save' | 'hide';
const OPPOSITE: Readonly<Record<Act, Act>> = { save: 'hide', hide: 'save' };

/** How far back acts are looked for. Judgement. */
const LOOK_BACK = 1000;

/** @param onChange called when marks changed */
export function createActs(attune: () => Attune<DemoItem> | undefined, onChange: () => void): Acts {
  const newDone = (): Map<string, { readonly ids: readonly string[]; readonly at: number }> => new Map();
  const done = { save: newDone(), hide: newDone() };

  async function forget(act: Act, itemId: string): Promise<void> {
    const ids = done[act].get(itemId)?.ids ?? [];
    done[act].delete(itemId);
    onChange();
    for (const id of ids) await attune()?.data.forget(id);
  }

  return {
    marksOf: (id) => ({ saved: done.save.has(id) }),
    savedAt: (id) => done.save.get(id)?.at,
    isTurnedDown: (id) => done.hide.has(id),
    async load() {
      const recent = (await attune()?.data.recent(LOOK_BACK, { kinds: Object.keys(done) })) ?? [];
      for (const map of Object.values(done)) map.clear();
      for (const { kind, itemId, id, at } of recent) {
        const before = done[kind as Act].get(itemId);
        done[kind as Act].set(itemId, { ids: [...(before?.ids ?? []), id], at: before?.at ?? at });
      }
      onChange();
    },
    async toggle(act, item, details) {
      const sdk = attune();
      if (sdk === undefined) return null;
      if (done[act].has(item.id)) {
        await forget(act, item.id);
        return null;
      }
      const id = act === 'hide' ? sdk.lessLike(item, details) : sdk.track(act, item, details);
      if (id === '') return id; // the person switched learning off
      done[act].set(item.id, { ids: [id], at: details.at ?? Date.now() });
      await forget(OPPOSITE[act], item.id);
      return id;
    },
  };
}
