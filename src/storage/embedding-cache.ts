import type { EmbeddingCache } from '../domain/ports.js';
import { CLEAR, clearMark, marksOf, type RowStore } from './embedding-rows.js';
import { base64 } from './pack.js';
import { inSlices } from './slices.js';

/** Bytes of a SHA-256 that are kept: 128 bits, out of reach of a collision by chance, and dear to make by intent. */
const HASH = 16;

/** What a text is found by, as it was read: a hash of its UTF-16 code units, so that no two texts share one. */
export async function hashOf(readAs: string, text: string): Promise<string> {
  const whole = `${readAs}/${text}`;
  const units = Uint16Array.from({ length: whole.length }, (_, i) => whole.charCodeAt(i));
  return base64(new Uint8Array(await crypto.subtle.digest('SHA-256', units), 0, HASH));
}

/** Embeddings in the clear. */
export function createEmbeddingCache(rows: RowStore): EmbeddingCache {
  return {
    get logId() {
      return rows.logId;
    },
    async read(modelVersion, texts, now, readAs = 'content') {
      const { logId } = rows;
      const hashes = await inSlices(texts, (text) => hashOf(readAs, text));
      const found = await rows.read({ form: CLEAR, logId, modelVersion }, hashes, now);
      return new Map(
        texts.flatMap((text, i): [string, Float32Array][] => {
          const row = found[i];
          return row instanceof Float32Array ? [[text, row]] : [];
        }),
      );
    },
    async write(modelVersion, embeddings, now, readAs = 'content') {
      const { logId } = rows;
      const asTheyAre = [...embeddings].map(([text, row]) => ({ text, row: row.slice() })); // and not all they are part of
      const hashed = await inSlices(asTheyAre, async ({ text, row }) => {
        return { hash: await hashOf(readAs, text), row, mark: clearMark(text) };
      });
      await rows.write({ form: CLEAR, logId, modelVersion }, hashed, now);
    },
    forget: (texts) => rows.forget(texts.map((text) => marksOf({ text }))),
    trim: (now) => rows.trim(now),
    clear: () => rows.clear(),
  };
}
