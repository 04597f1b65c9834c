import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { staticBytes } from './bytes.js';

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
const [packed] = JSON.parse(answer) as [Packed];
const paths = packed.files.map(({ path }) => path);

test('a release holds no source map, test, secret or setting of anybody', () => {
  console.log(
    `package: ${paths.length} files, ${megabytes(packed.size)} MB packed, ${megabytes(packed.unpackedSize)} MB unpacked`,
  );
  expect(
    paths.filter((path) => /\.map$|\.test\.|\.spec\.|\.tsx?$(?<!\.d\.ts)|(^|\/)(\.|test)|\.(pem|key|log)$/.test(path)),
  ).toEqual([]);
  const texts = paths.filter((path) => /\.(js|mjs|json|md|ts)$/.test(path) && !path.startsWith('dist/runtime/'));
  expect(texts.length).toBeGreaterThan(100);
  const secret =
    /-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{30}|\bnpm_\w{30}|\bAKIA[A-Z0-9]{16}\b|sourceMappingURL=|\/(home|root|Users)\/\w/;
  expect(texts.filter((path) => secret.test(readFileSync(path, 'utf8')))).toEqual([]);
});

test('everything that the manifest names is in a release', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'exports' | 'bin',
    Record<string, unknown>
  >;
  const named = [manifest.exports, manifest.bin].flatMap((part) => Object.values(part).flatMap(targetsOf));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((target) => !paths.includes(target.replace('./', '')))).toEqual([]);
});

/** Files that a target of `exports` names, whatever its conditions. */
function targetsOf(target: unknown): string[] {
  return typeof target === 'string' ? [target] : Object.values(target as object).flatMap(targetsOf);
}

test("README's sizes are those of the build", () => {
  const readme = readFileSync('README.md', 'utf8').replaceAll(/\s+/g, ' ');
  const worker = existsSync('dist/assets/encoder-worker.js') ? staticBytes('dist/assets/encoder-worker.js') : 0;
  const page = new Set<string>();
  staticBytes('dist/index.js', page);
  const claims: readonly (readonly [RegExp, number])[] = [
    [/before `track` and `rank` can run is ([\d.]+) kB/, staticBytes('dist/index.js')],
    [/the script ([\d.]+) kB/, staticBytes('dist/script.js')],
    [/and ([\d.]+) kB for lists/, brotliCompressSync(readFileSync('dist/lists.js')).length],
    [/Worker's shell ([\d.]+) kB/, worker],
    [/elements ([\d.]+) kB/, staticBytes('dist/elements.js')],
    [/React ([\d.]+) kB/, staticBytes('dist/react.js', page)],
    [/service worker ([\d.]+) kB/, staticBytes('dist/service-worker.js')],
    [/the lab ([\d.]+) kB/, staticBytes('dist/lab.js')],
  ];
  for (const [claim, bytes] of claims) {
    const said = Number(claim.exec(readme)?.[1]);
    expect(
      Math.abs(said * 1000 - bytes),
      `${claim.source}: README says ${said} kB, the build has ${bytes} bytes`,
    ).toBeLessThanOrEqual(150);
  }
  const model = readdirSync('dist/models/lite').find((name) => name.endsWith('.attune'));
  expect(Number(/encoder, ([\d.]+) MB in one file/.exec(readme)?.[1])).toBeCloseTo(
    readFileSync(`dist/models/lite/${model}`).length / 1e6,
    1,
  );
  const whole = Number(/package is ([\d.]+) MB packed/.exec(readme)?.[1]);
  expect(
    Math.abs(whole - packed.size / 1e6),
    `README says ${whole} MB, npm packs ${packed.size} bytes`,
  ).toBeLessThanOrEqual(0.3);
});

test('what README says was measured stands in the pages that tell how', () => {
  const said = (page: string): string => readFileSync(page, 'utf8').replaceAll(/\s+/g, ' ');
  const targets = said('docs/targets.md');
  const card = /STS-B dev, Spearman × 100[^\n]* ([\d.]+) \|$/m.exec(
    readFileSync('public/models/lite/CARD.md', 'utf8'),
  )![1]!;
  const alone = /A lone `track` with its write takes ([\d.]+ ms)/.exec(said('README.md'))![1]!;
  for (const figure of [card, alone]) expect(targets).toContain(figure);
  const table = (page: string): string[] =>
    /<!-- peers[^>]*-->([^]*?)<!--/.exec(readFileSync(page, 'utf8'))![1]!.split('\n');
  const ours = table('README.md')
    .find((line) => line.startsWith('| Attune '))!
    .split('|')
    .map((cell) => cell.trim());
  const perSize = [1000, 10_000, 100_000].map((size) => {
    const part = readFileSync('docs/performance.md', 'utf8').split(`<!-- peers ${size} -->`)[1]!;
    return /\| Attune +\|[^|]*\| ([\d.]+)/.exec(part)![1];
  });
  expect(ours.slice(2, 5)).toEqual(perSize);
});

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
