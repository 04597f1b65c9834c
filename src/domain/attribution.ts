import { type Interaction, interactionWeight, type KindWeights } from './interaction.js';

/** How long after an item was shown an action on it counts as come of that: 30 min (SPEC §6), the last ms included. */
export const WINDOW_MS: number = 30 * 60_000;

/** An item that was shown and whose window is open, with what was known of it then. */
export interface Trial<S> {
  readonly itemId: string;
  /** When it was shown last, epoch ms: the window is counted from here. */
  readonly at: number;
  readonly shown: S;
  /** An answer was found; what follows within the window belongs to the same trial and changes nothing. */
  readonly isAnswered: boolean;
}

/** What came of a trial. */
export interface Answer<S> {
  readonly shown: S;
  readonly y: 0 | 1;
  /** When that was known, epoch ms: at the action, or when the window closed. */
  readonly at: number;
}

/**
 * What came of showing items, from a log's next events and the trials they find open. A pure function of the events in
 * their order: taken in parts, at any instants, it says the same as taken whole.
 *
 * A positive action on an item shown within 30 min answers its trial with 1, a negative one with 0; a window that closes
 * unanswered is a 0. Showing an item again while its window is open is the same trial, begun anew with what is known
 * then; while it is answered, nothing. An `outcome` that the site supplies answers the open trial of its item, and is an
 * answer by itself where the item has none.
 *
 * O(events + open).
 *
 * @param open    trials in the order in which their windows close, as this function returns them
 * @param events  in (at, id) order, all after what was taken before, up to `until`
 * @param until   epoch ms: windows that closed before it are answered
 * @param shownOf what was known when an event of the kinds `impression` and `outcome` was noted
 * @returns the trials then open, and the answers in the order in which they were known
 */
export function attribute<S>(
  open: readonly Trial<S>[],
  events: readonly Interaction[],
  until: number,
  kinds: KindWeights,
  shownOf: (event: Interaction) => S,
): { readonly open: readonly Trial<S>[]; readonly answers: readonly Answer<S>[] } {
  const trials = new Map(open.map((trial) => [trial.itemId, trial]));
  const answers: Answer<S>[] = [];

  /** Trials stand in the order in which they were begun, and all windows are of one length. */
  function close(before: number): void {
    for (const { itemId, at, shown, isAnswered } of trials.values()) {
      if (at + WINDOW_MS >= before) return;
      trials.delete(itemId);
      if (!isAnswered) answers.push({ shown, y: 0, at: at + WINDOW_MS });
    }
  }

  for (const event of events) {
    const { itemId, at, kind } = event;
    close(at);
    const trial = trials.get(itemId);
    if (kind === 'impression') {
      if (trial?.isAnswered === true) continue;
      trials.delete(itemId); // to the end of those that wait
      trials.set(itemId, { itemId, at, shown: shownOf(event), isAnswered: false });
      continue;
    }
    const y = kind === 'outcome' ? suppliedAnswer(event) : answerOf(interactionWeight(event, kinds, 1));
    if (y === undefined) continue;
    if (trial === undefined) {
      if (kind === 'outcome') answers.push({ shown: shownOf(event), y, at });
    } else if (!trial.isAnswered) {
      trials.set(itemId, { ...trial, isAnswered: true });
      answers.push({ shown: trial.shown, y, at });
    }
  }
  close(until);
  return { open: [...trials.values()], answers };
}

function answerOf(weight: number): 0 | 1 | undefined {
  return weight === 0 ? undefined : weight > 0 ? 1 : 0;
}

/** Undefined for one that another program wrote without. */
function suppliedAnswer({ metadata }: Interaction): 0 | 1 | undefined {
  const y = metadata?.['y'];
  return y === 0 || y === 1 ? y : undefined;
}
