import { AttuneError, asAttuneError } from '../errors.js';

/** Says once of each element and reason what is wrong with it: an `attune-warning` event, and the console unless that is prevented. */
export type Tell = (element: Element, error: unknown) => void;

/** What is wrong with an element, as AttuneError `input/invalid`. */
export function input(what: string): AttuneError {
  return new AttuneError('input/invalid', `data-attune-list: ${what}`);
}

/** Nothing of what failed reaches the page's own code as an exception. */
export function createTell(): Tell {
  const told = new WeakMap<Element, Set<string>>();
  return (element, cause) => {
    const error = asAttuneError(cause, 'input/invalid', 'Attune could not do something for this element');
    if (error.code === 'closed') return; // the page closed it, and knows
    const already = told.get(element) ?? new Set();
    if (already.has(error.message)) return;
    told.set(element, already.add(error.message));
    const event = new CustomEvent('attune-warning', { bubbles: true, cancelable: true, detail: error });
    if (element.dispatchEvent(event)) console.warn(error, element);
  };
}
