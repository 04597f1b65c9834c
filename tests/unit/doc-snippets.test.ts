import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SNIPPET_PRELUDE } from '../snippet-prelude.js';

const GENERATED = ['docs/api.md', 'docs/options.md', 'docs/decisions.md'];
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith('.md') && !GENERATED.includes(page) && existsSync(page),
);

interface Snippet {
  readonly at: string;
  readonly code: string;
}

/** Code blocks of these languages, with the line where each begins. */
function snippets(...languages: readonly string[]): Snippet[] {
  const fence = new RegExp(`^ *\`\`\`(?:${languages.join('|')})\\n([^]*?)^ *\`\`\``, 'gm');
  return pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    return [...text.matchAll(fence)].map(({ index, 1: code }) => ({
      at: `${page}:${text.slice(0, index).split('\n').length}`,
      code: code!,
    }));
  });
}

test('every code block names a language that is checked here or beside', () => {
  const known = ['ts', 'tsx', 'js', 'html', 'sh', 'json', 'csv'];
  const named = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/^ *```(\w+)/gm)].map(([, name]) => name!),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('every snippet of script is right by the public types', () => {
  mkdirSync('tests/.tmp', { recursive: true });
  const folder = mkdtempSync('tests/.tmp/snippets-');
  try {
    const found = snippets('ts', 'js');
    expect(found.length).toBeGreaterThan(30);
    const config = {
      extends: '../../../tsconfig.json',
      compilerOptions: {
        types: ['vite/client'],
        ...{ noUncheckedIndexedAccess: false, noImplicitAny: false }, // a reader knows what is there
        ...{ noUnusedLocals: false, noUnusedParameters: false, allowUnusedLabels: true },
        paths: pathsOfEntries(),
      },
      include: ['.'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'prelude.d.ts'), SNIPPET_PRELUDE);
    for (const { at, code } of found) writeFileSync(join(folder, fileOf(at)), `${code}\nexport {};\n`);
    const known = new Map(found.map(({ at }) => [fileOf(at), at]));
    const said = typesSay(folder).replaceAll(/^.*?([\w-]+\.ts)(?=\()/gm, (_, file: string) => known.get(file) ?? file);
    expect(said).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const fileOf = (at: string): string => `${at.replaceAll(/\W/g, '-')}.ts`;

function pathsOfEntries(): Record<string, string[]> {
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as {
    compilerOptions: { paths: Record<string, string[]> };
  };
  const all = { ...compilerOptions.paths, 'attune/service-worker': ['./src/service-worker.ts'] };
  return Object.fromEntries(Object.entries(all).map(([name, [path]]) => [name, [`../../../${path!.slice(2)}`]]));
}

function typesSay(folder: string): string {
  try {
    return execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const VOID = ['input', 'img', 'meta', 'link', 'br'];

test('every snippet of markup is well-formed, and its attributes are known', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const code = sources.map((file) => readFileSync(join('src', file), 'utf8')).join('\n');
  for (const { at, code: markup } of snippets('html')) {
    const open: string[] = [];
    for (const [, close, tag, attributes] of markup.matchAll(
      /<(\/?)([\w-]+)((?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/g,
    )) {
      if (close === '/') expect(open.pop(), at).toBe(tag);
      else if (!VOID.includes(tag!)) open.push(tag!);
      for (const [, name, , json] of attributes!.matchAll(/\s(data-[\w-]+)(?:=(?:"([^"]*)"|'([^']*)'))?/g)) {
        const option = name!.slice(5).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
        const isKnown = code.includes(`readonly ${option}?:`) || code.includes(name!) || code.includes(`'${option}'`);
        expect(isKnown, `${at}: ${name}`).toBe(true);
        if (json?.startsWith('[')) JSON.parse(json);
      }
    }
    expect(open, at).toEqual([]);
    expect(markup.replaceAll(/<(\/?)([\w-]+)((?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/g, ''), at).not.toMatch(
      /[<>]/,
    );
  }
});

test('every command that is shown exists, with its flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const cli = readdirSync('src/cli').map((file) => readFileSync(`src/cli/${file}`, 'utf8'));
  const help = [readFileSync('src/cli.ts', 'utf8'), ...cli].join('\n');
  const commands = snippets('sh').flatMap(({ at, code }) =>
    code
      .replaceAll('\\\n', ' ')
      .split(/\n|&&/)
      .map((each) => ({ at, command: each.replace(/#.*/, '').trim() }))
      .filter(({ command }) => command !== ''),
  );
  expect(commands.length).toBeGreaterThan(30);
  for (const { at, command } of commands) expect(problemWith(command, scripts, help), `${at}: ${command}`).toBe('');
});

/** What is wrong with a command; '' for nothing. */
function problemWith(command: string, scripts: Readonly<Record<string, string>>, help: string): string {
  const [program, first, second, ...rest] = command.split(/\s+/);
  const missing = rest.find((each) => /^(tests|docs|training|bench)\//.test(each) && !existsSync(each));
  if (missing !== undefined) return `no file ${missing}`;
  if (program === 'npm') {
    if (['ci', 'install', 'test', 'pack'].includes(first!)) return '';
    return first === 'run' && Object.hasOwn(scripts, second!) ? '' : `no script ${second}`;
  }
  if (program === 'npx' && first === 'attune') {
    const flags = [second!, ...rest].filter((each) => each.startsWith('-'));
    const unknown = [...(second!.startsWith('-') ? [] : [`attune ${second} `]), ...flags].filter(
      (each) => !help.includes(each),
    );
    return unknown.length === 0 ? '' : `the help doesn't tell of ${unknown.join(', ')}`;
  }
  if (program === 'npx') return existsSync(`node_modules/.bin/${first}`) ? '' : `no ${first}`;
  if (program === 'node' || program === 'python3') return existsSync(first!) ? '' : `no file ${first}`;
  return `what is ${program}?`;
}
