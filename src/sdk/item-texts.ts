import type { ItemRecord } from '../domain/item.js';
import type { Model } from './model.js';
import type { ItemTexts } from './texts.js';

/** Most items whose texts are remembered for a log without texts. Judgement: as many as embeddings are resident. */
const MAX_OFFERED = 20_000;

/** For logs that hold embeddings instead of texts, and for reading any. Loaded with the first that is read. */
export function createItemTexts(model: Model, keepText: 'items' | 'none'): ItemTexts {
  const offered = new Map<string, ItemRecord>();
  const missing = new Set<string>();

  const textOf = ({ id, text }: ItemRecord): string => text || (offered.get(id)?.text ?? '');
  const isOwn = ({ text, embedding }: ItemRecord): boolean =>
    text === '' && embedding?.modelVersion === model.modelVersion;

  function embeddingOf(record: ItemRecord): Float32Array | undefined {
    return isOwn(record) ? Float32Array.from(record.embedding!.values) : model.get(textOf(record));
  }

  return {
    get said() {
      return model.said;
    },
    embeddingOf,
    offer(records) {
      if (keepText !== 'none') return false;
      if (offered.size > MAX_OFFERED) offered.clear();
      for (const record of records) offered.set(record.id, record);
      return records.filter(({ id }) => missing.delete(id)).length > 0;
    },
    async embed(records, signal, priority) {
      const version = model.modelVersion;
      await model.ensure(records.filter((record) => !isOwn(record)).map(textOf), signal, priority);
      if (version !== model.modelVersion) return this.embed(records, signal, priority); // stored ones are of another model now
      const embeddings = new Map<string, Float32Array>();
      for (const record of records) {
        const embedding = embeddingOf(record)?.slice();
        if (embedding !== undefined) embeddings.set(record.id, embedding);
        if (record.embedding !== undefined && !isOwn(record) && textOf(record) === '') missing.add(record.id);
      }
      return embeddings;
    },
    title: ({ id, title }) => title || offered.get(id)?.title || id,
  };
}
