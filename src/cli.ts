#!/usr/bin/env node
/** The command `attune`: what a site does with its items and logs before it serves them. Node 20.19 or later. */
import { buildTable, TRANSITIONS_HELP } from './cli/build-table.js';
import { buildPriors, PRIORS_HELP } from './cli/build-priors.js';
import { buildSequences, SEQUENCES_HELP } from './cli/build-sequences.js';
import { EVAL_HELP, evaluateLog } from './cli/evaluate.js';
import { indexItems, INDEX_HELP } from './cli/index-items.js';
import { AttuneError } from './errors.js';

const HELP = `attune index items.jsonl -o catalog.attune   makes a catalogue of your items
attune transitions LOG -o next.attune        makes a table of what people go on to
attune priors LOG -o priors.json             makes what newcomers are ranked by
attune sequences LOG -o set.attune           writes a log as training/foundation reads it
attune eval LOG -o report                    measures rankings on a log
attune --help                                this
attune COMMAND --help                        all about it
`;

const say = (text: string): void => void process.stderr.write(text);
const print = (text: string): void => void process.stdout.write(text);

/** By name: what it does, and what is said of it. */
const COMMANDS: Readonly<Record<string, readonly [(given: readonly string[]) => Promise<number>, string]>> = {
  index: [(given) => indexItems(given, say), INDEX_HELP],
  transitions: [(given) => buildTable(given, say), TRANSITIONS_HELP],
  priors: [(given) => buildPriors(given, say), PRIORS_HELP],
  sequences: [(given) => buildSequences(given, say), SEQUENCES_HELP],
  eval: [(given) => evaluateLog(given, { say, print, signal: interrupted() }), EVAL_HELP],
};

/** 0: done; 1: done, but some lines were left out; 2: nothing was made; 130: stopped. */
async function run([name = '', ...rest]: readonly string[]): Promise<number> {
  const [command, help] = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : [];
  if (command !== undefined && !rest.includes('--help') && !rest.includes('-h')) return command(rest);
  print(help ?? HELP);
  return help !== undefined || name === '--help' || name === '-h' ? 0 : 2;
}

/** Aborted at the first Ctrl-C; the second ends the process as ever. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const code = error instanceof AttuneError ? ` (${error.code})` : '';
  process.stderr.write(`attune: ${error instanceof Error ? error.message : String(error)}${code}\n`);
  process.exitCode = 2;
}
