import type { Compute } from '../compute/client.js';
import { createFollower } from '../compute/sequence/follow.js';
import { openFile, openModelCache } from '../encoder/kept-file.js';
import { asAttuneError, AttuneError } from '../errors.js';
import type { Opened } from './foundation-report.js';
import type { FoundationOptions } from './foundation-types.js';
import type { Progress } from './types.js';

/** What to do about a file that can't be had. */
export const WAY_OUT = 'Rankings go on without it; serve the file where `foundation.url` says.';

/** What opening a model takes. */
interface FileParts {
  /** Whether the browser may keep the file. */
  readonly isKept: boolean;
  /** Undefined where there is to be no Worker. */
  readonly compute: () => Compute | undefined;
  readonly onProgress: (progress: Progress) => void;
  /** Told that the Worker does not run it, before the page does. */
  readonly onRefused: (error: AttuneError) => void;
  readonly signal: AbortSignal;
}

/** A site's model, running. Rejects with `foundation/unavailable`, `model/corrupt`, or `signal.reason`. */
export async function openFoundation(
  { url, sha256, weight = 1 }: FoundationOptions,
  { isKept, compute, onProgress, onRefused, signal }: FileParts,
): Promise<Opened> {
  try {
    const href = new URL(url, globalThis.document?.baseURI).href;
    const cache = isKept ? await openModelCache() : undefined;
    const bytes = await openFile({ url: href, sha256, wayOut: WAY_OUT }, cache, onProgress);
    signal.throwIfAborted();
    const follower = createFollower(bytes, compute(), (error) =>
      onRefused(new AttuneError(error.code, `${error.message} The sequence model runs on the page.`)),
    );
    const told = await follower.told();
    return { told, follower, name: `${told.name}*${weight}` };
  } catch (error) {
    signal.throwIfAborted();
    const found = asAttuneError(error, 'foundation/unavailable', 'The sequence model could not be read');
    if (found.code !== 'encoder/unavailable') throw found;
    throw new AttuneError('foundation/unavailable', found.message, { cause: found });
  }
}
