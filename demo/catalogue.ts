import catalog from './catalog.json';

/** What this site lists. `field` is a label for people; the SDK never reads it. */
export interface DemoItem {
  readonly id: string;
  readonly field: string;
  readonly title: string;
  readonly summary: string;
  readonly tags: readonly string[];
}

/** 432 things over 12 fields, fields alternating. */
export const catalogue: readonly DemoItem[] = catalog;

/** The field of items a person brought along. */
export const OWN_FIELD = 'yours';

/** The text that stands for an item: without its field, so that closeness is earned by words alone. */
export function itemText(item: DemoItem): string {
  return `${item.title}. ${item.summary} ${item.tags.join(' ')}`;
}

/** A field's name for people. */
export function fieldLabel(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
