import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.mjs';
import { serve } from './serve.js';
import { slowTest } from './slow-test.js';

/** What somebody finds who reads the files of a browser that is closed. The markers are chance: nothing compresses them. */
const TEXT = 'qzvxkwjhpfbgmdyculrstnoeia';
const ITEM = 'wkqjzxvbphfygmducntlrsoaie';
const KIND = 'vjkqxzwhbpgfymducsltnroeai';
const NOTE = 'xqjzkvwbhgpfmydcultsnroiea';

const script = `
import { createAttune } from '/index.js';
const encrypt = { yes: true, secret: { secret: 'a text of the site' } }[location.search.slice(1)] ?? false;
const options = { consent: 'granted', encrypt, assetBase: '/', model: 'lexical' };
const earlier = await createAttune(options);
earlier.track('${KIND}', { id: '${ITEM}', title: '${TEXT}' }, { metadata: { note: '${NOTE}' } });
await earlier.close(); // with a snapshot
const attune = await createAttune(options);
attune.track('${KIND}', { id: '${ITEM}', title: '${TEXT}' });
attune.track('${KIND}', { id: '${ITEM}', title: '${TEXT}' });
const database = await new Promise((resolve) => {
  const request = indexedDB.open('attune/default');
  request.addEventListener('success', () => resolve(request.result));
});
const store = database.transaction('batches', 'readwrite').objectStore('batches');
const hold = () => store.get(0).addEventListener('success', hold); // so that the page leaves with a note
hold();
document.documentElement.dataset.ready = 'yes';
`;

/** Which of the words stand in any file below the folder, in one byte or two a character. */
function wordsIn(folder: string, words: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return existsSync(path) ? [readFileSync(path)] : []; // a journal of the browser's that went meanwhile
  });
  return words.filter((word) =>
    contents.some((bytes) => bytes.includes(Buffer.from(word)) || bytes.includes(Buffer.from(word, 'utf16le'))),
  );
}

for (const [encrypt, found] of [
  ['no', [TEXT, ITEM, KIND, NOTE]],
  ['yes', []],
  ['secret', []],
] as const) {
  const variant = encrypt === 'yes' ? slowTest : test;
  variant(
    `the files of a closed browser tell ${found.length} of 4 markers when the log is sealed: ${encrypt}`,
    async () => {
      const site = await serve('dist', {
        '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
        '/page.js': script,
        '/next.html': '<!doctype html><title>Next</title>',
      });
      const profile = test.info().outputPath('profile');
      const executablePath = findChromium();
      const context = await chromium.launchPersistentContext(profile, {
        args: chromiumArgs,
        ...(executablePath !== undefined && { executablePath }),
      });
      const page = await context.newPage();
      await page.route('**/page.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'cache-control': 'no-store' } });
      });
      await page.goto(`${site.origin}/page.html?${encrypt}`);
      await page.waitForSelector('html[data-ready]');
      await page.goto(`${site.origin}/next.html`);
      const notes = await page.evaluate('Object.values(localStorage)');
      expect(notes).toHaveLength(1);
      await expect.poll(() => wordsIn(profile, ['attune/default/leaving']), { timeout: 20_000 }).toHaveLength(1);
      await context.close();
      await site.close();
      expect(wordsIn(profile, [TEXT, ITEM, KIND, NOTE])).toEqual(found);
    },
  );
}
