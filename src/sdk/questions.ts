import type { embed } from './embed.js';
import type { explain } from './explain.js';
import type { OutcomeParts } from './outcomes.js';

/** What a page asks now and then, each with what it takes to answer, under the facade's names. Loaded with the first question. */
export { embed } from './embed.js';
export { explain } from './explain.js';
export { calibration, impression, observe, outcome, refit, score } from './outcomes.js';

/** Everything that answers are made from. */
export type Desk<T> = OutcomeParts<T> & Parameters<typeof explain<T>>[0] & Parameters<typeof embed<T>>[0];
