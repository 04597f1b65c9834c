import type { Attune } from 'attune';
import type { DemoItem } from './catalogue.js';
import { readItems } from './import-items.js';
import type { Notices } from './notices.js';

/** What dropped or chosen files may change. */
export interface ImportTarget {
  readonly attune: () => Attune<DemoItem> | undefined;
  readonly ids: () => ReadonlySet<string>;
  readonly notices: Notices;
  addItems(items: readonly DemoItem[]): Promise<void>;
  logChanged(): Promise<void>;
}

/** Read at once into memory; more is surely the wrong file. Judgement. */
const MAX_BYTES = 20_000_000;
const SHOWN_REASONS = 5;

/** Takes in a file of one's own items or one's own action log, whichever it is, and says what came of it. */
export async function importFile(file: File, target: ImportTarget): Promise<void> {
  const { notices } = target;
  try {
    if (file.size > MAX_BYTES) throw new Error('It is larger than 20 MB.');
    const text = await file.text();
    if (isActionLog(text)) await importLog(file, text, target);
    else await importItems(text, target);
  } catch (error) {
    notices.keep(`“${file.name}” could not be taken in. ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function importLog(file: File, text: string, { attune, notices, logChanged }: ImportTarget): Promise<void> {
  const sdk = attune();
  if (sdk === undefined) throw new Error('Personalization did not start on this page.');
  const { interactions, duplicates, rejected } = await sdk.data.import(text);
  await logChanged();
  notices.keep(
    `${count(interactions, 'action')} taken in from “${file.name}”, ${duplicates} already here, ${rejected.length} left out.`,
    firstReasons(rejected.map(({ row, reason }) => `Row ${row + 1}: ${reason}`)),
  );
}

async function importItems(text: string, { ids, notices, addItems }: ImportTarget): Promise<void> {
  const { items, rejected } = await readItems(text, looksLikeJson(text), ids());
  if (items.length > 0) await addItems(items);
  notices.keep(
    `${count(items.length, 'item')} of yours joined the list until you reload, ${rejected.length} left out.`,
    firstReasons(rejected),
  );
}

function firstReasons(reasons: readonly string[]): readonly string[] {
  const more = reasons.length - SHOWN_REASONS;
  return more > 0 ? [...reasons.slice(0, SHOWN_REASONS), `and ${more} more.`] : reasons;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** By content, not by name: an export of ours, or a table of timed actions. */
function isActionLog(text: string): boolean {
  if (looksLikeJson(text)) return /"format"\s*:\s*"attune-export"|"action_type"\s*:/.test(text.slice(0, 2000));
  const header = text.slice(0, 500).split(/\r?\n/, 1)[0]!.toLowerCase();
  return header.includes('timestamp') && header.includes('action_type');
}

function looksLikeJson(text: string): boolean {
  return /^[\uFEFF\s]*[[{]/.test(text);
}

/** Lets files be dropped anywhere on the page. */
export function acceptDrops(hint: HTMLElement, onFile: (file: File) => void): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    hint.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) hint.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    hint.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    for (const file of event.dataTransfer!.files) onFile(file);
  });
}
