// Makes of an exported log one with which nothing can be told about the person (docs/export.md, "Anonymized").
//
//   npm run log:anonymize -- in.json [-o out.json] [--keep KEY …] [--seed N]
//
// `--keep` names keys of context and metadata that stay. With `--seed` the result can be had again, by whoever guesses the
// seed too: for tests. Without it chance comes from the system and is kept nowhere.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = 'npm run log:anonymize -- in.json [-o out.json] [--keep KEY …] [--seed N]';

try {
  const { file, out, keep, seed } = readArguments();
  const text = `${JSON.stringify(await anonymized(readFileSync(file, 'utf8'), keep, seed), null, 1)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
} catch (error) {
  console.error(error.name === 'AttuneError' ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 2;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', short: 'o' },
      keep: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
    },
  });
  if (positionals.length !== 1) throw new Error(usage);
  if (values.seed !== undefined && !/^-?\d+$/.test(values.seed)) throw new Error(`--seed: a whole number. ${usage}`);
  return { ...values, file: positionals[0], seed: values.seed === undefined ? undefined : Number(values.seed) };
}

async function anonymized(text, keep, seed) {
  const { openSources } = await import('../source-modules.mjs'); // only once there is something to do: it takes a moment
  const sources = await openSources();
  try {
    const { anonymizeLog } = await sources.load('/src/lab/anonymize.ts');
    const { parseImport } = await sources.load('/src/sdk/import.ts');
    const { seeded } = await sources.load('/src/core/random.ts');
    const { interactions, items, rejected } = parseImport(text, 'default', rowIds(), (words) => words, Date.now());
    if (rejected.length > 0) console.error(`${rejected.length} rows left out; the first: ${rejected[0].reason}`);
    const log = { format: 'attune-export', version: 1, exportedAt: 0, interactions, items, sliders: {} };
    return anonymizeLog(log, { random: seed === undefined ? secretChance : seeded(seed), keep });
  } finally {
    await sources.close();
  }
}

/** Uniform in [0, 1), 53 bits of it. */
function secretChance() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

/** Ids of rows that have none of their own (CSV); they are replaced like all others. */
function rowIds() {
  let count = 0;
  return () => `row-${String(count++).padStart(9, '0')}`;
}
