import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { invalid } from '../errors.js';
import { buildCatalogue, entryOf } from '../core/build-catalogue.js';
import { embedLines } from './embed-lines.js';
import { openModel } from './open-model.js';
import { readLines } from './read-lines.js';
import { writeWhole } from './write-whole.js';

export const INDEX_HELP = `attune index ITEMS.jsonl -o CATALOG.attune [options]

Makes a catalogue file of items, one JSON object a line, for \`attune.openCatalogue\` in the page.
The same items give the same bytes. A run that was interrupted goes on where it was.

  -o, --out FILE     where the catalogue goes
  --id FIELD         the field that holds an item's id          (default: id, slug or url)
  --text FIELD       the field that holds its text              (default: title, description and so on, as in the page)
  --model lite|FILE  'lite' (default), or the path of the file models/lite/lite.attune
  --help             this

Lines that hold no item are named on stderr and left out.
Exit status: 0 done; 1 done, some lines left out; 2 nothing was made.
`;

/** How often progress is told, in items. */
const TOLD_EVERY = 5000;

/**
 * `attune index`: resolves with the exit status.
 *
 * Rejects with AttuneError `input/invalid` for arguments that make no sense or items none of which can be read, with
 * `model/corrupt` or `encoder/unavailable` where the model can't be had, and with what the file system says.
 *
 * @param say a line or part of one, for people
 */
export async function indexItems(given: readonly string[], say: (text: string) => void): Promise<number> {
  const { input, out, id, text, model } = readArguments(given);
  const encoder = await openModel(model);
  const { items, left } = await readLines(input, { id, text }, (line, reason) => say(`${input}:${line}: ${reason}\n`));
  if (items.length === 0) throw invalid(input, 'no item', 'It needs a JSON object a line, each with an id and a text.');
  const rows = await embedLines(items, encoder, `${out}.part`, (done) => {
    if (done % TOLD_EVERY === 0 || done === items.length) say(`${done} of ${items.length} items\n`);
  });
  const { dim, modelVersion } = encoder;
  const parts = buildCatalogue({
    modelVersion,
    dim,
    ids: items.map((item) => item.id),
    entries: items.map((item) => entryOf(item.text, item.json)),
    rows: rows.data,
  });
  const bytes = writeWhole(out, parts, `${out}.part`);
  if (rows.unknown > 0)
    say(`${rows.unknown} items hold no word that ${modelVersion} knows; they are never ranked by meaning.\n`);
  say(`${out}: ${items.length} items, ${bytes} bytes, ${modelVersion}${left > 0 ? `; ${left} lines left out` : ''}\n`);
  return left > 0 ? 1 : 0;
}

interface Arguments {
  readonly input: string;
  readonly out: string;
  readonly id: string | undefined;
  readonly text: string | undefined;
  readonly model: string;
}

/** @throws AttuneError `input/invalid` */
function readArguments(given: readonly string[]): Arguments {
  const option = { type: 'string' } as const;
  let parsed;
  try {
    parsed = parseArgs({
      args: [...given],
      allowPositionals: true,
      options: { out: { ...option, short: 'o' }, id: option, text: option, model: option },
    });
  } catch (error) {
    throw invalid(
      'arguments',
      given.join(' '),
      `${error instanceof Error ? error.message : ''} See attune index --help.`,
    );
  }
  const { values, positionals } = parsed;
  const [input] = positionals;
  if (input === undefined || positionals.length > 1) {
    throw invalid('items', positionals.join(' '), 'Name one file of items, one JSON object a line.');
  }
  if (!existsSync(input)) throw invalid('items', input, 'There is no such file.');
  if (values.out === undefined) throw invalid('out', undefined, 'Say where the catalogue goes: -o catalog.attune.');
  return { input, out: values.out, id: values.id, text: values.text, model: values.model ?? 'lite' };
}
