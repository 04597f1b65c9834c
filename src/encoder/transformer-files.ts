import { env, LogLevel } from '@huggingface/transformers';
import { openFile } from './kept-file.js';
import type { OnProgress, TransformerConfig } from './protocol.js';

const WAY_OUT = "Check the model's id, host, revision and dtype, and the page's CSP; docs/models.md lists the files.";

/**
 * Points transformers.js at the model's files as we hold them, and at nothing else: what it asks for is opened by us
 * once, whatever number of sessions read it, until `release`.
 */
export function serveFiles(
  { folder, sha256 }: TransformerConfig,
  cache: Cache | undefined,
  onProgress: OnProgress,
): { readonly release: () => void } {
  const held = new Map<string, Promise<ArrayBuffer>>();
  function open(url: string): Promise<ArrayBuffer> {
    const source = { url, sha256: sha256[decodeURI(url.slice(folder.length))], wayOut: WAY_OUT };
    const opening = held.get(url) ?? openFile(source, cache, onProgress);
    held.set(url, opening);
    return opening;
  }
  env.allowLocalModels = false;
  env.remoteHost = folder.slice(0, -1);
  env.remotePathTemplate = '.'; // a folder of any depth, which it would refuse as a model's name
  env.useBrowserCache = false;
  env.useWasmCache = false; // runs the runtime from a blob: URL, which a strict CSP forbids
  env.logLevel = LogLevel.NONE; // its error log shows what people wrote
  // Its question whether there is a tokenizer, a range, needs no request at all.
  env.fetch = async (url, init) => {
    if (new Headers(init?.headers).has('range')) return new Response();
    const bytes = await open(new URL(url).href);
    return { ok: true, status: 200, headers: new Headers(), arrayBuffer: () => Promise.resolve(bytes) }; // a Response would copy
  };
  return { release: () => held.clear() };
}
