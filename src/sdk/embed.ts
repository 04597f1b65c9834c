import type { Model } from './model.js';
import type { Standing } from './standing.js';
import type { Embedding } from './types.js';

/** The embedding of one text, on its own. Of what belongs to no item nothing is kept, because no forgetting would find it. */
export async function embedOne(
  text: string,
  isPassing: boolean,
  standing: Standing,
  model: Model,
  signal: AbortSignal | undefined,
): Promise<Embedding> {
  const started = performance.now();
  if (isPassing) standing.passing.add(text);
  await model.ensure([text], signal);
  standing.passing.delete(text);
  const embedding = model.get(text)!.slice();
  return { embedding, modelVersion: model.modelVersion, latencyMs: performance.now() - started };
}
