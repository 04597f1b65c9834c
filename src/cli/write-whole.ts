import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a file that is there whole or not at all, then removes `spent`. Returns its bytes. */
export function writeWhole(file: string, parts: readonly Uint8Array[], spent: string): number {
  const draft = `${file}.new`;
  const to = openSync(draft, 'w');
  let written = 0;
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length;) at += writeSync(to, part, at); // a call may write less than asked
      written += part.length;
    }
  } finally {
    closeSync(to);
  }
  renameSync(draft, file);
  rmSync(spent, { force: true });
  return written;
}
