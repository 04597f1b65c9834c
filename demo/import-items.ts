import { OWN_FIELD, type DemoItem } from './catalogue.js';

/** A person's own items, and why rows were left out (row 1 is the first after the header). */
export interface OwnItems {
  readonly items: readonly DemoItem[];
  readonly rejected: readonly string[];
}

/** More than the page is made for. Judgement. */
const MAX_ITEMS = 5000;
const MAX_TEXT = 10_000;

/** @throws Error with a message for people when the text is no list of items at all */
export async function readItems(text: string, isJson: boolean, taken: ReadonlySet<string>): Promise<OwnItems> {
  const rows = isJson ? jsonRows(text) : await csvRows(text);
  if (rows.length === 0) throw new Error('This file lists no items.');
  if (rows.length > MAX_ITEMS) throw new Error(`This file lists ${rows.length} items; at most ${MAX_ITEMS} fit here.`);
  const ids = new Set(taken);
  const items: DemoItem[] = [];
  const rejected: string[] = [];
  rows.forEach((row, i) => {
    const item = readItem(row, i);
    if (typeof item === 'string') rejected.push(`Row ${i + 1}: ${item}`);
    else if (ids.has(item.id)) rejected.push(`Row ${i + 1}: the id “${item.id}” is taken.`);
    else {
      ids.add(item.id);
      items.push(item);
    }
  });
  return { items, rejected };
}

function jsonRows(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This file is not valid JSON (${(error as Error).message}).`, { cause: error });
  }
  if (!Array.isArray(value)) throw new Error('Items come as a JSON list: [{ "title": …, "summary": …, "tags": […] }].');
  return value;
}

async function csvRows(text: string): Promise<unknown[]> {
  const { parse } = await import('papaparse'); // which came with Attune
  const { data, meta } = parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim().toLowerCase(),
  });
  if (meta.fields?.includes('title') !== true) {
    throw new Error('The first line of a CSV file of items names its columns: title,summary,tags.');
  }
  return data;
}

/** The item, or what is wrong with the row. */
function readItem(row: unknown, index: number): DemoItem | string {
  if (row === null || typeof row !== 'object') return 'not an object.';
  const { id, title, summary, description, tags } = row as Record<string, unknown>;
  if (typeof title !== 'string' || title.trim() === '') return 'has no title.';
  const text = summary ?? description ?? '';
  if (typeof text !== 'string') return 'its summary is not text.';
  if (title.length + text.length > MAX_TEXT) return `longer than ${MAX_TEXT} characters.`;
  const list = typeof tags === 'string' ? tags.split(/[,;|]/) : (tags ?? []);
  if (!Array.isArray(list) || !list.every((tag) => typeof tag === 'string')) return 'its tags are not a list of texts.';
  return {
    id: typeof id === 'string' && id !== '' ? id : `own-${slug(title)}-${index + 1}`,
    field: OWN_FIELD,
    title: title.trim(),
    summary: text.trim(),
    tags: list.map((tag: string) => tag.trim()).filter((tag: string) => tag !== ''),
  };
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60);
}
