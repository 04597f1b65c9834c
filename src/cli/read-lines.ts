import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AttuneError, invalid } from '../errors.js';
import { defaultId, defaultText, type ItemReader, readItem } from '../domain/item.js';

/** An item as a line gave it: `json` without blanks, `text` what the encoder reads. */
export interface ReadLine {
  readonly id: string;
  readonly text: string;
  readonly json: string;
}

/**
 * Reads items, one JSON object a line, each id once; blank lines count and are passed over.
 *
 * @param fields where an item's id and text are; as the page reads them when undefined
 * @param onBad  told of each line that is left out, by its number from 1
 */
export async function readLines(
  file: string,
  fields: { readonly id: string | undefined; readonly text: string | undefined },
  onBad: (line: number, reason: string) => void,
): Promise<{ readonly items: readonly ReadLine[]; readonly left: number }> {
  const reader: ItemReader<object> = {
    id: fields.id === undefined ? defaultId : fieldReader(fields.id),
    text: fields.text === undefined ? defaultText : fieldReader(fields.text),
  };
  const items: ReadLine[] = [];
  const lines = new Map<string, number>();
  let number = 0;
  let left = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number++;
    const written = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (written.trim() === '') continue;
    try {
      const item = readLine(written, reader);
      const before = lines.get(item.id);
      if (before !== undefined) throw invalid('item id', item.id, `Line ${before} has it already.`);
      lines.set(item.id, number);
      items.push(item);
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      left++;
      onBad(number, error.message);
    }
  }
  return { items, left };
}

/** @throws AttuneError `input/invalid` */
function readLine(line: string, reader: ItemReader<object>): ReadLine {
  let item: unknown;
  try {
    item = JSON.parse(line);
  } catch {
    throw invalid('line', line, 'It is not JSON.');
  }
  if (item === null || typeof item !== 'object' || Array.isArray(item)) throw invalid('line', line, 'It is no object.');
  const { id, text } = readItem(item, reader);
  if (!id.isWellFormed()) throw invalid('item id', id, 'It holds half a character.');
  if (text.trim() === '') throw invalid(`text of item ${JSON.stringify(id)}`, text, 'Name its field by --text.');
  return { id, text, json: JSON.stringify(item) };
}

function fieldReader(name: string): (item: object) => string {
  return (item) => {
    const value: unknown = Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : undefined;
    return typeof value === 'number' ? String(value) : (value as string);
  };
}
