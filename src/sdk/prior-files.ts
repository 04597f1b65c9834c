import { type Priors, readPriors } from '../core/priors-file.js';
import { readTransitionTable } from '../core/transition-table.js';
import { openFile, openModelCache } from '../encoder/kept-file.js';
import { asAttuneError, AttuneError } from '../errors.js';
import { type CoVisitation, coVisitationOf } from '../domain/co-visitation.js';
import type { PriorOptions } from './prior-types.js';

/** What a site ships of its people, as it comes in: each undefined until it is there, or where it can't be had. */
export interface PriorFiles {
  priors?: Priors;
  next?: CoVisitation;
}

const WAY_OUT = 'What is known of a newcomer is then the next of the chain; serve the file where `priors` says.';

/**
 * Has both files read, each once. Never rejects: what can't be had is told, once.
 *
 * @param isKept whether the browser may keep them, by URL, so that they are not fetched again
 */
export async function readPriorFiles(
  { file, transitions }: Pick<PriorOptions, 'file' | 'transitions'>,
  isKept: boolean,
  into: PriorFiles,
  onWarning: (warning: AttuneError) => void,
): Promise<void> {
  const cache = isKept ? await openModelCache() : undefined;
  const bytesOf = (url: string | URL): Promise<ArrayBuffer> =>
    openFile({ url: absolute(url), sha256: undefined, wayOut: WAY_OUT }, cache, () => undefined);
  const tell = (error: unknown): void => {
    const found = asAttuneError(error, 'priors/unavailable', 'A file of `priors` could not be read');
    const isFetch = found.code === 'encoder/unavailable';
    onWarning(isFetch ? new AttuneError('priors/unavailable', found.message, { cause: found }) : found);
  };
  const readFile = async (): Promise<void> => {
    if (file === undefined) return;
    const isUrl = typeof file === 'string' || file instanceof URL;
    into.priors = readPriors(isUrl ? new TextDecoder().decode(await bytesOf(file)) : file);
  };
  const readTable = async (): Promise<void> => {
    if (transitions === undefined) return;
    into.next = coVisitationOf(readTransitionTable(new Uint8Array(await bytesOf(transitions))));
  };
  await Promise.all([readFile().catch(tell), readTable().catch(tell)]);
}

function absolute(url: string | URL): string {
  return new URL(url, globalThis.document?.baseURI).href;
}
