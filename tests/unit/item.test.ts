import { expect, test } from 'vitest';
import { defaultId, defaultText, MAX_TEXT_LENGTH, readItem, textItem } from '../../src/domain/item.js';

test('an image counts by its alt text', () => {
  const images = [{ src: '/a.jpg', alt: 'A loaf on a board' }, { src: '/b.jpg' }, '/c.jpg', null, { alt: 7 }];
  expect(defaultText({ title: 'Walnut loaf', images })).toBe('Walnut loaf. A loaf on a board. 7.');
  expect(defaultText({ title: 'Walnut loaf', images: 'many' })).toBe('Walnut loaf.');
});

test('an item’s text is its title, description, vendor and tags, each a sentence', () => {
  const item = { title: 'Walnut loaf', description: 'Baked today!', vendor: 'Mill Lane', tags: ['bread', 'nuts'] };
  expect(defaultText(item)).toBe('Walnut loaf. Baked today! Mill Lane. bread, nuts.');
});

test('name and summary stand in for title and description', () => {
  expect(defaultText({ name: 'Walnut loaf', summary: 'Baked today' })).toBe('Walnut loaf. Baked today.');
});

test('fields of a wrong type, blank fields and odd tags are left out of the text', () => {
  expect(defaultText({ title: ' ', description: {}, vendor: null, tags: ['a', 3, null] })).toBe('a.');
  expect(defaultText({ title: 'A', tags: 'bread' })).toBe('A.');
  for (const odd of [null, undefined, 7, 'text', []]) expect(defaultText(odd)).toBe('');
});

test('an item’s id is its id, slug or url, numbers written out', () => {
  expect(defaultId({ id: 7, slug: 's' })).toBe('7');
  expect(defaultId({ id: '', slug: 's', url: 'u' })).toBe('s');
  expect(defaultId({ url: 'u' })).toBe('u');
  for (const odd of [{}, null, undefined, 'text']) expect(defaultId(odd)).toBe('');
});

const reader = { id: defaultId, text: defaultText };

test('a title is the item’s own, or the start of its text', () => {
  expect(readItem({ id: 'a', title: ' Walnut loaf ' }, reader).title).toBe('Walnut loaf');
  expect(readItem({ id: 'a', description: 'Baked today' }, reader).title).toBe('Baked today.');
  expect(textItem('w'.repeat(500)).title).toHaveLength(120);
});

test('a text of a million characters is cut, and half a character at the cut is replaced', () => {
  expect(textItem('w'.repeat(1_000_000)).text).toHaveLength(MAX_TEXT_LENGTH);
  const { text, title } = textItem('👍'.repeat(500_000).slice(1));
  expect([text.isWellFormed(), title.isWellFormed()]).toEqual([true, true]);
});

test('the same text is the same item', () => {
  expect(textItem('walnut loaf')).toEqual(textItem('walnut loaf'));
  expect(textItem('walnut loaf').id).not.toBe(textItem('rye loaf').id);
});

test.each([
  ['no id', {}, reader],
  ['an id that is no string', {}, { ...reader, id: () => 7 as never }],
  ['a text that is no string', { id: 'a' }, { ...reader, text: () => undefined as never }],
  [
    'an `id` that throws',
    {},
    {
      ...reader,
      id: () => {
        throw new Error('boom');
      },
    },
  ],
  [
    'a `text` that throws',
    { id: 'a' },
    {
      ...reader,
      text: () => {
        throw new Error('boom');
      },
    },
  ],
] as const)('an item with %s is refused', (_, item, odd) => {
  expect(() => readItem(item, odd as never)).toThrow(
    expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' }),
  );
});
