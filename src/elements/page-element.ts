/**
 * `elements` is the door for pages that want Attune's controls as tags: custom elements over the public API and nothing else,
 * without a style or script that a strict policy would refuse. Here is what they extend: the browser's `HTMLElement`, or on a
 * server something that can be extended and is never made.
 */
export const PageElement: typeof HTMLElement =
  (globalThis as Partial<typeof globalThis>).HTMLElement ?? (Object as unknown as typeof HTMLElement);

/** Lets properties that were set before the element was defined take their way through its setters. */
export function adoptEarly(host: HTMLElement, ...names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(host, name)) continue;
    const value: unknown = Reflect.get(host, name);
    Reflect.deleteProperty(host, name);
    Reflect.set(host, name, value);
  }
}

/** The language of what the element stands in, also from within a shadow tree; else the browser's. */
export function localeOf(host: Element): string {
  for (let at: Element | null = host; at !== null; at = hostOf(at)) {
    const found = at.closest('[lang]')?.getAttribute('lang');
    if (found !== null && found !== undefined && isLocale(found)) return found;
  }
  return navigator.language;
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false; // a page's mistake, such as lang="english"
  }
}
