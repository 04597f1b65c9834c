import { EmbeddingIndex } from 'client-vector-search';

/** Its index in memory, made of all objects at once. */
export function open(dim) {
  let index;
  return {
    build(data, rows) {
      const objects = Array.from({ length: rows }, (_, row) => ({
        row,
        embedding: Array.from(data.subarray(row * dim, (row + 1) * dim)),
      }));
      index = new EmbeddingIndex(objects);
    },
    async query(q, k) {
      const found = await index.search(Array.from(q), { topK: k });
      return found.map(({ object }) => object.row);
    },
  };
}
