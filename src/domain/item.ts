import { hashText } from '../core/hash.js';
import { invalid } from '../errors.js';

/** What is kept of an item once it was acted on: enough to embed it again and to name it to the person. */
export interface ItemRecord {
  readonly id: string;
  /** What the encoder reads. */
  readonly text: string;
  /** What a person reads in explanations: the item's title, or the start of its text. */
  readonly title: string;
  /** Where neither text nor title may be kept: what one model made of the text. Both are then empty. */
  readonly embedding?: StoredEmbedding;
}

/** An embedding as plain data, good for its own model only. */
export interface StoredEmbedding {
  readonly modelVersion: string;
  readonly values: readonly number[];
}

/** How to read a site's own items. Both have defaults for plain objects with common field names. */
export interface ItemReader<T> {
  readonly id: (item: T) => string;
  readonly text: (item: T) => string;
}

/** Longest text kept and encoded, in UTF-16 code units; the rest is cut off, and that is reported. */
export const MAX_TEXT_LENGTH = 20_000;

/** A string given in place of an item: words the person wrote or searched for. Its id is its hash. */
export function textItem(text: string): ItemRecord {
  return record(`text:${hashText(text)}`, text, text);
}

/**
 * Reads one item.
 *
 * @param known what was read of it before: given back where it says the same, whose text is then found by its hash
 * @throws AttuneError `input/invalid` when the reader throws or gives no usable id or text
 */
export function readItem<T>(item: T, reader: ItemReader<T>, known?: ItemRecord): ItemRecord {
  const id = askSite('id', () => reader.id(item));
  if (typeof id !== 'string' || id.length === 0) {
    throw invalid('item id', id, 'Pass `id: (item) => string` to createAttune; ids are non-empty strings.');
  }
  const text = askSite('text', () => reader.text(item));
  if (typeof text !== 'string') {
    throw invalid(`text of item ${JSON.stringify(id)}`, text, 'Pass `text: (item) => string` to createAttune.');
  }
  const title = fieldOf(item, 'title') || fieldOf(item, 'name') || text;
  if (known?.text === text && known.id === id && known.title === title) return known;
  return record(id, text, title);
}

/**
 * What a function given by the site says.
 *
 * @throws AttuneError `input/invalid` when it throws
 */
export function askSite(name: string, ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    throw invalid(`the \`${name}\` option threw`, error, 'It must return something for every item, also odd ones.');
  }
}

function record(id: string, text: string, title: string): ItemRecord {
  return { id, text: cut(text, MAX_TEXT_LENGTH), title: cut(title.trim(), 120) };
}

/** The first `length` code units, half a character at the end replaced where the browser can. */
function cut(text: string, length: number): string {
  const start = text.slice(0, length);
  return start.toWellFormed?.() ?? start;
}

/** Default `id`: the item's `id`, `slug` or `url`, whichever comes first; numbers are written out. */
export function defaultId(item: unknown): string {
  const value = fieldOf(item, 'id') || fieldOf(item, 'slug') || fieldOf(item, 'url');
  return value;
}

/** Default `text`: title (or name), description (or summary), vendor, tags and the `alt` of images, each ended by a full stop. */
export function defaultText(item: unknown): string {
  const tags = own(item, 'tags');
  const parts = [
    fieldOf(item, 'title') || fieldOf(item, 'name'),
    fieldOf(item, 'description') || fieldOf(item, 'summary'),
    fieldOf(item, 'vendor'),
    Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').join(', ') : '',
    ...imagesOf(item).map((image) => fieldOf(image, 'alt')),
  ];
  let text = '';
  for (const part of parts) if (part !== '') text += (text && ' ') + part + ('.!?'.includes(part.at(-1)!) ? '' : '.');
  return text;
}

/** An item's `images`, whatever they are. */
export function imagesOf(item: unknown): readonly unknown[] {
  const images = own(item, 'images');
  return Array.isArray(images) ? images : [];
}

function fieldOf(item: unknown, name: string): string {
  const value = own(item, name);
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function own(item: unknown, name: string): unknown {
  return item !== null && typeof item === 'object' ? (item as Record<string, unknown>)[name] : undefined;
}
