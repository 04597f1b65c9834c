import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim();
const blocks = (file: string, kind: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, 'g'))].map(([, code]) => code!);

test.each([
  ['docs/react.md', 'tsx', 'tests/types/react.test-d.tsx', 4],
  ['docs/elements.md', 'ts', 'tests/types/elements.test-d.ts', 3],
])('what %s shows stands in a file that the types are checked on', (page, kind, checked, count) => {
  const code = flat(readFileSync(checked, 'utf8'));
  const shown = blocks(page, kind).map((block) => flat(block.replaceAll(/^import .*;\n/gm, '')));
  expect(shown).toHaveLength(count);
  expect(shown.filter((each) => !code.includes(each))).toEqual([]);
});
