// Makes a site of README and docs in dist-docs: `npm run docs`. Plain files with relative links, one style sheet and no script, so that it reads
// the same from a server, a folder or a phone without a network. The order of its pages is that of llms.txt.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Marked } from 'marked';

/** Pages by where they come from: what each is called in the site. */
function sitePages() {
  const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const top = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].filter((name) => existsSync(name));
  return new Map([
    ...docs.map((name) => [`docs/${name}`, name.replace('.md', '.html')]),
    ...top.map((name) => [name, name === 'README.md' ? 'index.html' : name.toLowerCase().replace('.md', '.html')]),
  ]);
}

/** Sections of llms.txt: their heading, and the pages in them. */
function sections() {
  const parts = readFileSync('docs/llms.txt', 'utf8').split(/^## /m).slice(1);
  return parts.map((part) => ({
    heading: part.split('\n')[0],
    links: [...part.matchAll(/^- \[([^\]]+)\]\(([\w-]+)\.md\)/gm)].map(([, title, name]) => ({
      title,
      to: `${name}.html`,
    })),
  }));
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Where a link of `page` leads in the site; undefined for what is not in it. */
function target(href, page, pages) {
  if (/^(https?:|#)/.test(href)) return href;
  const [path, place] = href.split('#');
  const file = new URL(path, `file:///${page}`).pathname.slice(1);
  if (file === 'docs/llms.txt') return 'llms.txt';
  const to = pages.get(file);
  return to && (place === undefined ? to : `${to}#${place}`);
}

function bodyOf(page, pages) {
  const marked = new Marked({
    renderer: {
      heading(text, depth, raw) {
        if (page === 'docs/api.md' && depth === 3) return `<h3>${text}</h3>\n`; // which has its own anchors: names may come twice
        const plain = raw.replaceAll(/\[([^\]]*)\]\([^)]*\)|<[^>]+>/g, '$1');
        return `<h${depth} id="${anchorOf(plain)}"><a class="here" href="#${anchorOf(plain)}">${text}</a></h${depth}>\n`;
      },
      link(href, _, text) {
        const to = target(href, page, pages);
        return to === undefined ? `<span class="elsewhere">${text}</span>` : `<a href="${escaped(to)}">${text}</a>`;
      },
      image: (href, _, text) => `<img src="images/${escaped(basename(href))}" alt="${escaped(text)}">`,
      table: (head, rows) =>
        `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead>${head}</thead><tbody>${rows}</tbody></table></div>\n`,
      code: (code, language = '') =>
        `<pre tabindex="0"><code class="${escaped(language)}">${escaped(code)}</code></pre>\n`,
    },
  });
  return marked.parse(readFileSync(page, 'utf8'));
}

function html(title, body, own) {
  const here = (to) => (to === own ? ' aria-current="page"' : '');
  const parts = sections().map(
    ({ heading, links }) =>
      `<h2>${heading}</h2><ul>${links.map(({ title: name, to }) => `<li><a href="${to}"${here(to)}>${escaped(name)}</a></li>`).join('')}</ul>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:; img-src 'self' file: data:">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="style.css">
<link rel="icon" href="data:,">
<a class="skip" href="#main">To the text</a>
<header><a href="index.html"${here('index.html')}>Attune</a></header>
<nav aria-label="Pages"><details><summary>Pages</summary>${parts.join('')}</details></nav>
<main id="main">${body}</main>
</html>
`;
}

const out = process.argv[2] ?? 'dist-docs';
const pages = sitePages();
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
for (const [page, name] of pages) {
  const body = bodyOf(page, pages);
  const [, title = 'Attune'] = /^# (.*)$/m.exec(readFileSync(page, 'utf8')) ?? [];
  writeFileSync(`${out}/${name}`, html(title === 'Attune' ? title : `${title} · Attune`, body, name));
}
cpSync('docs/build/style.css', `${out}/style.css`);
cpSync('docs/llms.txt', `${out}/llms.txt`);
if (existsSync('docs/images')) cpSync('docs/images', `${out}/images`, { recursive: true });
console.log(`${pages.size} pages: open ${out}/index.html`);
