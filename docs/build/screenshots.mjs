// README's pictures of the demo, light, dark and on a phone: `npm run screenshots` builds the demo and writes docs/images. Written as WebP by the
// browser itself, which needs a tenth of PNG's bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium } from '../../tests/chromium.mjs';

const SHOTS = [
  { name: 'light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone', viewport: { width: 390, height: 800 }, colorScheme: 'light' },
];
const QUALITY = 0.5; // judgement: letters are clean, and the three weigh less than 150 kB

/** A person who likes food and music, and wants it calm: then the order is theirs. */
const ACT = `(async () => {
  const { attune, items } = attuneDemo;
  for (const field of ['food', 'music']) {
    for (const item of items.filter((each) => each.field === field).slice(0, 4)) attune.track('save', item);
  }
  await attune.flush();
  document.querySelector('[data-testid=new-order]').click();
})()`;

const site = await preview({ mode: 'demo', logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
const executablePath = findChromium();
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
mkdirSync('docs/images', { recursive: true });
try {
  for (const { name, ...look } of SHOTS) {
    const page = await browser.newPage({ ...look, reducedMotion: 'reduce' });
    await page.goto(site.resolvedUrls.local[0]);
    await page.waitForSelector('html[data-attune~="ready"]');
    await page.evaluate(ACT);
    await page.waitForTimeout(1500); // places settle, notices go
    const webp = await asWebp(await page.screenshot(), look.viewport);
    writeFileSync(`docs/images/${name}.webp`, webp);
    console.log(`docs/images/${name}.webp: ${webp.length} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
  await site.close();
}

/** The same picture as WebP, by a blank page's canvas. */
async function asWebp(png, { width, height }) {
  const page = await browser.newPage();
  const url = await page.evaluate(
    async ({ source, w, h, quality }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      canvas.getContext('2d').drawImage(image, 0, 0, w, h);
      return canvas.toDataURL('image/webp', quality);
    },
    { source: `data:image/png;base64,${png.toString('base64')}`, w: width, h: height, quality: QUALITY },
  );
  await page.close();
  return Buffer.from(url.split(',')[1], 'base64');
}
