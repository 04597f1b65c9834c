import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { expect, test } from 'vitest';
import { staticBytes } from './bytes.js';

/** Files that come before any of a module can run, itself included. */
function loadedFirst(entry: string, seen = new Set<string>()): Set<string> {
  staticBytes(entry, seen);
  return seen;
}

test('track and rank arrive in at most 15 kB', () => {
  const bytes = staticBytes('dist/index.js');
  console.log(`page: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(15_000);
});

test('the script is a loader of at most 2 kB, without imports of its own', () => {
  const code = readFileSync('dist/script.js', 'utf8');
  const bytes = staticBytes('dist/script.js');
  console.log(`script: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(2000);
  expect(code).not.toMatch(/\bexport\b|^import\b|[;}]import\b/); // a classic script knows neither
});

test('what lists on a page need is at most 3.2 kB more, and comes by itself', () => {
  const code = readFileSync('dist/lists.js');
  console.log(`lists: ${brotliCompressSync(code).length} bytes brotli`);
  expect(brotliCompressSync(code).length).toBeLessThanOrEqual(3200);
  expect(readFileSync('dist/script.js', 'utf8')).toContain('lists.js');
});

test('the service worker is one file of at most 22 kB that loads nothing later, which a service worker may not', () => {
  const code = readFileSync('dist/service-worker.js', 'utf8');
  console.log(`service worker: ${brotliCompressSync(code).length} bytes brotli`);
  expect(brotliCompressSync(code).length).toBeLessThanOrEqual(22_000);
  expect(code).not.toMatch(/\bimport\b/);
});

test('both elements arrive in at most 8.5 kB without the page, and a section of the inspector when it is opened', () => {
  const bytes = staticBytes('dist/elements.js');
  console.log(`elements: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(8500);
  const code = readdirSync('dist/assets').find((file) => file.startsWith('elements-'))!;
  const sections = /import\([`'"]\.\/(timeline|interests|reliability|changes|storage|requests|rights)-/g;
  expect([...readFileSync(`dist/assets/${code}`, 'utf8').matchAll(sections)]).toHaveLength(7);
});

test('the hooks add at most 2.2 kB to the page, and hold no React of their own', () => {
  const bytes = staticBytes('dist/react.js') - staticBytes('dist/index.js');
  console.log(`react: ${bytes} bytes brotli beside the page`);
  expect(bytes).toBeLessThanOrEqual(2200);
  const code = readFileSync('dist/react.js', 'utf8');
  expect(code).toMatch(/^["']use client["']/); // for frameworks that render on a server
  expect([...code.matchAll(/from\s*["']([^."'][^"']*)["']/g)].map(([, name]) => name)).toEqual(['react']);
});

test("the encoder Worker's shell is at most 14 kB before tokenizer, runtime and weights", () => {
  const bytes = staticBytes('dist/assets/encoder-worker.js');
  console.log(`worker shell: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(14_000);
});

test('the lab comes by itself, without the page, in at most 37 kB, and names no file but the compute Worker', () => {
  const code = readFileSync('dist/lab.js', 'utf8');
  expect([...code.matchAll(/\.\/assets\/[\w.-]+/g)].map(([path]) => path)).toEqual(['./assets/compute-worker.js']);
  console.log(`lab: ${brotliCompressSync(code).length} bytes brotli`);
  expect(brotliCompressSync(code).length).toBeLessThanOrEqual(37_000);
});

test('the compute Worker scans with at most 10 kB, and loads what evaluates or trains only when asked', () => {
  const bytes = staticBytes('dist/assets/compute-worker.js');
  console.log(`compute worker: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(10_000);
  for (const part of ['evaluation', 'training']) {
    expect(readFileSync('dist/assets/compute-worker.js', 'utf8')).toMatch(
      new RegExp(`\\bimport\\([\`'"]\\./compute-${part}-`),
    );
  }
});

test('what trains in the Worker is at most 5 kB more', () => {
  const [file] = readdirSync('dist/assets').filter((name) => name.startsWith('compute-training-'));
  const bytes = brotliCompressSync(readFileSync(`dist/assets/${file}`)).length;
  console.log(`training: ${bytes} bytes brotli`);
  expect(bytes).toBeLessThanOrEqual(5000);
});

test('the sequence model reads its file and runs in at most 8 kB, and comes with no page and no Worker before it is asked for', async () => {
  const entry = { file: 'src/compute/sequence/file.ts', model: 'src/compute/sequence/model.ts' };
  const library = { entry, formats: ['es' as const] };
  const options = { configFile: false as const, publicDir: false as const, logLevel: 'error' as const };
  const built = await build({ ...options, build: { lib: library, write: false, minify: true, target: 'es2022' } });
  const chunks = (built as Rollup.RollupOutput[])
    .flatMap(({ output }) => output)
    .filter(({ type }) => type === 'chunk');
  const bytes = chunks.reduce((sum, chunk) => sum + brotliCompressSync((chunk as Rollup.OutputChunk).code).length, 0);
  console.log(`sequence model: ${bytes} bytes brotli`);
  expect(bytes).toBeGreaterThan(2000);
  expect(bytes).toBeLessThanOrEqual(8000);
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!cli)\.js$/.test(file));
  const holders = files.filter((file) => readFileSync(join('dist', file), 'utf8').includes('attune-sequence-'));
  expect(files.length).toBeGreaterThan(10);
  expect(holders.map((file) => file.replace(/-[\w-]{6,8}\.js$/, '')).sort()).toEqual([
    'assets/compute-sequence',
    'assets/host',
  ]);
  const first = ['dist/index.js', 'dist/assets/compute-worker.js'].flatMap((file) => [...loadedFirst(file)]);
  expect(first.filter((file) => holders.includes(relative('dist', file)))).toEqual([]);
});

test.each(['encoder', 'compute'])('bundlers find the %s Worker by the literal pattern they know', (name) => {
  const literal = `new Worker(new URL("./${name}-worker.js",import.meta.url)`;
  const holders = readdirSync('dist/assets').filter((file) =>
    readFileSync(`dist/assets/${file}`, 'utf8').includes(literal),
  );
  expect(holders).toHaveLength(1); // beside the Worker's file, which it is relative to
});

test("nothing that the Worker loads imports the Worker's own file, which WebKit would run once more", () => {
  const parts = readdirSync('dist/assets').filter((file) => /^(encoder|compute)-/.test(file));
  const importing = parts.filter((file) =>
    /(encoder|compute)-worker\.js/.test(readFileSync(`dist/assets/${file}`, 'utf8')),
  );
  expect(parts.length).toBeGreaterThan(6);
  expect(importing).toEqual([]);
});
