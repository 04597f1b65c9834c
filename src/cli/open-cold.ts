import { existsSync, readFileSync } from 'node:fs';
import { checksum } from '../core/checksum.js';
import { readPriors } from '../core/priors-file.js';
import { invalid } from '../errors.js';
import type { EvaluationLog } from '../lab/evaluation/log.js';
import { knowsAnswers, type Plan } from '../lab/evaluation/protocol.js';
import type { ColdStartSources } from '../lab/evaluation/rankers/cold-start.js';
import type { encodeItems } from './encode-items.js';
import type { LogArguments } from './log-options.js';
import { parseTable } from './read-log.js';

/** What is known of newcomers, and a name of it, so that no answers made with another are taken for its own. */
export interface ColdFiles {
  readonly sources: ColdStartSources;
  readonly name: string;
}

/**
 * The files that `--stated` and `--newcomers` name; undefined where neither is given.
 *
 * @throws AttuneError `input/invalid` for files that don't fit the log or the model, or know answers; `model/corrupt`
 */
export async function openCold(
  { text }: LogArguments,
  log: EvaluationLog,
  plan: Plan,
  encoder: Awaited<ReturnType<typeof encodeItems>> | undefined,
): Promise<ColdFiles | undefined> {
  const [said, shipped] = [text('stated'), text('newcomers')];
  if (said === undefined && shipped === undefined) return undefined;
  if (encoder === undefined)
    throw invalid('--model', 'none', 'Newcomers are ranked by meaning: items need texts and a model.');
  const files = [said, shipped].map((file) => (file === undefined ? undefined : readText(file)));
  const priors = files[1] === undefined ? undefined : readPriors(files[1]);
  if (priors !== undefined && priors.modelVersion !== encoder.modelVersion) {
    throw invalid('--newcomers', priors.modelVersion, `The model in use is ${encoder.modelVersion}: make it anew.`);
  }
  if (priors !== undefined && knowsAnswers(priors, log, plan)) {
    const newest = new Date(priors.until).toISOString();
    throw invalid(
      '--newcomers',
      newest,
      'It counts actions up to then, and earlier ones are asked for: it knows answers.',
    );
  }
  const stated = files[0] === undefined ? undefined : await readStated(files[0], said!, encoder);
  const name = files.map((file) => checksum(new TextEncoder().encode(file ?? '')).toString(16)).join('-');
  return { sources: { stated, priors }, name };
}

async function readStated(
  csv: string,
  path: string,
  { encode, dim }: Awaited<ReturnType<typeof encodeItems>>,
): Promise<ReadonlyMap<string, Float32Array[]>> {
  const rows = parseTable(csv, path).map((row) => Object.values(row));
  const numbers = new Map([...new Set(rows.map(([, text = '']) => text))].map((text, i) => [text, i]));
  const data = await encode([...numbers.keys()]);
  const stated = new Map<string, Float32Array[]>();
  for (const [user = '', text = ''] of rows) {
    const at = numbers.get(text)! * dim;
    stated.set(user, [...(stated.get(user) ?? []), data.subarray(at, at + dim)]);
  }
  return stated;
}

function readText(file: string): string {
  if (!existsSync(file)) throw invalid('file', file, 'There is no such file.');
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}
