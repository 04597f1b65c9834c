#!/usr/bin/env node
/** The command `attune`: what a site does with its items before it serves them. Node 20.19 or later. */
import { indexItems, INDEX_HELP } from './cli/index-items.js';
import { AttuneError } from './errors.js';

const HELP = `attune index items.jsonl -o catalog.attune   makes a catalogue of your items
attune --help                                this
attune index --help                          all about it
`;

/** 0: done; 1: done, but some lines were left out; 2: nothing was made. */
async function run([command, ...rest]: readonly string[]): Promise<number> {
  const wantsHelp = rest.includes('--help') || rest.includes('-h');
  if (command === 'index' && !wantsHelp) return indexItems(rest, (line) => process.stderr.write(line));
  process.stdout.write(command === 'index' ? INDEX_HELP : HELP);
  return command === 'index' || command === '--help' || command === '-h' ? 0 : 2;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const code = error instanceof AttuneError ? ` (${error.code})` : '';
  process.stderr.write(`attune: ${error instanceof Error ? error.message : String(error)}${code}\n`);
  process.exitCode = 2;
}
