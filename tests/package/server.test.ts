import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What a program in Node prints that imports the built package by its names. */
function run(program: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

test('a server may import every door; elements define nothing there, and hooks render the given order', () => {
  const printed = run(`
    import 'attune/elements/define';
    import { AttuneSliders, defineElements } from 'attune/elements';
    import { AttuneProvider, useAttune, useProfile, useRanking, useSliders } from 'attune/react';
    import { createElement } from 'react';
    import { renderToString } from 'react-dom/server';
    defineElements();
    function List() {
      const { items, waiting, partial, error } = useRanking([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { limit: 2 });
      const known = [useAttune(), useProfile(), useSliders().sliders.length, waiting, partial, error];
      return items.map(({ id }) => id).join() + ' ' + JSON.stringify(known);
    }
    const tree = createElement(AttuneProvider, { options: { maxWaitMs: -1 } }, createElement(List));
    console.log(typeof AttuneSliders, renderToString(tree).replaceAll('&quot;', '"'));
  `);
  expect(printed.trim()).toBe('function a,b [null,null,0,false,false,null]');
});
