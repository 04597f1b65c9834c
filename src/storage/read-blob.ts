import { corruptCatalogue } from '../core/catalogue-format.js';
import { AttuneError } from '../errors.js';

/** Bytes of a file. Rejects with AttuneError `model/corrupt` where the browser can't read it. */
export function read(blob: Blob, start: number, end: number): Promise<ArrayBuffer> {
  return readable(() => blob.slice(start, end).arrayBuffer());
}

/**
 * The same in memory that was used before, where there is enough of it and the browser reads into memory at all: what a
 * Worker or the page drops is collected late, some 10 MB of a catalogue of 100,000 × 384 (`npm run bench:catalogue`).
 */
export async function readInto(
  room: ArrayBuffer | undefined,
  blob: Blob,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = end - start;
  const reader = room !== undefined && room.byteLength >= length ? intoMemory(blob.slice(start, end)) : undefined;
  if (reader === undefined) return new Uint8Array(await read(blob, start, end));
  return readable(async () => {
    let [bytes, at] = [room!, 0];
    while (at < length) {
      const { value } = await reader.read(new Uint8Array(bytes, at, length - at));
      if (!value?.byteLength) throw corruptCatalogue('it ends early');
      bytes = value.buffer;
      at += value.byteLength;
    }
    await reader.cancel();
    return new Uint8Array(bytes, 0, length);
  });
}

function intoMemory(blob: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined; // not every browser's file is a stream of bytes
  }
}

async function readable<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw corruptCatalogue('the browser cannot read it any more', error);
  }
}
