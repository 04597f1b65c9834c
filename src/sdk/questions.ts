import type { embed } from './embed.js';
import type { explain } from './explain.js';
import type { MatchParts } from './match.js';
import type { more } from './more.js';
import type { SelectParts } from './select.js';

/** What a page asks now and then, under the names of the facade's methods. Loaded with the first question. */
export { embed } from './embed.js';
export { explain } from './explain.js';
export { related, search } from './match.js';
export { more } from './more.js';

export type Question = 'embed' | 'explain' | 'more' | 'related' | 'search';

type FirstOf<F extends (...given: never[]) => unknown> = Parameters<F>[0];

/** Everything that answers are made from. */
export type Desk<T> = MatchParts<T> &
  SelectParts<T> &
  FirstOf<typeof embed<T>> &
  FirstOf<typeof explain<T>> &
  FirstOf<typeof more<T>>;
