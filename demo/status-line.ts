import type { Progress, Ranking } from 'attune';

/** The line above the list: what this order is, what is left out of it, and what is still on its way. */
export interface StatusLine {
  ranked(ranking: Ranking<unknown>): void;
  progress(progress: Progress): void;
  failed(): void;
}

/** @param leftOut opens the list of what is left out */
export function createStatusLine(line: HTMLElement, leftOut: HTMLElement): StatusLine {
  let shown = '';
  return {
    ranked({ length, partial, neutral, hidden }) {
      const order = partial ? 'partial' : neutral ? 'neutral' : 'personal';
      const state = `${order} ${length} ${hidden.length}`;
      if (state === shown) return; // every event of a drag comes by here
      shown = state;
      leftOut.hidden = partial;
      leftOut.textContent = hidden.length === 0 ? 'Nothing left out' : `${hidden.length} left out`;
      line.dataset['order'] = order;
      if (partial) line.textContent = 'In the order given, while your device learns to read…';
      else line.textContent = `${length} things, ${neutral ? 'in the order given' : 'in your own order'}.`;
    },
    progress({ loadedBytes, totalBytes }) {
      if (line.dataset['order'] !== 'partial') return;
      const size = totalBytes > 0 ? ` of ${megabytes(totalBytes)}` : '';
      line.textContent = `In the order given, while your device learns to read: ${megabytes(loadedBytes)}${size}`;
    },
    failed() {
      line.textContent = 'In the order given: personalization could not start on this page.';
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
