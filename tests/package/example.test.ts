import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the smallest example prints, for three sliders, contributions that sum to the raw score', () => {
  const printed = execFileSync(process.execPath, ['examples/mvp/terminal.mjs'], { encoding: 'utf8' });
  const sliders = [...printed.matchAll(/^(\w+): raw ([+-][\d.]+), probability .*\n((?: {2}.*\n)+)/gm)];
  expect(sliders.map(([, id]) => id)).toEqual(['pace', 'setting', 'company']);
  for (const [, id, raw, lines] of sliders) {
    const parts = [...lines!.matchAll(/= ([+-][\d.]+)/g)].map(([, value]) => Number(value));
    expect(parts, id).toHaveLength(4);
    expect(parts.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Number(raw), 2);
  }
});
