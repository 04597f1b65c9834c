import type { Interaction } from '../../domain/interaction.js';

type Value = (events: readonly Interaction[]) => number;

/** 1 for a person who did any of these, else 0. */
export function didAny(kinds: readonly string[]): Value {
  return (events) => (events.some(({ kind }) => kinds.includes(kind)) ? 1 : 0);
}

/** How often a person did these. */
export function timesDone(kinds: readonly string[]): Value {
  return (events) => events.filter(({ kind }) => kinds.includes(kind)).length;
}

/** How often a person did these for each hundred of `per`, such as hides of a hundred impressions; 0 where there is none. */
export function perHundred(kinds: readonly string[], per = 'impression'): Value {
  return (events) => {
    const all = events.filter(({ kind }) => kind === per).length;
    return all === 0 ? 0 : (100 * timesDone(kinds)(events)) / all;
  };
}

/** Mean of a number in the events' metadata, such as what exposures note of `latencyMs`; 0 where there is none. */
export function meanNoted(name: string): Value {
  return (events) => {
    const noted = events.map(({ metadata }) => metadata?.[name]).filter((x) => typeof x === 'number');
    return noted.length === 0 ? 0 : noted.reduce((sum, x) => sum + x, 0) / noted.length;
  };
}
