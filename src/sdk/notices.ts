import { KIND_PRESETS } from '../domain/interaction.js';
import { type AttuneError, invalid } from '../errors.js';

/** What a page is told once. */
export type Notice = 'images' | 'kind' | 'duplicate-id' | 'unknown-text';

const WARNINGS: Readonly<Record<Notice, (found: string) => AttuneError>> = {
  images: () => invalid('images', 'of an item', 'No encoder here looks at pixels; their `alt` texts are read.'),
  kind(found) {
    const listed = Object.keys(KIND_PRESETS.feed).join(', ');
    return invalid('unknown kind', found, `It weighs 1; give it a weight in \`kinds\`. Known: ${listed}.`);
  },
  'duplicate-id': () => invalid('items', 'the same id twice', 'Ids should differ; each is ranked as given.'),
  'unknown-text': (found) => invalid('text', found, 'The encoder knows no word of them; they stand as given.'),
};

/** The warning that says it of what was found. Loaded with the first. */
export function notice(name: Notice, found: string): AttuneError {
  return WARNINGS[name](found);
}
