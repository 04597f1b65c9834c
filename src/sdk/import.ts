import { invalid } from '../errors.js';
import { makeInteraction } from '../domain/interaction.js';
import { type InterestEdits, keptAnchors, readEdits } from '../domain/interest-edits.js';
import { type ItemRecord, MAX_TEXT_LENGTH, type StoredEmbedding } from '../domain/item.js';
import { parseChat } from './import-chat.js';
import { parseCsv, parseRows } from './import-log.js';
import { collector, type ParsedImport } from './import-rows.js';
import { checkPosition } from './positions.js';
import { checkPreferences } from './preferences.js';
import type { AttuneExport, ImportOptions, ImportSource } from './rights-types.js';

/** What people bring along: exports, action logs, chats. Loaded only when somebody imports. */

/**
 * Reads an export or a list of rows (as JSON text or as it is), or a CSV action log. A list whose rows have roles is a
 * chat transcript, another one an action log. Rows that make no sense are left out and reported; the rest goes in.
 *
 * @throws AttuneError `input/invalid` when the whole is none of these
 */
export function parseImport(
  source: ImportSource,
  { roles }: ImportOptions,
  user: string,
  redact: (text: string) => string,
  now: number,
): ParsedImport {
  const text = typeof source === 'string' ? source.trim().replace(/^\uFEFF\s*/, '') : undefined;
  const isJson = text === undefined || text.startsWith('{') || text.startsWith('[');
  if (!isJson) return parseCsv(text, user, redact, now);
  const value = text === undefined ? source : parseJson(text);
  if (!Array.isArray(value) || value.length === 0) return parseExport(value, redact, now);
  const rows = value as readonly unknown[];
  return rows.some(hasRole) ? parseChat(rows, roles, redact, now) : parseRows(rows, user, redact, now);
}

function hasRole(row: unknown): boolean {
  return row !== null && typeof row === 'object' && 'role' in row;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('import', error, 'The text starts like JSON and is not: pass what `data.export()` gave.');
  }
}

function parseExport(value: unknown, redact: (text: string) => string, now: number): ParsedImport {
  const { format, version, interactions, items, sliders, preferences, interests } = (value ??
    {}) as Partial<AttuneExport>;
  if (format !== 'attune-export' || version !== 1 || !Array.isArray(interactions) || !Array.isArray(items)) {
    const wayOut =
      "Pass an object with format 'attune-export' and version 1, a list of rows or messages, or a CSV log.";
    throw invalid('import', format ?? value, wayOut);
  }
  const { rows, rejected, keep } = collector();
  const records = new Map<string, ItemRecord>();
  for (const item of items as readonly Partial<ItemRecord>[]) {
    if (typeof item?.id !== 'string' || typeof item.text !== 'string') continue;
    const { id, text, title = text, embedding } = item;
    records.set(id, record(id, redact(text), redact(String(title)), text === '' ? embedding : undefined));
  }
  interactions.forEach((entry, row) =>
    keep(row, () => {
      if (typeof entry?.id !== 'string' || entry.id === '') throw invalid('id', entry?.id, 'Each interaction has one.');
      if (!records.has(entry.itemId)) throw invalid('itemId', entry.itemId, 'Its item is not in the file.');
      const { id, kind, itemId, ...details } = entry;
      return makeInteraction(id, kind, itemId, details, now);
    }),
  );
  const positions = Object.entries(sliders ?? {});
  for (const [id, position] of positions) checkPosition(id, position);
  const used = new Set(rows.map(({ itemId }) => itemId));
  return {
    interactions: rows,
    items: [...records.values()].filter(({ id }) => used.has(id)),
    sliders: Object.fromEntries(positions),
    ...(preferences !== undefined && { preferences: checkPreferences(preferences) }),
    interests: redactedEdits(interests, redact),
    rejected,
  };
}

function redactedEdits(value: unknown, redact: (text: string) => string): InterestEdits {
  const kept = keptAnchors(readEdits(value), ({ id, text, title, embedding }) =>
    record(id, redact(text), redact(title), text === '' ? embedding : undefined),
  );
  const edits = kept.edits.map((edit) => (typeof edit.name === 'string' ? { ...edit, name: redact(edit.name) } : edit));
  return { ...kept, edits };
}

function record(id: string, text: string, title: string, embedding: unknown): ItemRecord {
  const stored = isEmbedding(embedding) ? { embedding } : {};
  return { id, text: text.slice(0, MAX_TEXT_LENGTH), title: title.slice(0, 120), ...stored };
}

function isEmbedding(value: unknown): value is StoredEmbedding {
  const { modelVersion, values } = (value ?? {}) as Partial<StoredEmbedding>;
  return typeof modelVersion === 'string' && Array.isArray(values) && values.every((x) => Number.isFinite(x));
}
