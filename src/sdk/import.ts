import Papa from 'papaparse';
import { invalid } from '../errors.js';
import { type Interaction, makeInteraction, type TrackDetails } from '../domain/interaction.js';
import { type ItemRecord, MAX_TEXT_LENGTH, type StoredEmbedding, textItem } from '../domain/item.js';
import { checkPosition } from './positions.js';
import type { AttuneExport, ImportReport } from './types.js';

/** What a file holds, checked row by row; loaded only when somebody imports. */
export interface ParsedImport {
  readonly interactions: readonly Interaction[];
  readonly items: readonly ItemRecord[];
  readonly sliders: Readonly<Record<string, number>>;
  readonly rejected: ImportReport['rejected'];
}

const MAX_REPORTED = 100;

/**
 * Reads an export (object or JSON text), or a CSV action log with a header row naming at least `timestamp`,
 * `action_type` and `content` (SPEC §1). Rows that make no sense are left out and reported; the rest goes in.
 *
 * @throws AttuneError `input/invalid` when the file as a whole is neither
 */
export function parseImport(
  source: AttuneExport | string,
  user: string,
  newId: () => string,
  redact: (text: string) => string,
  now: number,
): ParsedImport {
  const text = typeof source === 'string' ? source.trim().replace(/^\uFEFF/, '') : undefined;
  if (text === undefined || text.startsWith('{') || text.startsWith('[')) {
    return parseExport(text === undefined ? source : parseJson(text), redact, now);
  }
  return parseCsv(text, user, newId, redact, now);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('import', error, 'The text starts like JSON and is not: pass what `data.export()` gave.');
  }
}

function parseExport(value: unknown, redact: (text: string) => string, now: number): ParsedImport {
  const { format, version, interactions, items, sliders } = (value ?? {}) as Partial<AttuneExport>;
  if (format !== 'attune-export' || version !== 1 || !Array.isArray(interactions) || !Array.isArray(items)) {
    throw invalid('import', format ?? value, "Pass an object with format 'attune-export' and version 1, or a CSV log.");
  }
  const { rows, rejected, keep } = collector<Interaction>();
  const records = new Map<string, ItemRecord>();
  for (const item of items as readonly Partial<ItemRecord>[]) {
    if (typeof item?.id !== 'string' || typeof item.text !== 'string') continue;
    const { id, text, title = text, embedding } = item;
    records.set(id, record(id, redact(text), redact(String(title)), text === '' ? embedding : undefined));
  }
  interactions.forEach((entry: Interaction, row) =>
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
    rejected,
  };
}

function parseCsv(
  text: string,
  user: string,
  newId: () => string,
  redact: (text: string) => string,
  now: number,
): ParsedImport {
  const { data, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: 'greedy' });
  const missing = ['timestamp', 'action_type', 'content'].filter((name) => !meta.fields?.includes(name));
  if (missing.length > 0) {
    throw invalid(
      'import',
      text,
      `The CSV's first row must name timestamp, action_type and content; no ${missing[0]}.`,
    );
  }
  const { rows, rejected, keep } = collector<Interaction>();
  const items = new Map<string, ItemRecord>();
  const users = new Set(data.map((row) => row['user_id'] ?? ''));
  data.forEach((row, index) =>
    keep(index, () => {
      const { timestamp = '', action_type: kind, content = '', weight = '', user_id: owner = '' } = row;
      if (users.size > 1 && owner !== user) throw invalid('user_id', owner, `Only rows of ${user} are taken in here.`);
      if (content.trim() === '') throw invalid('content', content, 'It is the text acted on.');
      const at = /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp);
      const details: TrackDetails = { at, ...(weight.trim() !== '' && { weight: Number(weight) }) };
      const item = textItem(redact(content.slice(0, MAX_TEXT_LENGTH)));
      const interaction = makeInteraction(newId(), kind, item.id, details, now);
      items.set(item.id, item);
      return interaction;
    }),
  );
  return { interactions: rows, items: [...items.values()], sliders: {}, rejected };
}

function record(id: string, text: string, title: string, embedding: unknown): ItemRecord {
  const stored = isEmbedding(embedding) ? { embedding } : {};
  return { id, text: text.slice(0, MAX_TEXT_LENGTH), title: title.slice(0, 120), ...stored };
}

function isEmbedding(value: unknown): value is StoredEmbedding {
  const { modelVersion, values } = (value ?? {}) as Partial<StoredEmbedding>;
  return typeof modelVersion === 'string' && Array.isArray(values) && values.every((x) => Number.isFinite(x));
}

function collector<T>(): {
  rows: T[];
  rejected: { row: number; reason: string }[];
  keep: (row: number, read: () => T) => void;
} {
  const rows: T[] = [];
  const rejected: { row: number; reason: string }[] = [];
  return {
    rows,
    rejected,
    keep(row, read) {
      try {
        rows.push(read());
      } catch (error) {
        if (rejected.length < MAX_REPORTED) {
          rejected.push({ row, reason: error instanceof Error ? error.message : String(error) });
        }
      }
    },
  };
}
