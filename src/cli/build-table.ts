import { writeTransitionTable } from '../core/transition-table.js';
import { invalid } from '../errors.js';
import { transitionsOf } from '../lab/evaluation/build-transitions.js';
import { readInstant } from '../sdk/import-rows.js';
import { LOG_HELP, openLog, readLogArguments } from './log-options.js';
import { writeWhole } from './write-whole.js';

export const TRANSITIONS_HELP = `attune transitions LOG -o TABLE.attune [options]

Makes a table of what people go on to after each item, from the logs of many: the best successors of each, in 8 bits.
LOG is what attune eval reads. The same log gives the same bytes.

  -o, --out FILE         where the table goes
  --top N                successors kept of each item (default 50)
  --until TIME           counts actions up to this instant only, such as 2026-11-20T18:30:00Z
${LOG_HELP}  --help                 this

Exit status: 0 done; 1 done, some rows left out; 2 nothing was made.
`;

/**
 * `attune transitions`: resolves with the exit status.
 *
 * Rejects with AttuneError `input/invalid` for arguments or logs that make no sense, and with what the file system says.
 */
export async function buildTable(given: readonly string[], say: (text: string) => void): Promise<number> {
  const options = readLogArguments(given, 'transitions', ['top', 'until']);
  const out = options.text('out');
  if (out === undefined) throw invalid('out', undefined, 'Say where the table goes: -o transitions.attune.');
  const until = options.text('until');
  const { log, left } = openLog(options, say);
  const table = transitionsOf(log, {
    actions: options.targets,
    top: options.whole('top', 50),
    ...(until !== undefined && { until: readInstant(until) }),
  });
  const bytes = writeWhole(out, [writeTransitionTable(table)], `${out}.part`);
  const newest = new Date(table.until).toISOString();
  say(
    `${out}: ${table.items.length} items, ${table.successors.length} successors, ${bytes} bytes; ${table.actions} actions up to ${newest}\n`,
  );
  return left > 0 ? 1 : 0;
}
