import { readFileSync } from 'node:fs';
import { liteEncoder, memoryStore } from 'attune/core';
import { type Attune, type AttuneOptions, createAttune } from 'attune';
import catalog from '../../demo/catalog.json';

export { seeded } from '../../src/core/random.js';

/** The demo's catalogue as semantic tests use it: the field is the answer, so it is not part of the text. */
export type CatalogItem = (typeof catalog)[number];
export const items: readonly CatalogItem[] = catalog;
export const fields = [...new Set(items.map(({ field }) => field))];

export const sliders = [
  { id: 'pace', low: 'calm, quiet, slow', high: 'thrilling, fast, loud' },
  { id: 'setting', low: 'indoors, at home, cosy', high: 'outdoors, fresh air, nature' },
  { id: 'effort', low: 'easy, quick, for beginners', high: 'deep, challenging, for experts' },
  { id: 'company', low: 'alone, solo, by yourself', high: 'together, friends, party' },
  { id: 'budget', low: 'free, cheap, frugal', high: 'luxury, expensive, treat' },
] as const;

const bytes = readFileSync(new URL('../../public/models/lite/lite.attune', import.meta.url));
const encoder = liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

/** An Attune in Node: the real lite encoder on this thread, a log in memory, a clock of our own. */
export async function openAttune(options: Partial<AttuneOptions<CatalogItem>> = {}): Promise<Attune<CatalogItem>> {
  let clock = 1_760_000_000_000;
  return createAttune<CatalogItem>({
    consent: 'granted',
    text: ({ title, summary, tags }) => `${title}. ${summary} ${tags.join(', ')}`,
    sliders,
    encoder,
    store: memoryStore(),
    maxWaitMs: 10_000,
    now: () => (clock += 1000),
    random: () => 0.5,
    ...options,
  });
}

/** `count` different entries of `from`. */
export function sample<V>(from: readonly V[], count: number, random: () => number): V[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
