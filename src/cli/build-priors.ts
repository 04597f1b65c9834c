import { invalid } from '../errors.js';
import { priorsOf } from '../lab/evaluation/build-priors.js';
import { readInstant } from '../sdk/import-rows.js';
import { encodeItems } from './encode-items.js';
import { LOG_HELP, openLog, readLogArguments } from './log-options.js';
import { writeWhole } from './write-whole.js';

export const PRIORS_HELP = `attune priors LOG -o PRIORS.json [options]

Makes a file for people of whom nothing is known yet, from the logs of many: what each group likes, what most like, and how
many people liked each item. Groups come from contexts: a segment, a device, a weekday, a part of the day.
LOG is what attune eval reads, with texts of items. The same log gives the same bytes.

  -o, --out FILE         where the file goes
  --least N              groups and items of fewer people are left out (default 20)
  --until TIME           counts actions up to this instant only, such as 2026-11-20T18:30:00Z
  --model lite|FILE      the encoder (default lite): the one that the page uses
${LOG_HELP}  --help                 this

Exit status: 0 done; 1 done, some rows left out; 2 nothing was made.
`;

/**
 * `attune priors`: resolves with the exit status.
 *
 * Rejects with AttuneError `input/invalid` for arguments or logs that make no sense, with `model/corrupt` or
 * `encoder/unavailable` where the model can't be had, and with what the file system says.
 */
export async function buildPriors(given: readonly string[], say: (text: string) => void): Promise<number> {
  const options = readLogArguments(given, 'priors', ['least', 'until', 'model']);
  const out = options.text('out');
  if (out === undefined) throw invalid('out', undefined, 'Say where the file goes: -o priors.json.');
  const [until, least] = [options.text('until'), options.whole('least', 20)];
  const { log, left } = openLog(options, say);
  say(`${log.at.length} events of ${log.users.length} people\n`);
  if (log.items.every(({ text }) => text === '')) {
    throw invalid('items', `${log.items.length} without a text`, 'Give their texts: --items items.csv.');
  }
  const rows = await encodeItems(log, options.text('model') ?? 'lite');
  say(`${log.items.length} items encoded by ${rows.modelVersion}\n`);
  const { modelVersion } = rows;
  const file = priorsOf(log, rows, { modelVersion, least, ...(until !== undefined && { until: readInstant(until) }) });
  const bytes = writeWhole(out, [new TextEncoder().encode(`${JSON.stringify(file)}\n`)], `${out}.part`);
  const newest = new Date(file.until).toISOString();
  const [groups, items] = [Object.keys(file.groups).length, file.items.length];
  say(`${out}: ${groups} groups and ${items} items of ${least} people or more, ${bytes} bytes; up to ${newest}\n`);
  return left > 0 ? 1 : 0;
}
