// Finds the Chromium that tests run in, or installs one: CHROMIUM_PATH, Playwright's own, the system's.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** As root Chromium needs --no-sandbox; the rest keeps it from talking to the network by itself. */
export const chromiumArgs = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGPU drawn by the processor: right, and slow. */
export const softwareGpuArgs = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** The path of a Chromium that is here, or undefined. */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  const folders = (process.env.PATH ?? '').split(':');
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const folder = folders.find((candidate) => existsSync(`${candidate}/${name}`));
    if (folder) return `${folder}/${name}`;
  }
  return undefined;
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** The path of a Chromium, installed first if none is here. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const system = [
    ['sh', ['-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium']],
    ['sh', ['-c', 'sudo -n apt-get update -qq && sudo -n apt-get install -y -qq --no-install-recommends chromium']],
  ];
  const playwright = [
    ['npx', ['playwright', 'install', '--with-deps', 'chromium']],
    ['npx', ['playwright', 'install', 'chromium']],
  ];
  // Ubuntu's package of that name only points to a snap, which finds no display on a server.
  const ways = isDebian() ? [...system, ...playwright] : [...playwright, ...system];
  for (const [command, args] of ways) {
    console.log(`No Chromium here yet: ${command} ${args.join(' ')}`);
    try {
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 240_000 });
    } catch {
      continue; // the next way
    }
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error('No Chromium could be found or installed. Set CHROMIUM_PATH to one.');
}
