import type { EmbeddingCache } from '../domain/ports.js';
import { keyedHash, openBox, sealBox } from './crypto.js';
import { hashOf } from './embedding-cache.js';
import { CLEAR, clearMark, type RowGroup, type RowStore, SEALED } from './embedding-rows.js';
import type { Bytes } from './pack.js';
import { markText, type Seal } from './sealed-records.js';
import { inSlices } from './slices.js';

/** Embeddings in boxes, under hashes that nothing can be told from without the key. */
export function createSealedEmbeddings(
  rows: RowStore,
  keysOf: (logId: string) => Promise<Seal | undefined>,
): EmbeddingCache {
  /** Runs a task under the log's keys; for a log that is no more, not even those are made. */
  async function withSeal<T>(task: (seal: Seal) => Promise<T>): Promise<T | undefined> {
    const { logId } = rows;
    if (logId === '') return undefined;
    const seal = await keysOf(logId);
    return seal?.logId === logId ? task(seal) : undefined;
  }

  const groupOf = ({ logId }: Seal, modelVersion: string): RowGroup => ({ form: SEALED, logId, modelVersion });
  const boxName = ({ logId }: Seal, modelVersion: string, hash: string): string =>
    `${logId}/embedding/${modelVersion}/${hash}`;
  const sealedHash = ({ keys }: Seal, hash: string): Promise<string> => keyedHash(keys, `embedding/${hash}`);

  /** A row that doesn't open is none: it is made anew and takes its place. */
  async function opened(
    seal: Seal,
    modelVersion: string,
    hash: string,
    box: unknown,
  ): Promise<Float32Array | undefined> {
    if (!(box instanceof Uint8Array)) return undefined;
    const plain = await openBox(seal.keys, boxName(seal, modelVersion, hash), box as Bytes).catch(() => undefined);
    return plain && new Float32Array(plain.buffer);
  }

  return {
    get logId() {
      return rows.logId;
    },
    async read(modelVersion, texts, now, readAs = 'content') {
      const found = await withSeal(async (seal) => {
        const hashes = await inSlices(texts, async (text) => sealedHash(seal, await hashOf(readAs, text)));
        const boxes = await rows.read(groupOf(seal, modelVersion), hashes, now);
        const each = texts.map((text, i) => ({ text, hash: hashes[i]!, box: boxes[i] }));
        return inSlices(each, async ({ text, hash, box }): Promise<[string, Float32Array][]> => {
          const row = await opened(seal, modelVersion, hash, box);
          return row === undefined ? [] : [[text, row]];
        });
      });
      return new Map(found?.flat());
    },
    async write(modelVersion, embeddings, now, readAs = 'content') {
      const asTheyAre = [...embeddings].map(([text, row]) => ({ text, plain: new Uint8Array(row.slice().buffer) }));
      await withSeal(async (seal) => {
        const hashed = await inSlices(asTheyAre, async ({ text, plain }) => {
          const [hash, mark] = await Promise.all([
            hashOf(readAs, text).then((clear) => sealedHash(seal, clear)),
            markText(seal, text),
          ]);
          return { hash, mark, row: await sealBox(seal.keys, boxName(seal, modelVersion, hash), plain) };
        });
        await rows.write(groupOf(seal, modelVersion), hashed, now);
      });
    },
    async forget(texts) {
      await withSeal(async (seal) => {
        const marks = await inSlices(texts, async (text) => {
          return { [CLEAR]: clearMark(text), [SEALED]: await markText(seal, text) };
        });
        await rows.forget(marks);
      });
    },
    trim: (now) => rows.trim(now),
    clear: () => rows.clear(),
  };
}
