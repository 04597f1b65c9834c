// Finds the Firefox and the WebKit that tests run in, or installs them: Debian's packages, which are the stock browsers.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const folders = (process.env.PATH ?? '').split(':');
const inPath = (name) => folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));

/** The path of a Firefox that is here, or undefined. */
export function findFirefox() {
  return process.env.FIREFOX_PATH ?? inPath('firefox-esr') ?? inPath('firefox');
}

/** The paths of WebKit's driver, its browser and a screen to show it on, or undefined unless all three are here. */
export function findWebKit() {
  const [driver, screen] = ['WebKitWebDriver', 'Xvfb'].map(inPath);
  const libraries = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : []).filter((name) =>
    name.endsWith('-linux-gnu'),
  );
  const browser = ['/usr/lib', '/usr/libexec', ...libraries.map((name) => `/usr/lib/${name}`)]
    .flatMap((folder) => ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map((name) => `${folder}/${name}`))
    .map((folder) => `${folder}/MiniBrowser`)
    .find((file) => existsSync(file));
  return driver && screen && browser ? { driver, screen, browser } : undefined;
}

/** The version of a Firefox that runs, installed first if there is none. */
export function ensureFirefox() {
  return firefoxVersion() ?? (install('firefox-esr'), firefoxVersion());
}

/** The path of a WebKit that can be driven, installed first if there is none; it tells its version to its driver only. */
export function ensureWebKit() {
  if (findWebKit() === undefined) install('webkit2gtk-driver', 'xvfb');
  return findWebKit()?.browser;
}

/** Asked of the browser itself: on Ubuntu `firefox` may be a script that only asks for a snap. */
function firefoxVersion() {
  const path = findFirefox();
  if (path === undefined) return undefined;
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function install(...packages) {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo -n ';
  const command = `${sudo}apt-get update -qq && ${sudo}apt-get install -y -qq --no-install-recommends ${packages.join(' ')}`;
  console.log(`\n${packages.join(' and ')} not here yet: ${command}`);
  try {
    execFileSync('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 });
  } catch {
    // Said by apt itself, and by whoever finds no browser next.
  }
}
