// The storage contract and whole stories in the stock Firefox and WebKit: finds or installs each, or says aloud that it
// was not tested. With XBROWSER_REQUIRED set a browser that is missing is a failure.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { ensureFirefox, ensureWebKit } from './browsers/find.mjs';
import { closeTally, fromPlaywright, fromVitest, skip, step, suite } from './tally.mjs';

const folder = 'test-results/browsers';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const isBuilt = step('build', 'npm', 'run', '--silent', 'build');
for (const [name, ensure, packages] of [
  ['firefox', ensureFirefox, 'firefox-esr'],
  ['webkit', ensureWebKit, 'webkit2gtk-driver and xvfb'],
]) {
  const found = ensure();
  if (found === undefined) {
    const wayOut = `not here, and apt-get could not install it. Install ${packages}${name === 'firefox' ? ', or set FIREFOX_PATH' : ''}.`;
    if (process.env.XBROWSER_REQUIRED) step(`${name}: ${wayOut}`, 'false');
    else skip(name, wayOut);
    continue;
  }
  console.log(`\n── ${found}`);
  const config = ['--config', 'tests/browsers/vitest.config.ts', '--project', name];
  const report = `${folder}/${name}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  suite(`browser tests in ${name}`, report, fromVitest, 'npx', 'vitest', 'run', ...config, ...reporters);
  if (!isBuilt) continue;
  const stories = ['--config', 'tests/browsers/playwright.config.ts', '--project', name];
  suite(`stories in ${name}`, `${folder}/stories.json`, fromPlaywright, 'npx', 'playwright', 'test', ...stories);
}
writeFileSync(`${folder}/tally.json`, JSON.stringify(closeTally()));
