// Projects as a newcomer makes them, with the packed package in each, as its bundler builds them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const root = resolve(here, '../..');

/** The folder that each project's build leaves; the one without a bundler is served as it is. */
const BUILT = { vite: 'dist', webpack: 'dist', next: 'out', esm: undefined };

export const projects = Object.keys(BUILT);

/** Packs `dist` into a new folder, outside of this repository, whose configuration is not theirs; the file's path. */
export function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'attune-bundlers-'));
  const [{ filename }] = JSON.parse(
    run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  return join(folder, filename);
}

/** Makes a project beside a packed file, installs from the registry and builds; the folder to serve. */
export function makeProject(name, packed) {
  const project = join(packed, '..', name);
  cpSync(join(here, name), project, { recursive: true });
  cpSync(join(here, 'story.js'), join(project, 'story.js'));
  run(project, 'npm', 'install', '--no-audit', '--no-fund', '--no-package-lock', packed);
  const built = BUILT[name];
  if (built === undefined) return project;
  cpSync(join(project, 'node_modules/attune/dist/models'), join(project, 'public/attune/models'), { recursive: true });
  run(project, 'npm', 'run', 'build');
  return join(project, built);
}

function run(cwd, command, ...args) {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
    });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}
