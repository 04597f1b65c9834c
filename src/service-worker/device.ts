/** What a service worker can tell of this device: with lite in place, because it can start no Worker, and from the log as it lies. */
import { isAction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import {
  type EmbeddedInteraction,
  emptyProfile,
  type ProfileRules,
  readProfile,
  updateProfile,
} from '../domain/profile.js';
import { type FileCache, openFile } from '../encoder/kept-file.js';
import { openLite } from '../encoder/lite.js';
import { LITE, MODEL_CACHE } from '../encoder/lite-release.js';
import type { LoadedModel } from '../encoder/protocol.js';
import { embedEvents } from '../sdk/embed-events.js';
import { readSnapshot, snapshotName } from '../sdk/snapshot.js';
import { readStoredLog } from '../storage/stored-log.js';

/** A profile as it lies in the log. */
export interface StoredProfile {
  /** Unit length, or all zeros while nothing is known. */
  readonly embedding: Float32Array;
  readonly interactionCount: number;
  /** Epoch ms. */
  readonly lastUpdated: number | null;
}

/** What was opened from where, for as long as the browser lets this service worker live. */
const opened = new Map<string, Promise<LoadedModel>>();

/** The page's copy is read and nothing is kept: an erase that comes meanwhile must find nothing new. */
const pagesCopy: FileCache = {
  match: (url) => caches.match(url, { cacheName: MODEL_CACHE }),
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
};

/** Rejects with AttuneError `encoder/unavailable` or `model/corrupt`; the next call tries again. */
export function openLiteHere(assetBase: string): Promise<LoadedModel> {
  const url = new URL(assetBase + LITE.path, location.href).href;
  const known = opened.get(url);
  if (known !== undefined) return known;
  const source = { url, sha256: LITE.sha256, wayOut: 'Serve dist/models there, unchanged, or set `assetBase`.' };
  const opening = openFile(source, pagesCopy, () => undefined).then((bytes) => openLite(bytes, LITE.modelVersion));
  opened.set(url, opening);
  opening.catch(() => opened.delete(url));
  return opening;
}

/**
 * The profile of a user by lite, equal to the page's: the snapshot, and what came after it. Rejects with AttuneError
 * `storage/unavailable`, or as `openLiteHere` does.
 *
 * @param now epoch ms
 */
export async function readStoredProfile(
  user: string,
  rules: ProfileRules,
  assetBase: string,
  now: number,
): Promise<StoredProfile | 'absent' | 'sealed'> {
  const found = await readStoredLog(
    user,
    snapshotName(LITE.modelVersion, rules),
    (value, epoch) => readSnapshot(value, epoch, now)?.lastKey ?? 0,
  );
  if (typeof found === 'string') return found;
  const lite = await openLiteHere(assetBase);
  const actions = found.batches.flatMap(({ interactions }) => interactions.filter(isAction));
  const reading = { embed: (records: readonly ItemRecord[]) => embedItems(lite, records) };
  const entries: EmbeddedInteraction[] = await embedEvents(actions, found.items, reading);
  const before = readSnapshot(found.value, found.epoch, now)?.state ?? emptyProfile(LITE.modelVersion, lite.dim, rules);
  const state = updateProfile(before, entries, rules, now);
  const { long, interactionCount, newestAt } = readProfile(state, rules, now);
  return {
    embedding: Float32Array.from(long.direction),
    interactionCount,
    lastUpdated: newestAt === -Infinity ? null : newestAt,
  };
}

/** By item id: of its text, or what a log without texts keeps instead. */
async function embedItems(lite: LoadedModel, items: readonly ItemRecord[]): Promise<Map<string, Float32Array>> {
  const { data, dim } = await lite.encode(items.map(({ text }) => text));
  const rowOf = ({ text, embedding }: ItemRecord, i: number): Float32Array =>
    text === '' && embedding?.modelVersion === LITE.modelVersion
      ? Float32Array.from(embedding.values)
      : data.slice(i * dim, (i + 1) * dim);
  return new Map(items.map((item, i) => [item.id, rowOf(item, i)]));
}
