import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Addresses inside what we ship, and why each is there. Only the first is ever asked, and only if a site names no `host`. */
const KNOWN_ADDRESSES: readonly string[] = [
  'https://huggingface.co', // where a transformer named by hub id comes from unless `host` says otherwise
  'https://huggingface.co/', // transformers.js's own default of the same; ours is always set
  'https://cdn.jsdelivr.net/npm/onnxruntime-web@', // its default for the runtime; ours is always set (tests/e2e/csp)
  'https://huggingface.co/docs/transformers/main/en/chat_templating', // the rest is said in its error messages
  'https://huggingface.co/docs/transformers.js/guides/node-audio-processing.',
  'https://github.com/huggingface/transformers.js/issues/new/choose',
  'https://gist.github.com/hollance/42e32852f24243b748ae6bc1f985b13a',
  'https://developer.mozilla.org/en-US/docs/Web/API/Cache',
  'https://web.dev/cross-origin-isolation-guide/',
  'http://www.w3.org/2000/svg', // the name of drawings, in the elements; nothing is ever asked of it
  'https://rolldown.rs/in-depth/bundling-cjs#require-external-modules',
];

const scripts = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) => /\.m?js$/.test(file));
const code = new Map(scripts.map((file) => [file, readFileSync(`dist/${file}`, 'utf8')]));

/** Where `pattern` occurs, as `file: match`. */
function found(pattern: RegExp): string[] {
  return [...code].flatMap(([file, text]) => [...text.matchAll(pattern)].map(([match]) => `${file}: ${match}`));
}

test('no address stands in what we ship but the known ones', () => {
  const addresses = found(/(?<=["'`\s(])(?:https?:|wss?:)?\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s"'`)\\$]*/gi);
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((each) => !KNOWN_ADDRESSES.includes(each.replace(/^[^ ]+: /, '')))).toEqual([]);
});

test('nothing we ship knows how to send a beacon or hold a line open', () => {
  expect(
    found(/\bsendBeacon\b|\bkeepalive\b|\bWebSocket\b|\bEventSource\b|\bRTCPeerConnection\b|\bWebTransport\b/g),
  ).toEqual([]);
});

test('installing the package runs nothing and brings nothing else', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const run = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish', 'prepack'];
  expect(run.filter((name) => name in (manifest['scripts'] ?? {}))).toEqual([]);
  const brought = ['dependencies', 'optionalDependencies', 'bundleDependencies', 'gypfile'];
  expect(brought.filter((name) => name in manifest)).toEqual([]);
  expect(manifest['peerDependencies']).toEqual({ react: '>=18' }); // brought by who has it, for attune/react alone
  expect(manifest['peerDependenciesMeta']).toEqual({ react: { optional: true } });
  expect(manifest['bin']).toEqual({ attune: './dist/cli.js' }); // runs when it is called, by its name
  expect(existsSync('binding.gyp')).toBe(false); // would have npm run node-gyp by itself
});

test('the tarball holds the build and its papers, nothing else', () => {
  const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
  const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }];
  const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  expect(files.map(({ path }) => path).filter((path) => !path.startsWith('dist/') && !papers.includes(path))).toEqual(
    [],
  );
  expect(files.some(({ path }) => path === 'dist/index.js')).toBe(true);
});
