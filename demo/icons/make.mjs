// Draws the PNG icons from icon.svg: `node demo/icons/make.mjs`. Systems that take no SVG need them, and so do masks, which
// cut the corners off: there the drawing keeps to the middle four fifths.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium } from '../../tests/chromium.mjs';

const svg = readFileSync(new URL('../icon.svg', import.meta.url), 'utf8');
const GROUND = '#0f5f52'; // the icon's own

/** The icon's drawing at `share` of a square of `size`, on its ground to the edge if it is to be masked. */
function page(size, share) {
  const ground = share < 1 ? GROUND : 'transparent';
  const inner = Math.round(size * share);
  return `<style>body{margin:0;width:${size}px;height:${size}px;display:grid;place-items:center;background:${ground}}
    svg{display:block;width:${inner}px;height:${inner}px}</style>${svg}`;
}

const executablePath = findChromium();
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath, args: ['--no-sandbox'] });
try {
  for (const [name, size, share] of [
    ['icon-192', 192, 1],
    ['icon-512', 512, 1],
    ['icon-mask', 512, 0.8],
  ]) {
    const tab = await browser.newPage({ viewport: { width: size, height: size } });
    await tab.setContent(page(size, share));
    writeFileSync(new URL(`./${name}.png`, import.meta.url), await tab.screenshot({ omitBackground: true }));
    await tab.close();
  }
} finally {
  await browser.close();
}
