import { openDB } from 'idb';

/**
 * One transaction and one put for each event, as most hand-written logs do it; awaited, or not. `with text`: what ours
 * keeps, an id and the item's text too, in the same transaction.
 */
export async function open(variant) {
  const db = await openDB('puts', 1, {
    upgrade(made) {
      made.createObjectStore('events', { autoIncrement: true });
      made.createObjectStore('texts', { keyPath: 'id' });
    },
  });
  let last;
  const event = (i) => ({ kind: 'view', item: `item-${i % 1000}`, at: Date.now() });
  const withText = async (i) => {
    const transaction = db.transaction(['events', 'texts'], 'readwrite');
    const made = { id: crypto.randomUUID(), ...event(i) };
    const text = `Number ${i}: a long walk by the sea, with music and good food`;
    await Promise.all([
      transaction.objectStore('events').put(made),
      transaction.objectStore('texts').put({ id: made.item, text }),
      transaction.done,
    ]);
  };
  return {
    track(i) {
      last = variant === 'with text' ? withText(i) : db.put('events', event(i));
      return variant === 'awaited' ? last : undefined;
    },
    settle: () => last,
    count: () => db.count('events'),
  };
}
