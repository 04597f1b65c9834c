/** Rows a COPY takes at once: 8 MB. */
const ROWS_AT_ONCE = 5000;
/** `PGCOPY\n\xff\r\n\0`, no flags, no extension. */
const HEADER = [80, 71, 67, 79, 80, 89, 10, 255, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** Postgres in memory with pgvector, filled by binary COPY; exact, or `variant` 'hnsw' with its defaults but ef_search 100. */
export async function open(dim, variant) {
  const { PGlite } = await import(/* @vite-ignore */ `${location.origin}/pglite/index.js`);
  const bundlePath = new URL('/pglite/vector.tar.gz', location.href);
  const vector = { name: 'vector', setup: async (_, emscriptenOpts) => ({ emscriptenOpts, bundlePath }) };
  const database = await PGlite.create('memory://', { extensions: { vector } });
  await database.exec(`CREATE EXTENSION vector; CREATE TABLE items (id int, embedding vector(${dim}))`);
  return {
    async build(data, rows) {
      for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
        const blob = copyOf(data, dim, start, Math.min(rows, start + ROWS_AT_ONCE));
        await database.query("COPY items FROM '/dev/blob' WITH (FORMAT binary)", [], { blob });
      }
      if (variant !== 'hnsw') return;
      await database.exec(
        'CREATE INDEX ON items USING hnsw (embedding vector_ip_ops); SET hnsw.ef_search = 100; SET enable_seqscan = off',
      );
    },
    async query(q, k) {
      const { rows } = await database.query(`SELECT id FROM items ORDER BY embedding <#> $1 LIMIT ${k}`, [
        `[${q.join()}]`,
      ]);
      return rows.map(({ id }) => id);
    },
  };
}

/** Rows as Postgres's binary COPY reads them: numbers are big-endian. */
function copyOf(data, dim, start, end) {
  const bytes = new Uint8Array(HEADER.length + (end - start) * (2 + 8 + 8 + dim * 4) + 2);
  bytes.set(HEADER);
  const view = new DataView(bytes.buffer);
  let at = HEADER.length;
  const int16 = (value) => void (view.setInt16(at, value), (at += 2));
  const int32 = (value) => void (view.setInt32(at, value), (at += 4));
  for (let row = start; row < end; row++) {
    int16(2); // fields
    int32(4);
    int32(row);
    int32(4 + dim * 4);
    int16(dim);
    int16(0);
    for (let j = 0; j < dim; j++, at += 4) view.setFloat32(at, data[row * dim + j]);
  }
  int16(-1);
  return new Blob([bytes]);
}
