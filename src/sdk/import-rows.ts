import { hashText } from '../core/hash.js';
import { invalid } from '../errors.js';
import type { InterestEdits } from '../domain/interest-edits.js';
import type { Interaction } from '../domain/interaction.js';
import { type ItemRecord, MAX_TEXT_LENGTH, textItem } from '../domain/item.js';
import type { AttuneExport, ImportReport } from './rights-types.js';

/** What a file holds, checked row by row. */
export interface ParsedImport {
  readonly interactions: readonly Interaction[];
  readonly items: readonly ItemRecord[];
  readonly sliders: AttuneExport['sliders'];
  readonly preferences?: AttuneExport['preferences'];
  readonly interests: InterestEdits;
  readonly rejected: ImportReport['rejected'];
}

const MAX_REPORTED = 100;

/** Rows that could be read, and why the others could not. */
export interface Collector {
  readonly rows: Interaction[];
  readonly rejected: { row: number; reason: string }[];
  /** Takes what `read` makes of a row, or the reason why it threw. */
  readonly keep: (row: number, read: () => Interaction) => void;
}

/** An empty one; the first hundred rejections are reported. */
export function collector(): Collector {
  const rows: Interaction[] = [];
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

/** A text that was acted on. @throws AttuneError `input/invalid` for anything but a text with something in it */
export function contentItem(content: unknown, redact: (text: string) => string): ItemRecord {
  if (typeof content !== 'string' || content.trim() === '') {
    throw invalid('content', content, 'It is the text acted on.');
  }
  return textItem(redact(content.slice(0, MAX_TEXT_LENGTH)));
}

/**
 * The id of something that a file tells of and gives none: the same for the same words at the same time, so that a file
 * that comes twice counts once. Sorted by time, like ids made here.
 */
export function idOf(at: number, ...parts: readonly unknown[]): string {
  const digits = Math.floor(Math.max(0, at)).toString(36).padStart(9, '0');
  return `${digits}-${hashText(JSON.stringify([at, ...parts]))}`;
}

/** Numbers below this are seconds: as ms they would lie before March 1973. */
const SECONDS_BELOW = 1e11;

/** Year, month and day, with or without a time, with or without an offset: ISO 8601, and with a space for the T. */
const ISO = /^\d{4}-\d\d-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * An instant as files write it, in epoch ms: a number of ms or (below 1e11) of seconds, or ISO 8601. A time without an
 * offset is this device's local time, a date alone its midnight in UTC, as in JavaScript.
 *
 * @throws AttuneError `input/invalid` for anything else: what a browser makes of other words differs from browser to browser
 */
export function readInstant(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const count = Number(text);
    return Math.round(count < SECONDS_BELOW ? count * 1000 : count);
  }
  const day = ISO.exec(text)?.[1];
  const at = day === undefined ? NaN : Date.parse(inJavaScript(text));
  const isReal = day !== undefined && new Date(`${text.slice(0, 10)}T00:00Z`).getUTCDate() === Number(day);
  if (Number.isNaN(at) || !isReal) {
    throw invalid('timestamp', value, 'Pass epoch ms, or a time such as 2026-11-20T18:30:00Z.');
  }
  return at;
}

function inJavaScript(text: string): string {
  return text
    .toUpperCase()
    .replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
    .replace(',', '.')
    .replace(/\s/, '')
    .replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
    .replace(/(T.*[+-]\d\d)$/, '$1:00');
}
