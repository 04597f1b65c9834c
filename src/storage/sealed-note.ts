import type { Batch } from '../domain/ports.js';
import { base64, fromBase64, pack, unpack } from './pack.js';
import { openPadded, type Pads } from './pads.js';

/** A leaving page's note under pads: in localStorage, where only text is kept. */
export interface SealedNote {
  readonly boxes: readonly string[];
  readonly sealed: string;
}

/** Seals in this task; when there is too much for the pads at hand, the older half, longer on its way, stays out. */
export function sealNote(pads: Pads, { interactions, items }: Batch): SealedNote | undefined {
  const padded = interactions.length > 0 ? pads.seal(pack({ interactions, items })) : undefined;
  if (padded !== undefined) return { boxes: padded.boxes.map(base64), sealed: base64(padded.text) };
  if (interactions.length <= 1) return undefined;
  const newer = interactions.slice(Math.ceil(interactions.length / 2));
  const named = new Set(newer.map(({ itemId }) => itemId));
  return sealNote(pads, { interactions: newer, items: items.filter(({ id }) => named.has(id)) });
}

/** What was noted, or undefined when it doesn't open. */
export async function openNote(
  { boxes, sealed }: SealedNote,
  openPad: Parameters<typeof openPadded>[1],
): Promise<Batch | undefined> {
  try {
    const plain = await openPadded({ boxes: boxes.map(fromBase64), text: fromBase64(sealed) }, openPad);
    return plain && (unpack(plain) as Batch);
  } catch {
    return undefined;
  }
}
