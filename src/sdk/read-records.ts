import { invalid } from '../errors.js';
import {
  askSite,
  defaultText,
  imagesOf,
  type ItemRecord,
  MAX_TEXT_LENGTH,
  readItem,
  textItem,
} from '../domain/item.js';
import type { ResolvedOptions } from './options.js';

/** From the site's items and texts to records, redacted. Both throw AttuneError `input/invalid`. */
export interface RecordReader<T> {
  readonly recordOf: (item: T | string) => ItemRecord;
  readonly redacted: (text: string) => string;
}

/** @param onImages told of each item whose images are not looked at, unless the site gives the text itself */
export function createRecordReader<T>(
  { reader, redact }: Pick<ResolvedOptions<T>, 'reader' | 'redact'>,
  onImages: () => void,
): RecordReader<T> {
  /** What was read of the site's items, as given: the same record again costs no new text, and none to be hashed. */
  const seen = new WeakMap<object, ItemRecord>();

  function redacted(text: string): string {
    const result = askSite('redact', () => redact(text));
    if (typeof result !== 'string') throw invalid('what `redact` returned', result, 'It must return a string.');
    return result;
  }

  function recordOf(item: T | string): ItemRecord {
    if (typeof item === 'string') {
      if (item.trim() === '') throw invalid('text', item, 'Pass an item, or a text with words in it.');
      return textItem(redacted(item.slice(0, MAX_TEXT_LENGTH)));
    }
    const known = seen.get(item as object);
    const read = readItem(item, reader, known);
    if (read !== known && Object(item) === item) seen.set(item as object, read);
    if (reader.text === defaultText && imagesOf(item).length > 0) onImages();
    const [text, title] = [redacted(read.text), redacted(read.title)];
    return text === read.text && title === read.title ? read : { ...read, text, title };
  }

  return { recordOf, redacted };
}
