import type { DataParts } from './data.js';
import type { Model } from './model.js';
import { callOptions } from './options.js';
import type { RecordReader } from './read-records.js';
import type { Attune, Embedding } from './types.js';

/** What embedding needs from the SDK. */
export interface EmbedParts<T> extends Pick<DataParts, 'standing' | 'check'>, Pick<RecordReader<T>, 'recordOf'> {
  readonly model: Model;
}

/** The embedding of a text, which is kept nowhere, or of an item. Loaded with the first. */
export async function embed<T>(
  { standing, model, recordOf }: EmbedParts<T>,
  ...[input, given]: Parameters<Attune<T>['embed']>
): Promise<Embedding> {
  const { signal } = callOptions(given);
  const started = performance.now();
  const { text } = recordOf(input);
  if (typeof input === 'string') standing.passing.add(text);
  await model.ensure([text], signal);
  standing.passing.delete(text);
  const embedding = model.get(text)!.slice();
  return { embedding, modelVersion: model.modelVersion, latencyMs: performance.now() - started };
}
