import { AttuneError, invalid } from '../errors.js';
import { readFileLayout } from '../storage/catalogue-file.js';

/** What a source is called: its URL, or what a Blob's header says. Rejects with AttuneError. */
export async function nameOf(source: string | URL | Blob): Promise<string> {
  if (source instanceof Blob) {
    const { sum, sizeBytes } = await readFileLayout(source);
    return `file:${sum.toString(16)}-${sizeBytes}`;
  }
  if (typeof source !== 'string' && !(source instanceof URL))
    throw invalid('catalogue', source, 'Pass a URL or a Blob.');
  try {
    return new URL(source, globalThis.document?.baseURI).href;
  } catch {
    throw invalid('catalogue', source, 'Pass a URL that the page can fetch.');
  }
}

/** Rejects with AttuneError `catalogue/unavailable`, or with `signal.reason`. */
export async function fetchFile(url: string, signal: AbortSignal | undefined): Promise<Blob> {
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.blob();
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AttuneError('catalogue/unavailable', `${url} could not be fetched (${reason}).`, { cause });
  }
}
