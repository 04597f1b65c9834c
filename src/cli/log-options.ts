import { parseArgs } from 'node:util';
import { invalid } from '../errors.js';
import { createLog, type EvaluationLog } from '../lab/evaluation/log.js';
import { readLog, readTexts } from './read-log.js';

/** What every command on logs takes, for its help. */
export const LOG_HELP = `  --data LOG             the same as LOG
  --targets positive|all what counts as an action (default positive)
  --core N               only items and people with N actions or more
  --items FILE           texts of items: CSV, the id first
  --user, --item, --at, --kind, --weight, --rating, --dwell NAME   columns of a CSV
  --segment, --device, --phase, --hour, --weekday NAME   those that tell of the visit, hours and days as they were there
  --seed N               chance, such as the order of events of one instant (default 1)
`;

const COLUMNS = [
  ...(['user', 'item', 'at', 'kind', 'weight', 'rating', 'dwell'] as const),
  ...(['segment', 'device', 'phase', 'hour', 'weekday'] as const),
] as const;
const SHARED = ['data', 'targets', 'core', 'items', 'seed', 'out', ...COLUMNS] as const;

/** A command's options by name, read and checked. */
export interface LogArguments {
  /** The log's file or folder. */
  readonly input: string;
  readonly targets: 'positive' | 'all';
  readonly seed: number;
  /** As given; undefined where it wasn't. */
  text(name: string): string | undefined;
  /** @throws AttuneError `input/invalid` for anything but a whole number of 1 or more */
  whole(name: string, fallback: number): number;
  /** The first where none is given. @throws AttuneError `input/invalid` for one that isn't listed */
  oneOf<V extends string>(name: string, values: readonly [V, ...V[]]): V;
  isGiven(name: string): boolean;
}

/**
 * @param own  names of the command's own options that take a value
 * @param flags those that take none
 * @throws AttuneError `input/invalid`
 */
export function readLogArguments(
  given: readonly string[],
  command: string,
  own: readonly string[],
  flags: readonly string[] = [],
): LogArguments {
  const shorts: Readonly<Record<string, { short: string }>> = { out: { short: 'o' }, places: { short: 'k' } };
  const options = [...SHARED, ...own].map((name) => [name, { type: 'string' as const, ...shorts[name] }] as const);
  let parsed;
  try {
    parsed = parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(options),
        ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }])),
      },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw invalid('arguments', given.join(' '), `${why} See attune ${command} --help.`);
  }
  const values = parsed.values as Readonly<Record<string, string | undefined>>;
  const inputs = [...parsed.positionals, ...(values['data'] === undefined ? [] : [values['data']])];
  if (inputs.length !== 1) {
    throw invalid('log', inputs.join(' '), `Name one file or folder. See attune ${command} --help.`);
  }
  const read: Omit<LogArguments, 'targets' | 'seed'> = {
    input: inputs[0]!,
    text: (name) => values[name],
    isGiven: (name) => values[name] !== undefined,
    whole(name, fallback) {
      const value = values[name] === undefined ? fallback : Number(values[name]);
      if (Number.isInteger(value) && value >= 1) return value;
      throw invalid(`--${name}`, values[name], 'It is a whole number of 1 or more.');
    },
    oneOf(name, choices) {
      const found = values[name] === undefined ? choices[0] : choices.find((one) => one === values[name]);
      if (found === undefined) throw invalid(`--${name}`, values[name], `It is ${choices.join(' or ')}.`);
      return found;
    },
  };
  return { ...read, targets: read.oneOf('targets', ['positive', 'all']), seed: read.whole('seed', 1) };
}

/**
 * The log that the arguments name, and how many of its rows were left out; the first of them are said.
 *
 * @throws AttuneError `input/invalid`
 */
export function openLog(
  { input, seed, text, whole }: LogArguments,
  say: (text: string) => void,
): { readonly log: EvaluationLog; readonly left: number } {
  const names = COLUMNS.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)!] as const]));
  const { rows, texts, kindWeights, rejected } = readLog(input, Object.fromEntries(names));
  rejected.slice(0, 5).forEach(({ row, reason }) => say(`${input}, row ${row + 1}: ${reason}\n`));
  if (rejected.length > 0) say(`${rejected.length} rows left out\n`);
  const items = text('items');
  const log = createLog(rows, items === undefined ? texts : readTexts(items), {
    ...{ kindWeights, seed },
    core: whole('core', 1),
  });
  return { log, left: rejected.length };
}
