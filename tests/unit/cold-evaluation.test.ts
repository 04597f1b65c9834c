import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import '../allclose.js';
import { buildPriors } from '../../src/cli/build-priors.js';
import { evaluateLog } from '../../src/cli/evaluate.js';
import { readPriors } from '../../src/core/priors-file.js';
import { seeded } from '../../src/core/random.js';
import { memoryStore } from '../../src/headless.js';
import { createAttune } from '../../src/index.js';
import { worldEncoder } from '../../src/lab/encoder.js';
import { priorsOf } from '../../src/lab/evaluation/build-priors.js';
import { createLog } from '../../src/lab/evaluation/log.js';
import { planOf } from '../../src/lab/evaluation/protocol.js';
import { standardRankers } from '../../src/lab/evaluation/rankers/standard.js';
import { scoresFor } from '../../src/lab/evaluation/replay.js';
import { sourceOfExport } from '../../src/lab/evaluation/sources.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-cold-'));
afterAll(() => rmSync(folder, { recursive: true }));

test("'attune + prior' and 'newcomer, all links' give the very scores that the product gives", async () => {
  const world = createWorld({ seed: 12, items: 70, people: 1 });
  const context = { segment: 'here' };
  const drawn = exportOf(drawSessions(world, world.people[0]!, { count: 8 }), seeded(1));
  const file = { ...drawn, interactions: drawn.interactions.map((each) => ({ ...each, context })) };
  const texts = new Map(world.items.map(({ id, text }) => [id, text]));
  const source = sourceOfExport(file, 'me');
  const log = createLog(source.rows, texts, source);
  const plan = planOf(log, { kind: 'last-out', repeats: true });
  const event = plan.asks.findLastIndex((asks) => asks === 1);
  const embeddings = new Map(world.items.map(({ id, embedding }) => [id, embedding]));
  const rows = { data: Float32Array.from(log.items.flatMap(({ id }) => [...embeddings.get(id)!])), dim: world.dim };
  const { modelVersion } = worldEncoder(world);
  const priors = priorsOf(log, rows, { modelVersion, least: 1 });
  const slider = world.sliders[1]!;
  const stated = new Map([['me', [slider.poles[1]]]]);
  const rankers = standardRankers(log, plan, { rows, cold: { stated, priors: readPriors(priors) } });
  const scoresOf = (name: string): Float64Array =>
    scoresFor(
      log,
      plan,
      rankers.find((ranker) => ranker.name === name)!,
      event,
    );

  const items = log.items.map(({ id }) => world.items.find((item) => item.id === id)!);
  const productScores = async (until: number): Promise<number[]> => {
    const attune = await createAttune<(typeof world.items)[number]>({
      ...{ consent: 'granted', encoder: worldEncoder(world), store: memoryStore(), maxWaitMs: 60_000 },
      text: ({ text }) => text,
      now: () => log.at[event]!,
      priors: { file: priors, context },
    });
    await attune.preferences([slider.definition.high]);
    await attune.data.import({ ...file, interactions: file.interactions.filter(({ at }) => at < until) });
    const byId = new Map((await attune.rank(items)).map(({ id, score }) => [id, score]));
    await attune.close();
    return log.items.map(({ id }) => byId.get(id)!);
  };
  expect(scoresOf('attune + prior')).toBeAllclose(await productScores(log.at[event]!), { atol: 1e-9 });
  expect(scoresOf('newcomer, all links')).toBeAllclose(await productScores(0), { atol: 1e-9 });
});

const people = (year: number, count: number): string =>
  Array.from({ length: count }, (_, u) =>
    [0, 1, 2, 3].map((n) => `u${u},i${(u + n) % 5},${Date.UTC(year, 0, 1, 0, n)},click,any`),
  )
    .flat()
    .join('\n');
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), `${text}\n`);
  return join(folder, name);
};
const header = 'user,item,at,kind,segment';
const earlier = write('earlier.csv', `${header}\n${people(2025, 30)}`);
const log = write('log.csv', `${header}\n${people(2026, 10)}`);
const words = ['quiet garden', 'loud engine', 'warm kitchen', 'cold river', 'old book'];
const items = write('items.csv', `id,text\n${words.map((text, i) => `i${i},a ${text}`).join('\n')}`);
const given = ['--items', items, '--model', 'public/models/lite/lite.attune'];
const quiet = (): void => undefined;

test('the command ranks newcomers by what they state and by a file that is older, and refuses one that knows answers', async () => {
  const [older, newer] = [join(folder, 'older.json'), join(folder, 'newer.json')];
  await buildPriors([earlier, '-o', older, ...given], quiet);
  await buildPriors([log, '-o', newer, '--least', '5', ...given], quiet);
  const stated = write('stated.csv', 'user,text\nu0,gardens\nu0,"rivers, lakes"\nu1,kitchens');
  let printed = '';
  const run = (...more: string[]): Promise<number> =>
    evaluateLog([log, '--resamples', '20', ...given, ...more], { say: quiet, print: (text) => (printed += text) });
  expect(await run('--stated', stated, '--newcomers', older)).toBe(0);
  for (const name of ['stated', 'cohort', 'popular', 'all links']) expect(printed).toContain(`newcomer, ${name} `);
  await expect(run('--newcomers', newer)).rejects.toThrow('it knows answers');
  await expect(run('--newcomers', stated)).rejects.toMatchObject({ code: 'model/corrupt' });
  await expect(run('--stated', 'none.csv')).rejects.toThrow('no such file');
  await expect(run('--newcomers', older, '--model', 'none')).rejects.toThrow('ranked by meaning');
});
