import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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

test('the site of the docs has a page for each, asks nobody for anything, and its links and places hold', () => {
  mkdirSync('tests/.tmp', { recursive: true });
  const folder = mkdtempSync('tests/.tmp/site-');
  try {
    execFileSync(process.execPath, ['docs/build/site.mjs', folder]);
    const names = readdirSync(folder).filter((name) => name.endsWith('.html'));
    expect(names).toHaveLength(pages.filter((page) => page.endsWith('.md')).length);
    const html = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    const broken = [...html].flatMap(([name, text]) =>
      [...text.matchAll(/(?<=\s)(href|src)="([^"]*)"/g)]
        .map(([, how, to]) => ({ name, how, to: to! }))
        .filter(({ how, to }) => (/^https?:/.test(to) ? how === 'src' : !holds(to, name, html, folder))),
    );
    expect(broken).toEqual([]);
    const loaded = [...html.values()].flatMap((text) =>
      [...text.matchAll(/<(?:link|script|img|iframe)[^>]*/g)].map(([tag]) => tag),
    );
    expect(loaded.filter((tag) => /https?:|<script/.test(tag))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function holds(to: string, name: string, html: ReadonlyMap<string, string>, folder: string): boolean {
  if (to.startsWith('data:')) return true;
  const [path = '', place] = to.split('#');
  const page = html.get(path === '' ? name : path);
  if (page === undefined) return existsSync(join(folder, path));
  return place === undefined || place === 'main' || page.includes(` id="${place}"`);
}

test('the pictures weigh at most 150 kB together, and each is shown', () => {
  const names = readdirSync('docs/images');
  expect(names.reduce((sum, name) => sum + statSync(`docs/images/${name}`).size, 0)).toBeLessThanOrEqual(150_000);
  const told = pages.map((page) => readFileSync(page, 'utf8')).join('\n');
  expect(names.filter((name) => !told.includes(`images/${name})`))).toEqual([]);
});
