import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSequenceFile } from '../src/compute/sequence/file.js';
import { openSequence } from '../src/compute/sequence/model.js';
import { biasedChances } from '../src/core/heads.js';
import { percentileInterval, resampling } from '../src/core/bootstrap.js';
import { logLossOf } from '../src/core/metrics.js';
import { applyPlatt } from '../src/core/platt.js';
import { seeded } from '../src/core/random.js';
import { finish } from '../src/core/steps.js';
import { attribute } from '../src/domain/attribution.js';
import { judgeBias, type KindLesson } from '../src/domain/heads.js';
import { openLite } from '../src/encoder/lite.js';
import { type Interaction, isAction, KIND_PRESETS } from '../src/domain/interaction.js';
import { isTakenUp, residualCurve, residualScore, type ScoreLesson, trainResidual } from './residual.js';

/**
 * What heads gain for one person: `node bench/run.mjs heads FOLDER…`, folders of exports by training/foundation/invented-log.mjs with
 * --shown. Heads are decided on the first three quarters of a log and asked about the last one.
 */

const model = openSequence(readSequenceFile(readFileSync('demo/foundation/invented.attune')));
const { width } = model.header.shape;
const encoder = openLite(new Uint8Array(readFileSync('public/models/lite/lite.attune')).buffer, '');
const known = new Map<string, Float32Array>();

async function rowOf(text: string): Promise<Float32Array> {
  if (!known.has(text)) known.set(text, (await encoder.encode([text])).data.slice());
  return known.get(text)!;
}
const [, , , ...folders] = process.argv;
const DECIDED = 0.75;
const PENALTIES = { bias: [1, 4, 16], residual: [0.1, 4, 32] };

interface Export {
  readonly interactions: readonly Interaction[];
  readonly items: readonly { readonly id: string; readonly text: string }[];
}

/** All that a log teaches, in the order in which it became known. */
async function lessonsOf({ interactions, items }: Export): Promise<{ kinds: KindLesson[]; scores: ScoreLesson[] }> {
  const rows = new Map<string, Float32Array>();
  for (const { id, text } of items) rows.set(id, await rowOf(text));
  const projected = new Map<string, Float32Array>();
  for (const [itemId, text] of rows) {
    const row = new Float32Array(width);
    model.project({ itemId, text }, row);
    projected.set(itemId, row);
  }
  const state = model.start();
  const kinds: KindLesson[] = [];
  const shown = new Map<string, Float32Array>();
  for (const event of interactions) {
    if (!isAction(event)) {
      const row = projected.get(event.itemId)!;
      shown.set(
        event.id,
        row.map((x, j) => x * state.user[j]!),
      );
      continue;
    }
    const kind = model.header.kinds.indexOf(event.kind);
    if (state.length > 0) kinds.push({ logs: model.kindsAfter(state).map(Math.log), kind });
    model.append(state, [{ ...event, text: rows.get(event.itemId)! }]);
  }
  const until = interactions.at(-1)!.at + 3_600_000;
  const { answers } = attribute([], interactions, until, KIND_PRESETS.feed, ({ id }) => shown.get(id)!);
  return { kinds, scores: answers.map(({ shown: products, y }) => ({ products, y })) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function kindLoss(bias: Float64Array, lessons: readonly KindLesson[]): number {
  const chances = new Float64Array(bias.length);
  return mean(
    lessons.map(({ logs, kind }) => {
      biasedChances(bias, logs, 0, chances);
      return -Math.log(chances[kind]!);
    }),
  );
}

function scoreLoss(residual: Float64Array, told: readonly ScoreLesson[], asked: readonly ScoreLesson[]): number {
  const curve = residualCurve(residual, told);
  return mean(asked.map(({ products, y }) => logLossOf(applyPlatt(curve, residualScore(residual, products)), y)));
}

/** Of each person: whether the head was taken up, and what it gains if it always is. */
function line(name: string, results: readonly { readonly inUse: boolean; readonly gain: number }[]): void {
  const gains = Float64Array.from(results, ({ inUse, gain }) => (inUse ? gain : 0));
  const [sums] = finish(resampling([gains], 2000, seeded(1)));
  const { value, low, high } = percentileInterval(
    mean([...gains]),
    sums!.map((sum) => sum / gains.length),
  );
  const used = results.filter(({ inUse }) => inUse).length / results.length;
  const shown = [value, low, high, mean(results.map(({ gain }) => gain))].map((x) => x.toFixed(4));
  console.log(
    `| ${name} | ${results.length} | ${(100 * used).toFixed(0)} % | ${shown[0]} (${shown[1]} to ${shown[2]}) | ${shown[3]} |`,
  );
}

for (const folder of folders) {
  const files = readdirSync(folder).sort();
  const people: Awaited<ReturnType<typeof lessonsOf>>[] = [];
  for (const file of files)
    people.push(await lessonsOf(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Export));
  console.log(
    `${folder}: ${mean(people.map(({ kinds }) => kinds.length)).toFixed(0)} actions, ${mean(people.map(({ scores }) => scores.length)).toFixed(0)} outcomes each`,
  );
  console.log('| head | people | in use | log loss gained (95 %) | if always |');
  for (const penalty of PENALTIES.bias) {
    const results = people.map(({ kinds }) => {
      const cut = Math.floor(DECIDED * kinds.length);
      const verdict = finish(judgeBias(kinds.slice(0, cut), penalty));
      const plain = new Float64Array(model.header.kinds.length);
      const asked = kinds.slice(cut);
      return {
        inUse: (verdict?.heldOut.interval.low ?? 0) > 0,
        gain: kindLoss(plain, asked) - kindLoss(verdict?.head ?? plain, asked),
      };
    });
    line(`bias, ${penalty}`, results);
  }
  for (const penalty of PENALTIES.residual) {
    const results = people.map(({ scores }) => {
      const cut = Math.floor(DECIDED * scores.length);
      const [told, asked] = [scores.slice(0, cut), scores.slice(cut)];
      const gain =
        scoreLoss(new Float64Array(width), told, asked) - scoreLoss(trainResidual(told, penalty), told, asked);
      return { inUse: isTakenUp(told, penalty), gain };
    });
    line(`residual, ${penalty}`, results);
  }
}
