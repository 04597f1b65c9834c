import { invalid } from '../errors.js';
import { encodeItems } from './encode-items.js';
import { LOG_HELP, openLog, readLogArguments } from './log-options.js';
import { askedOf, PROTOCOL_HELP, PROTOCOL_OPTIONS } from './protocol-options.js';
import { sequenceSetOf, writeSequenceSet } from './sequence-set.js';
import { writeWhole } from './write-whole.js';

export const SEQUENCES_HELP = `attune sequences LOG -o SET [options]

Writes a log of many people as training/foundation reads it: who did what when, embeddings of items, and which part is asked for.
LOG is what attune eval reads, with the same options: eval then takes a model made of the set for that very log and protocol.

  -o, --out FILE         where the set goes
  --model lite|FILE      the encoder (default lite): the one that the page uses
${PROTOCOL_HELP}${LOG_HELP}  --help                 this

Exit status: 0 done; 1 done, some rows left out; 2 nothing was made.
`;

/**
 * `attune sequences`: resolves with the exit status.
 *
 * Rejects with AttuneError `input/invalid` for arguments or logs that make no sense, with `model/corrupt` or
 * `encoder/unavailable` where the model can't be had, and with what the file system says.
 */
export async function buildSequences(given: readonly string[], say: (text: string) => void): Promise<number> {
  const options = readLogArguments(given, 'sequences', ['model', ...PROTOCOL_OPTIONS], ['repeats']);
  const out = options.text('out');
  if (out === undefined) throw invalid('out', undefined, 'Say where the set goes: -o set.attune.');
  const { log: whole, left } = openLog(options, say);
  const { log, plan } = askedOf(options, whole);
  const rows = await encodeItems(log, options.text('model') ?? 'lite');
  const set = sequenceSetOf(log, plan, rows, rows.modelVersion);
  const bytes = writeWhole(out, writeSequenceSet(set), `${out}.part`);
  const counts = [0, 0, 0];
  for (const part of set.columns.part) counts[part]!++;
  const names = `${log.users.length} people, ${log.items.length} items by ${rows.modelVersion}`;
  say(`${out}: ${names}; ${counts.join(' + ')} actions (learned from + validation + test), ${bytes} bytes\n`);
  return left > 0 ? 1 : 0;
}
