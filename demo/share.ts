import type { DemoItem } from './catalogue.js';

/** Link that opens an item on this page. */
function linkTo(item: DemoItem): string {
  return new URL(`#open=${encodeURIComponent(item.id)}`, location.href).href;
}

/** Id of the item the address asks for, or null. */
export function linkedId(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('open');
}

/**
 * Hands the link to the system's share sheet, or to the clipboard.
 *
 * @returns what to tell the person; null when they changed their mind
 */
export async function share(item: DemoItem): Promise<string | null> {
  const url = linkTo(item);
  if (typeof navigator.share === 'function') {
    try {
      await navigator.share({ title: item.title, url });
      return `Shared “${item.title}”.`;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return `Link to “${item.title}” copied.`;
  } catch {
    return `Copy this link to share it: ${url}`; // no clipboard without https or permission
  }
}
