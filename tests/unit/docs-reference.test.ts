import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { declarationOf, exportedNames, firstSentence } from '../../docs/build/declarations.mjs';
import { ENTRIES, pages } from '../../docs/build/reference.mjs';

test('the pages made from docstrings are as the docstrings are (npm run docs:reference makes them)', async () => {
  for (const [path, text] of Object.entries(await pages())) expect(readFileSync(path, 'utf8'), path).toBe(text);
});

test('every entry of the package is in the reference, and every public name has words of its own', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
  const code = ['./worker', './compute-worker', './elements/define', './package.json']; // which offer no names
  const entries = Object.keys(manifest.exports).filter((each) => !code.includes(each));
  expect(ENTRIES.map(([entry]) => entry.replace('attune', '.')).toSorted()).toEqual(entries.toSorted());
  const all = ENTRIES.flatMap(([entry, file]) => exportedNames(file).map((name) => ({ entry, file, name })));
  expect(all.length).toBeGreaterThan(200);
  const wordless = all.filter(({ file, name }) => firstSentence(declarationOf(file, name)?.doc ?? '') === '');
  expect(wordless.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
});

test('a declaration is read as it stands: overloads, generators, and types in braces', () => {
  expect(declarationOf('src/lab.ts', 'drawSessions')?.code[0]).toMatch(
    /^function drawSessions\(.*: Generator<Session>$/,
  );
  expect(declarationOf('src/index.ts', 'Forgetting')?.members.map(({ name }) => name)).toEqual(['removed', 'token']);
  expect(declarationOf('src/index.ts', 'Consent')?.code).toEqual([
    "type Consent = 'unknown' | 'granted' | 'denied' | 'withdrawn'",
  ]);
});
