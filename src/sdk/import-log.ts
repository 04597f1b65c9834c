import Papa from 'papaparse';
import { invalid } from '../errors.js';
import { makeInteraction } from '../domain/interaction.js';
import { NO_EDITS } from '../domain/interest-edits.js';
import type { ItemRecord } from '../domain/item.js';
import { collector, contentItem, idOf, type ParsedImport, readInstant } from './import-rows.js';

/** A row of an action log: all texts where it was CSV. */
type Row = Readonly<Record<string, unknown>>;

/** What is read of a row. */
const FIELDS = ['timestamp', 'user_id', 'action_type', 'content', 'weight'] as const;

/**
 * An action log in CSV with a header row naming at least `timestamp`, `action_type` and `content` (SPEC §1).
 *
 * @throws AttuneError `input/invalid` when there is no such header
 */
export function parseCsv(text: string, user: string, redact: (text: string) => string, now: number): ParsedImport {
  const { data, errors } = Papa.parse<readonly string[]>(withOneEnding(text)); // whose own way with headers loses where an error was
  const broken = new Map(errors.filter(({ type }) => type === 'Quotes').map(({ row, message }) => [row, message]));
  const lines = data.map((cells, i) => ({ cells, wrong: broken.get(i) })).filter(({ cells }) => cells.some(isFilled));
  const header = (lines.shift()?.cells ?? []).map((name) => name.trim().toLowerCase());
  const missing = ['timestamp', 'action_type', 'content'].find((name) => !header.includes(name));
  if (missing !== undefined) {
    const wayOut = `The CSV's first row must name timestamp, action_type and content; no ${missing}.`;
    throw invalid('import', text, wayOut);
  }
  const unsound = new Map<number, string>();
  const rows = lines.map(({ cells, wrong }, i): Row => {
    const tooMany = cells.length > header.length ? `${cells.length} fields of ${header.length}` : undefined;
    if (wrong ?? tooMany) unsound.set(i, (wrong ?? tooMany)!);
    return Object.fromEntries(FIELDS.map((name) => [name, cells[header.indexOf(name)]]));
  });
  return parseRows(rows, user, redact, now, unsound);
}

/** Papa Parse takes the end of the first line for that of all. What stands between quotes stays as it is. */
function withOneEnding(text: string): string {
  const isMixed = /(?<!\r)\n|\r(?!\n)/.test(text) && text.includes('\r');
  return isMixed ? text.replace(/"(?:[^"]|"")*"|\r\n?/g, (part) => (part.startsWith('"') ? part : '\n')) : text;
}

function isFilled(cell: string): boolean {
  return cell.trim() !== '';
}

/**
 * The rows of an action log. Where several users stand in it, only those of `user` are taken in.
 *
 * @param unsound what is wrong with a row as such, by its number
 */
export function parseRows(
  data: readonly unknown[],
  user: string,
  redact: (text: string) => string,
  now: number,
  unsound: ReadonlyMap<number, string> = new Map(),
): ParsedImport {
  const { rows, rejected, keep } = collector();
  const items = new Map<string, ItemRecord>();
  const users = new Set(data.map((row) => textOf((row as Row | null)?.['user_id'])));
  data.forEach((row, index) =>
    keep(index, () => {
      if (row === null || typeof row !== 'object') throw invalid('row', row, 'Rows are objects.');
      const wrong = unsound.get(index);
      if (wrong !== undefined) throw invalid('row', wrong, 'Put contents with commas or quotes between quotes.');
      const { timestamp, action_type, content, weight, user_id } = row as Row;
      const owner = textOf(user_id);
      if (users.size > 1 && owner !== user) throw invalid('user_id', owner, `Only rows of ${user} are taken in here.`);
      const at = readInstant(timestamp);
      const kind = textOf(action_type);
      const item = contentItem(content, redact);
      const given = typeof weight === 'string' && weight.trim() !== '' ? Number(weight) : weight;
      const details = { at, ...(given !== undefined && given !== null && given !== '' && { weight: given as number }) };
      const interaction = makeInteraction(idOf(at, kind, item.id), kind, item.id, details, now);
      items.set(item.id, item);
      return interaction;
    }),
  );
  return { interactions: rows, items: [...items.values()], sliders: {}, interests: NO_EDITS, rejected };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}
