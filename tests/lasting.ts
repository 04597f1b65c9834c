import { type Attune, type AttuneOptions, createAttune } from 'attune';
import { databaseName } from '../src/storage/schema.js';
import { oneHotEncoder, song, type Song, START } from './one-hot.js';

const opened: Attune<Song>[] = [];
let users = 0;

/** A user nobody was before. */
export const newUser = (): string => `user-${Date.now()}-${users++}`;

/** An Attune over the one-hot encoder whose log may lie in IndexedDB, once it has read what was there. */
export async function openLasting(user: string, options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const attune = await createAttune<Song>({
    consent: 'granted',
    user,
    encoder: oneHotEncoder(),
    maxWaitMs: 10_000,
    now: () => START,
    sliders: [{ id: 'pace', low: 'calm', high: 'wild' }],
    ...options,
  });
  opened.push(attune);
  await attune.flush();
  return attune;
}

/** Closes all that were opened. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
}

/** A person with some history: four actions and a slider. */
export async function live(attune: Attune<Song>): Promise<void> {
  for (const [kind, word] of [
    ['save', 'jazz'],
    ['view', 'sea'],
    ['hide', 'rock'],
    ['save', 'calm'],
  ] as const) {
    attune.track(kind, song(word));
  }
  attune.setSlider('pace', 0.5);
  await attune.flush();
}

/** Whether the browser lists a database of this user. */
export async function isStored(user: string): Promise<boolean> {
  return (await indexedDB.databases()).some(({ name }) => name === databaseName(user));
}

/** Items acted on, oldest first. */
export async function actedOn(attune: Attune<Song>): Promise<string[]> {
  return (await attune.data.export()).interactions.map(({ itemId }) => itemId);
}
