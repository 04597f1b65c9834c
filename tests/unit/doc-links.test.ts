import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const top = readdirSync('.').filter((name) => name.endsWith('.md'));
const pages = [
  ...top,
  ...readdirSync('docs')
    .filter((name) => /\.(md|txt)$/.test(name))
    .map((name) => `docs/${name}`),
];

/** Without code, in which brackets are no links. */
const proseOf = (page: string): string =>
  readFileSync(page, 'utf8').replaceAll(/^ *```[^]*?^ *```|`[^`\n]*`/gm, (code) => code.replaceAll(/[[\]]/g, ''));

/** Names of a page's places: of headings, as GitHub makes them, and those that it gives itself. */
function anchorsOf(page: string): Set<string> {
  const text = readFileSync(page, 'utf8').replaceAll(/^ *```[^]*?^ *```/gm, '');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
    words!
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}

test('every link in README and docs leads to a file, and to a place in it, that is there', () => {
  const links = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => ({ page, to: to! })),
  );
  const own = links.filter(({ to }) => !/^[a-z]+:/.test(to));
  expect(own.length).toBeGreaterThan(300);
  const places = new Map<string, Set<string>>();
  const broken = own.filter(({ page, to }) => {
    const [path = '', place] = to.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(file)) return true;
    if (place === undefined) return false;
    if (statSync(file).isDirectory()) return true;
    if (!places.has(file)) places.set(file, anchorsOf(file));
    return !places.get(file)!.has(place);
  });
  expect(broken.map(({ page, to }) => `${page}: ${to}`)).toEqual([]);
});

test('every page of the docs is in llms.txt', () => {
  const told = readFileSync('docs/llms.txt', 'utf8');
  expect(pages.filter((page) => /^docs\/.*\.md$/.test(page) && !told.includes(`(${page.slice(5)})`))).toEqual([]);
});
