import { expect, test } from 'vitest';
import { placeItems } from '../../src/script/place.js';
import { seeded } from '../seeded.js';

/** Lists as sites write them: items and other children, blanks between all of them, before the first or not. */
function makeList(size: number, lead: boolean, random: () => number): { list: Element; items: Element[] } {
  const list = document.createElement('ul');
  const children = Array.from({ length: size }, (_, i) => {
    const child = document.createElement('li');
    child.id = `${random() < 0.2 ? 'other' : 'item'}${i}`;
    return child;
  });
  list.append(...children.flatMap((child, i) => (i > 0 || lead ? ['\n  ', child] : [child])), lead ? '\n' : '');
  document.body.append(list);
  return { list, items: children.filter(({ id }) => id.startsWith('item')) };
}

test('items take any order, others stay, blanks lie where they lay, and nothing is made anew', () => {
  const random = seeded(7);
  for (let round = 0; round < 200; round++) {
    const { list, items } = makeList(Math.floor(random() * 12), random() < 0.5, random);
    const form = (): string =>
      [...list.childNodes]
        .map((node) => (node instanceof Text ? (node.data === '' ? '' : ' ') : 'x'))
        .join('')
        .trimEnd();
    const before = [...list.children];
    const was = form();
    const wanted = items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key);
    placeItems(
      list,
      wanted.map(({ item }) => item),
    );
    const after = [...list.children];
    expect(after.filter((child) => items.includes(child))).toEqual(wanted.map(({ item }) => item));
    before.forEach((child, i) => items.includes(child) || expect(after[i]).toBe(child));
    expect(form()).toBe(was);
    list.remove();
  }
});

test('as few are moved as that takes: one that goes from the end to the front is one', () => {
  const { list, items } = makeList(50, true, () => 0.5);
  const seen = new MutationObserver(() => undefined);
  seen.observe(list, { childList: true });
  placeItems(list, [items.at(-1)!, ...items.slice(0, -1)]);
  const moved = seen
    .takeRecords()
    .flatMap(({ addedNodes }) => [...addedNodes].filter((node) => node instanceof Element));
  expect(moved).toEqual([items.at(-1)]);
  list.remove();
});
