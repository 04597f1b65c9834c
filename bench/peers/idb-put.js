import { openDB } from 'idb';

/** One transaction and one put for each event, as most hand-written logs do it; awaited, or not. */
export async function open(variant) {
  const db = await openDB('puts', 1, {
    upgrade: (made) => void made.createObjectStore('events', { autoIncrement: true }),
  });
  let last;
  return {
    track(i) {
      last = db.put('events', { kind: 'view', item: `item-${i % 1000}`, at: Date.now() });
      return variant === 'awaited' ? last : undefined;
    },
    settle: () => last,
    count: () => db.count('events'),
  };
}
