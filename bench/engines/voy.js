import * as voy from 'voy-search/voy_search_bg.js';

/** Rows it takes at once; 100,000 are more than its parser can hold. */
const ROWS_AT_ONCE = 5000;

/** Its module is written for a bundler that loads WebAssembly by itself; this is what such a bundler does. */
export async function open(dim) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/engines/voy_search_bg.wasm'), {
    './voy_search_bg.js': voy,
  });
  voy.__wbg_set_wasm(instance.exports);
  let index;
  return {
    build(data, rows) {
      for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
        const embeddings = Array.from({ length: Math.min(rows - start, ROWS_AT_ONCE) }, (_, i) => ({
          id: String(start + i),
          title: '',
          url: '',
          embeddings: Array.from(data.subarray((start + i) * dim, (start + i + 1) * dim)),
        }));
        if (start === 0) index = new voy.Voy({ embeddings });
        else index.add({ embeddings });
      }
    },
    query: (q, k) => index.search(q, k).neighbors.map(({ id }) => Number(id)),
  };
}
