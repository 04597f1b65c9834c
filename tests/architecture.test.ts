import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What files of a folder may import besides `errors.ts`: their own folder, and what lies to its left. */
const LEFT_OF = {
  core: ['core'],
  domain: ['core', 'domain'],
  workers: ['workers'],
  encoder: ['core', 'domain', 'workers', 'encoder'],
  storage: ['core', 'domain', 'storage'],
  compute: ['core', 'domain', 'workers', 'compute'],
  sdk: ['core', 'domain', 'encoder', 'storage', 'compute', 'sdk'],
  lab: ['core', 'domain', 'sdk', 'lab'],
  door: ['core', 'domain', 'workers', 'encoder', 'storage', 'compute', 'sdk', 'lab', 'door'],
  errors: [] as string[],
} as const;
type Layer = keyof typeof LEFT_OF;

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function codeOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(code: string): string[] {
  const patterns = [
    /\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

/**
 * A Worker's own file is a program, and a door of the package: it composes what lies anywhere. Who starts it names its URL and
 * imports nothing of it.
 */
const PROGRAM = 'src/compute/worker.ts';

function layerOf(file: string): Layer {
  if (file === PROGRAM) return 'door';
  if (file === 'src/errors.ts') return 'errors';
  const folder = file.split('/')[1]!;
  return Object.hasOwn(LEFT_OF, folder) ? (folder as Layer) : 'door';
}

/** What is wrong with `file` importing `specifier`, or undefined. */
function wrongArrow(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = join(dirname(file), specifier).split(sep).join('/');
  if (!target.startsWith('src/')) return `${file} leaves src: ${specifier}`;
  const [from, to] = [layerOf(file), layerOf(target.replace(/\.js$/, '.ts'))];
  const allowed: readonly string[] = LEFT_OF[from];
  if (file === 'src/compute/spawn.ts' && target === PROGRAM) return undefined;
  return to === 'errors' || allowed.includes(to) ? undefined : `${file} (${from}) imports ${specifier} (${to})`;
}

const source = filesIn('src');
const demo = filesIn('demo');

test('every import in src points to its own folder, to the left, or to errors.ts', () => {
  const wrong = source.flatMap((file) => importsOf(codeOf(file)).map((specifier) => wrongArrow(file, specifier)));
  expect(wrong.filter((problem) => problem !== undefined)).toEqual([]);
});

test('the rule itself refuses arrows to the right, sideways, and out of src', () => {
  expect(wrongArrow('src/core/scan.ts', '../domain/item.js')).toBeDefined();
  expect(wrongArrow('src/encoder/lite.ts', '../storage/memory.js')).toBeDefined();
  expect(wrongArrow('src/encoder/worker.ts', '../sdk/model.js')).toBeDefined();
  expect(wrongArrow('src/compute/client.ts', '../encoder/client.js')).toBeDefined();
  expect(wrongArrow('src/sdk/rank.ts', '../index.js')).toBeDefined();
  expect(wrongArrow('src/index.ts', '../tests/one-hot.js')).toBeDefined();
  expect(wrongArrow('src/sdk/rank.ts', '../lab/world.js')).toBeDefined();
  expect(wrongArrow('src/lab/encoder.ts', '../storage/memory.js')).toBeDefined();
  expect(wrongArrow('src/errors.ts', './core/vector.js')).toBeDefined();
  expect(wrongArrow('src/compute/client.ts', '../lab/world.js')).toBeDefined();
  expect(wrongArrow('src/compute/client.ts', './worker.ts')).toBeDefined();
  expect(wrongArrow('src/domain/item.ts', '../errors.js')).toBeUndefined();
  expect(wrongArrow('src/index.ts', './sdk/attune.js')).toBeUndefined();
});

test('the demo imports the public entry points, packages and its own files only', () => {
  const wrong = demo.flatMap((file) =>
    importsOf(codeOf(file))
      .filter((specifier) =>
        specifier.startsWith('.')
          ? !join(dirname(file), specifier).split(sep).join('/').startsWith('demo/')
          : specifier.startsWith('attune') && !['attune', 'attune/core', 'attune/lab'].includes(specifier),
      )
      .map((specifier) => `${file} imports ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test('core, domain and lab touch no page, no clock and no chance', () => {
  const banned = /\b(document|window|indexedDB|performance|Date\.now|Math\.random)\b|\bnew Date\(\)/g;
  const wrong = source
    .filter((file) => /^src\/(core|domain|lab)\//.test(file))
    .flatMap((file) => [...codeOf(file).matchAll(banned)].map((match) => `${file}: ${match[0]}`));
  expect(wrong).toEqual([]);
});

test('every public name has a doc comment where it is declared', () => {
  const bare: string[] = [];
  for (const entry of ['src/index.ts', 'src/lab.ts', 'src/elements.ts', 'src/react.ts']) {
    for (const [, names, from] of codeOf(entry).matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g)) {
      const file = join('src', from!.replace(/\.js$/, '.ts'));
      const text = readFileSync(join(root, file), 'utf8');
      for (const part of names!
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)) {
        const name = part.replace(/^type\s+/, '');
        const declared = new RegExp(`\\*/\\nexport (?:async )?(?:interface|type|class|function\\*?|const) ${name}\\b`);
        if (!declared.test(text)) bare.push(`${file}: ${name}`);
      }
    }
  }
  expect(codeOf('src/index.ts')).toContain('createAttune');
  expect(bare).toEqual([]);
});
