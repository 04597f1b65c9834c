// Newcomers beside the same people after 50 interactions, all invented: `npm run bench:cold [-- --eval]`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liteEncoder } from '../dist/core.js';
import { createLog, planOf, priorsOf, readPriors, seeded, standardRankers, trueProbability } from '../dist/lab.js';
import { drawPeople } from './cold-people.mjs';

/**
 * By default the expectation of what `attune eval` measures, exactly: NDCG@10 over which item each person acts on next, by
 * their true probabilities. `--eval` draws those items and runs the command itself: the same, with the noise of the draw.
 */
const [WARM, ASKED, PEOPLE, ITEMS] = [50, 5, 1000, 300];
/** After how many interactions the product with a prior is looked at. */
const STEPS = [0, 1, 2, 5, 10, 20, 50];
/** Worlds: how the chance of acting rises with the match. The second is the lab's own. */
const CURVES = [
  { kind: 'logistic', base: 0.05, slope: 4 },
  { kind: 'logistic', base: 0.2, slope: 1.5 },
];
const MODEL = 'public/models/lite/lite.attune';
const weights = { click: 1, read: 1.5, save: 3, share: 5, skip: -0.3 };

const lite = liteEncoder(Uint8Array.from(readFileSync(MODEL)).buffer);

/** The same people for either way of asking. */
function drawWorld(curve) {
  return drawPeople({ seed: 7, people: PEOPLE, items: ITEMS, warm: WARM, asked: ASKED, curve });
}

async function exactly(curve) {
  const { world, people, others } = drawWorld(curve);
  const texts = new Map(world.items.map(({ id, text }) => [id, text]));
  const logOf = (rows) => createLog(rows, texts, { kindWeights: weights });
  const log = logOf(people.flatMap(({ rows }) => rows));
  const { data, dim } = await lite.encode(log.items.map(({ text }) => text));
  const before = logOf(others);
  const priors = readPriors(priorsOf(before, { data, dim }, { modelVersion: lite.modelVersion }));
  const stated = new Map();
  for (const { person, stated: said } of people) {
    const rows = (await lite.encode(said)).data;
    stated.set(
      person.id,
      said.map((_, i) => rows.subarray(i * dim, (i + 1) * dim)),
    );
  }
  const plan = planOf(log, { kind: 'last-out', repeats: true });
  const rankers = standardRankers(log, plan, { rows: { data, dim }, cold: { stated, priors } });
  for (let e = 0; e < before.at.length; e++) for (const ranker of rankers) ranker.count?.(toldOf(before, e));
  const named = new Map(world.items.map((item) => [item.id, item]));
  const gains = new Map(); // by name, a number a person
  const note = (name, value) => gains.set(name, [...(gains.get(name) ?? []), value]);
  const done = new Uint32Array(log.users.length);
  const met = new Set();
  const byId = new Map(people.map(({ person }) => [person.id, person]));
  const probabilities = log.users.map((id) =>
    log.items.map((item) => trueProbability(world, byId.get(id), named.get(item.id))),
  );
  const ask = (user, at) => {
    for (const ranker of rankers) {
      const isLast = done[user] === WARM;
      if (!isLast && ranker.name !== 'attune + prior' && ranker.name !== 'attune') continue;
      const scores = new Float64Array(log.items.length);
      ranker.score({ user, history: [], seen: new Set() }, at, scores);
      const value = expectedNdcg(scores, probabilities[user]);
      if (isLast) note(ranker.name, value);
      else note(`${ranker.name}, after ${done[user]}`, value);
    }
    if (done[user] === WARM) note('the truth itself', expectedNdcg(probabilities[user], probabilities[user]));
  };
  for (let e = 0; e < log.at.length; e++) {
    const user = log.user[e];
    if (!met.has(user)) ask(user, log.at[e]);
    met.add(user);
    if (done[user] >= WARM) continue;
    for (const ranker of rankers) ranker.follow?.(toldOf(log, e));
    if (weights[log.kinds[log.kind[e]]] <= 0) continue;
    done[user]++;
    // Asked a day later, as a visit begins: what was done last is known, and is no longer what the person is in the midst of.
    if (STEPS.includes(done[user])) ask(user, log.at[e] + 86_400_000);
  }
  const warm = gains.get('attune');
  console.log(
    `\n${JSON.stringify(curve)}: expected NDCG@10 of ${PEOPLE} people, and its share of attune's after ${WARM} interactions (95 %)`,
  );
  for (const [name, values] of gains) {
    if (!['recency', 'item-kNN', 'transitions'].includes(name)) {
      console.log(`  ${name.padEnd(28)} ${mean(values).toFixed(4)}  ${ratio(values, warm)}`);
    }
  }
}

function toldOf(log, e) {
  return { user: log.user[e], item: log.item[e], kind: log.kinds[log.kind[e]], at: log.at[e], weight: log.weight[e] };
}

/** `Σ P(i is next) / log2(1 + rank of i)` over the first ten; P in proportion to the chance of acting on what is shown at random. */
function expectedNdcg(scores, probabilities) {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, 10);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  return order.reduce((sum, i, place) => sum + probabilities[i] / total / Math.log2(place + 2), 0);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Ratio of means, the same people resampled for both. */
function ratio(values, against) {
  const random = seeded(1);
  const drawn = Array.from({ length: 1000 }, () => {
    let [a, b] = [0, 0];
    for (let n = 0; n < values.length; n++) {
      const i = Math.floor(random() * values.length);
      [a, b] = [a + values[i], b + against[i]];
    }
    return a / b;
  }).sort((a, b) => a - b);
  const [value, low, high] = [mean(values) / mean(against), drawn[25], drawn[974]].map((x) => x.toFixed(3));
  return `${value} (${low} to ${high})`;
}

/** The same by `attune priors` and `attune eval`. */
function byCommand(curve) {
  const { world, people, others } = drawWorld(curve);
  const folder = mkdtempSync(join(tmpdir(), 'attune-cold-'));
  const write = (name, header, rows) => {
    writeFileSync(join(folder, name), `${[header, ...rows].join('\n')}\n`);
    return join(folder, name);
  };
  const attune = (...args) =>
    process.stdout.write(
      execFileSync(process.execPath, ['dist/cli.js', ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  const lines = (rows) =>
    rows.map(({ user, itemId, at, kind, context }) => [user, itemId, at, kind, context.segment].join());
  try {
    const header = 'user_id,item_id,timestamp,kind,segment';
    const log = write('log.csv', header, lines(people.flatMap(({ rows }) => rows)));
    const earlier = write('others.csv', header, lines(others));
    const items = write(
      'items.csv',
      'id,text',
      world.items.map(({ id, text }) => `${id},"${text}"`),
    );
    const said = people.flatMap(({ person, stated }) => stated.map((text) => `${person.id},"${text}"`));
    const given = ['--model', MODEL, '--items', items];
    const priors = join(folder, 'priors.json');
    attune('priors', earlier, '-o', priors, ...given);
    const cold = ['--stated', write('stated.csv', 'user,text', said), '--newcomers', priors];
    attune(
      'eval',
      log,
      '--share',
      String(ASKED / (WARM + ASKED)),
      '--against',
      'attune',
      '--repeats',
      ...given,
      ...cold,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const curve of CURVES) {
  if (process.argv.includes('--eval')) byCommand(curve);
  else await exactly(curve);
}
