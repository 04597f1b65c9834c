import { create, insertMultiple, searchVector } from '@orama/orama';

/** Vectors alone; its least similarity of 0.8 is taken away, else it finds nothing here. */
export function open(dim) {
  const database = create({ schema: { embedding: `vector[${dim}]` } });
  return {
    async build(data, rows) {
      const all = Array.from({ length: rows }, (_, row) => ({
        id: String(row),
        embedding: Array.from(data.subarray(row * dim, (row + 1) * dim)),
      }));
      await insertMultiple(database, all, 1000);
    },
    async query(q, k) {
      const { hits } = await searchVector(database, {
        mode: 'vector',
        vector: { value: Array.from(q), property: 'embedding' },
        similarity: -1,
        limit: k,
      });
      return hits.map(({ id }) => Number(id));
    },
  };
}
