import type { AnyAttune } from '../link.js';
import type { Formats } from './formats.js';
import type { InspectorMessages } from './messages.js';

/** What a section of the inspector is made with. */
export interface PanelParts {
  readonly attune: AnyAttune;
  readonly messages: InspectorMessages;
  readonly format: Formats;
  /** Tells what was done, with a way back where there is one. */
  readonly say: (text: string, undo?: () => Promise<unknown>) => void;
  /** Has all open sections read again. */
  readonly renew: () => void;
  /** Runs what a button asks for: what fails is told, and afterwards all is read again. */
  readonly act: (task: () => Promise<unknown>) => void;
  /** Tells the page, which may have to remember it. */
  readonly tell: (type: 'consent' | 'privacy' | 'erase', detail: unknown) => void;
}

/** A section: what it shows, and how that is read again. */
export interface Panel {
  readonly nodes: readonly Node[];
  refresh(): Promise<void>;
  /** Lets go of what it listens to. */
  end?(): void;
}

/** Puts rows in the place of others; the focus stays with the control of the same `data-key`, or else with the one in its place. */
export function redraw(list: HTMLElement, rows: readonly Node[], instead: () => HTMLElement | null | undefined): void {
  const active = (list.getRootNode() as ShadowRoot).activeElement;
  const before = controlsIn(list).indexOf(active as HTMLElement);
  const key = before === -1 ? undefined : (active as HTMLElement).dataset['key'];
  list.replaceChildren(...rows);
  if (before === -1) return;
  const controls = controlsIn(list);
  const same = controls.find(({ dataset }) => key !== undefined && dataset['key'] === key);
  (same ?? controls[Math.min(before, controls.length - 1)] ?? instead())?.focus();
}

function controlsIn(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('button, input')];
}
