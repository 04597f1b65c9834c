// `npm run lighthouse` after `npm run build:demo`: serves the built demo, compressed, and prints Lighthouse's four scores. It is
// fetched by npx at the version below and is no dependency: nothing else needs it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { ensureChromium } from '../tests/chromium.mjs';

const VERSION = '12.8.2'; // the last that runs on Node 20
const TYPES = {
  ...{ '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' },
  ...{ '.png': 'image/png', '.webmanifest': 'application/manifest+json' },
};

const folder = fileURLToPath(new URL('../dist-demo', import.meta.url));
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const isText = extname(file) in TYPES;
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  const forever = 'public, max-age=31536000, immutable';
  response.setHeader('cache-control', pathname.startsWith('/assets/') ? forever : 'no-cache');
  if (isText) response.setHeader('content-encoding', 'br');
  response.end(isText ? brotliCompressSync(readFileSync(file), quality) : readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const out = mkdtempSync(join(tmpdir(), 'lighthouse-'));
const report = join(out, 'report.json');
const preset = process.argv.includes('--desktop') ? ['--preset=desktop'] : [];
const args = [
  ...['--yes', `lighthouse@${VERSION}`, `http://127.0.0.1:${server.address().port}/`, '--quiet', ...preset],
  ...['--output=json', `--output-path=${report}`, '--chrome-flags=--headless=new --no-sandbox'],
];
const env = { ...process.env, CHROME_PATH: ensureChromium() };
const code = await new Promise((resolve) => spawn('npx', args, { env, stdio: 'inherit' }).on('close', resolve));
server.close();
if (code !== 0 || !existsSync(report)) process.exit(1);
const { categories, audits } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(out, { recursive: true });
for (const { title, score } of Object.values(categories)) console.log(`${title}: ${Math.round(100 * score)}`);
for (const id of [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
]) {
  console.log(`${audits[id].title}: ${audits[id].displayValue}`);
}
const failed = Object.values(audits).filter(
  ({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === 'binary',
);
for (const { title } of failed) console.log(`not met: ${title}`);
