/** An item as its element tells of it: what the site's own `id`, `text` and `rules` are given, if it has such. */
export interface PageItem {
  /** `data-attune-item`. */
  readonly id: string;
  /** `data-attune-text`, or what the element says. */
  readonly title: string;
  /** `data-attune-tags`, by commas. */
  readonly tags: readonly string[];
  readonly element: HTMLElement;
}

/** What is no part of what an item says: controls, and what nobody reads. */
const SILENT = 'button,select,textarea,script,style,template,noscript,[hidden],[data-attune-kind]';

const items = new WeakMap<HTMLElement, PageItem>();

/** The item of an element with `data-attune-item`; the same again as long as its attributes say the same. */
export function itemOf(element: HTMLElement): PageItem {
  const { attuneItem: id = '', attuneText, attuneTags = '' } = element.dataset;
  const title = attuneText ?? textOf(element);
  const known = items.get(element);
  const tags = attuneTags
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
  if (known?.id === id && known.title === title && known.tags.join() === tags.join()) return known;
  const item = { id, title, tags, element };
  items.set(element, item);
  return item;
}

/** The words in an element, and the `alt` of its images, in order. */
function textOf(element: Element): string {
  const accepts = (node: Node): number =>
    node instanceof Element && node.matches(SILENT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  const words: string[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accepts);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof HTMLImageElement) words.push(node.alt);
    else if (node instanceof Text) words.push(node.data);
  }
  return words.join(' ').replaceAll(/\s+/g, ' ').trim();
}
