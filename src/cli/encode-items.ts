import type { EvaluationLog } from '../lab/evaluation/log.js';
import type { ItemRows } from '../lab/evaluation/replay.js';
import { openModel } from './open-model.js';

/** Texts encoded at once. */
const TEXTS = 256;

/** Rows of a log's items, in its order, and what made them. Rejects as `openModel` does. */
export async function encodeItems(
  { items }: Pick<EvaluationLog, 'items'>,
  model: string,
): Promise<ItemRows & { readonly modelVersion: string; encode(texts: readonly string[]): Promise<Float32Array> }> {
  const { dim, modelVersion, encode } = await openModel(model);
  const data = new Float32Array(items.length * dim);
  for (let i = 0; i < items.length; i += TEXTS) {
    data.set((await encode(items.slice(i, i + TEXTS).map(({ text }) => text))).data, i * dim);
  }
  return { data, dim, modelVersion, encode: async (texts) => (await encode(texts)).data };
}
