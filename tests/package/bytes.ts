import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/** Brotli bytes of a built module and everything it imports statically: what arrives before any of it can run. */
export function staticBytes(entry: string, seen: Set<string> = new Set()): number {
  if (seen.has(entry)) return 0;
  seen.add(entry);
  const code = readFileSync(entry, 'utf8');
  let bytes = brotliCompressSync(code).length;
  for (const [, path] of code.matchAll(/(?:from|import)\s*["'`](\.[^"'`]+)["'`]/g)) {
    bytes += staticBytes(join(dirname(entry), path!), seen);
  }
  return bytes;
}
