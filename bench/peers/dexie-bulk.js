import { Dexie } from 'dexie';

const BATCH = 50;

/** A queue of our own before `bulkPut`, which is the best Dexie has. */
export function open() {
  const db = new Dexie('bulk');
  db.version(1).stores({ events: '++id' });
  let waiting = [];
  const writes = [];
  const write = () => {
    writes.push(db.events.bulkPut(waiting));
    waiting = [];
  };
  return {
    track(i) {
      waiting.push({ kind: 'view', item: `item-${i % 1000}`, at: Date.now() });
      if (waiting.length === BATCH) write();
    },
    async settle() {
      if (waiting.length > 0) write();
      await Promise.all(writes);
    },
    count: () => db.events.count(),
  };
}
