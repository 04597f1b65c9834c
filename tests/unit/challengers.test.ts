import { memoryStore } from 'attune/core';
import { type Attune, type AttuneOptions, createAttune, type Store } from 'attune';
import { afterEach, expect, test } from 'vitest';
import '../allclose.js';
import { contextWeights } from '../../src/domain/context.js';
import type { WorldItem } from '../../src/lab/world.js';
import { worldEncoder } from '../../src/lab/encoder.js';
import { drawLog, hidden, makePlace, type Place, TRUTHS } from '../adaptive-people.js';

/** Where weights differ by device, and where embeddings hide what matters: what a person did there. */
const byDevice = logged(makePlace(4, 1, 16), 'device', 820, 4);
const hiding = logged(makePlace(1, 3, 32, hidden(0.3)), 'taste', 1000, 1);

interface Logged {
  readonly place: Place;
  readonly file: object;
  readonly endAt: number;
}

function logged(place: Place, truth: string, count: number, seed: number): Logged {
  const interactions = drawLog(place, TRUTHS[truth]!, count, seed).events;
  const items = place.world.items.map(({ id, text, title }) => ({ id, text, title }));
  const endAt = interactions.at(-1)!.at + 3_600_000;
  return {
    ...{ place, endAt },
    file: { format: 'attune-export', version: 1, exportedAt: endAt, interactions, items, sliders: {} },
  };
}

let attunes: Attune<WorldItem>[] = [];
afterEach(async () => {
  for (const attune of attunes) await attune.close();
  attunes = [];
});

/** An Attune with that log; its clock stands, unless `now` says otherwise. */
async function open(
  { place, file, endAt }: Logged,
  adapt: AttuneOptions<WorldItem>['adapt'],
  store: Store = memoryStore(),
  now: () => number = () => endAt,
): Promise<Attune<WorldItem>> {
  const byText = new Map(place.world.items.map(({ text }, i) => [text, place.rows[i]!]));
  const poles = worldEncoder(place.world);
  const attune = await createAttune<WorldItem>({
    ...{ store, now, worker: false, ...(adapt && { adapt }) },
    text: ({ text }) => text,
    sliders: place.world.sliders.map(({ definition }) => definition),
    encoder: {
      ...poles,
      async encode(texts) {
        const matrix = await poles.encode(texts);
        texts.forEach((text, i) =>
          matrix.data.set(byText.get(text) ?? matrix.data.slice(i * poles.dim, (i + 1) * poles.dim), i * poles.dim),
        );
        return matrix;
      },
    },
  });
  attunes.push(attune);
  await attune.data.import(JSON.stringify(file));
  await attune.rank(place.world.items);
  return attune;
}

/** Of all who have a gate here: it is trained once, and found by who comes next. */
const store = memoryStore();

/** The same store for several Attunes, one after the other. */
function kept(store: Store): Store {
  return Object.create(store, { close: { value() {} } }) as Store;
}

const [ITEM] = byDevice.place.world.items as [WorldItem];
const phone = { context: { device: 'phone' } };
const desktop = { context: { device: 'desktop' } };

test('without the option nothing learns, and scores are the plain ones', async () => {
  const attune = await open(byDevice, undefined);
  const off = { inUse: false, reason: 'off', heldOut: null, outcomes: 0, trainedAt: null, ms: 0, bytes: 0 };
  expect(await attune.adaptation.report()).toMatchObject({ gate: off, adapter: off });
  const [score] = await attune.score(ITEM, phone);
  expect(score!.weights).toEqual(contextWeights({}, {}));
  expect(score!.versions).not.toHaveProperty('gate');
});

test('a gate that won weighs scores by context, says how it did, and brings its own probabilities', async () => {
  const attune = await open(byDevice, { gate: true }, kept(store));
  const { gate, adapter } = await attune.adaptation.report();
  expect(gate).toMatchObject({ inUse: true, reason: 'better', outcomes: 781 });
  expect(gate.heldOut!.interval.low).toBeGreaterThan(0);
  expect(gate.heldOut!.n).toBe(313);
  expect([gate.bytes > 0, gate.trainedAt! < byDevice.endAt, adapter.reason]).toEqual([true, true, 'off']);

  const [[onPhone], [onDesktop]] = [await attune.score(ITEM, phone), await attune.score(ITEM, desktop)];
  expect(onPhone!.weights).not.toEqual(onDesktop!.weights);
  for (const score of [onPhone!, onDesktop!]) {
    expect(Object.values(score.weights).reduce((sum, weight) => sum + weight, 0)).toBeAllclose(1, { rtol: 1e-12 });
    expect(Object.values(score.contributions).reduce((sum, part) => sum + part, 0)).toBeAllclose(score.raw, {
      rtol: 1e-12,
    });
    expect(score.calibration).toBe('platt');
    expect(score.versions.gate).toBe(onPhone!.versions.gate);
  }

  // a plain calibrator is of other scores, and the plain ones go on being noted and calibrated
  const [plain] = await attune.calibration();
  expect(plain!.versions).not.toHaveProperty('gate');
  const [bare] = await attune.score(ITEM, { ...phone, calibrators: [plain!.calibrator!] });
  expect([bare!.weights, bare!.calibration]).toEqual([onPhone!.weights, 'none']);

  await attune.close();
  const again = await open(byDevice, { gate: true }, kept(store));
  expect((await again.score(ITEM, phone))[0]).toEqual(onPhone); // as stored, before anything is read again
  expect((await again.adaptation.report()).gate).toEqual(gate);
});

test('a reset forgets what was learned, for good, and leaves the profile', async () => {
  const attune = await open(byDevice, { gate: true }, kept(store));
  expect((await attune.adaptation.report()).gate.inUse).toBe(true);
  const before = attune.profile();
  const { gate } = await attune.adaptation.reset('gate');
  expect(gate).toMatchObject({ inUse: false, reason: 'few outcomes', outcomes: 0 });
  expect((await attune.score(ITEM, phone))[0]!.weights).toEqual(contextWeights({}, {}));
  expect(attune.profile()).toEqual(before);
  await attune.close();
  const again = await open(byDevice, { gate: true }, kept(store));
  expect((await again.score(ITEM, phone))[0]!.versions).not.toHaveProperty('gate');
  await expect(again.adaptation.reset('profile' as never)).rejects.toMatchObject({ code: 'input/invalid' });
});

test('an adapter that won is a term of its own: terms sum to the score, and a list keeps it', async () => {
  const { items } = hiding.place.world;
  const own = memoryStore();
  const attune = await open(hiding, { adapter: true }, kept(own));
  const before = await attune.rank(items);
  const { adapter } = await attune.adaptation.report();
  expect(adapter).toMatchObject({ inUse: true, reason: 'better' });
  expect(adapter.heldOut!.interval.low).toBeGreaterThan(0);
  const ranking = await attune.rank(items);
  expect(ranking.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
  for (const { score, terms } of ranking) {
    expect(terms.map(({ name }) => name)).toContain('adapter');
    expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
  }
  const { score, terms } = await attune.explain(ranking, ranking[0]!.id);
  expect(score).toBe(ranking[0]!.score);
  expect(terms.find(({ name }) => name === 'adapter')!.value).not.toBe(0);
  expect(attune.rerank(before).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  const [first] = attune.rerank(ranking, { sliders: { [hiding.place.world.sliders[0]!.definition.id]: 1 } });
  expect(first!.terms.reduce((sum, { value }) => sum + value, 0)).toBe(first!.score);
  expect((await attune.adaptation.reset('gate')).adapter.inUse).toBe(true);
  const again = await open(hiding, { adapter: true }, kept(own)); // whose first ranking knows it
  expect((await again.rank(items)).map(({ id }) => id)).toEqual(ranking.map(({ id }) => id));

  const catalogue = await attune.openCatalogue();
  await catalogue.add(items);
  for (const { score: whole, terms: parts } of await attune.rank(catalogue, { limit: 5 })) {
    expect(parts.map(({ name }) => name)).toContain('adapter');
    expect(parts.reduce((sum, { value }) => sum + value, 0)).toBe(whole);
  }

  await attune.data.erase();
  expect((await attune.adaptation.report()).adapter).toMatchObject({
    inUse: false,
    reason: 'few outcomes',
    outcomes: 0,
  });
  attune.track('click', items[0]!);
  expect((await attune.rank(items))[0]!.terms.map(({ name }) => name)).not.toContain('adapter');
});

test('what is shown is noted with where and when that was, as the site and the clock say', async () => {
  const { items } = byDevice.place.world;
  const at = new Date(2026, 4, 6, 21, 30).getTime(); // a Wednesday
  const context = (): object => ({ device: 'phone', thread: 't', segment: '', sessionLength: 3 });
  const attune = await open(byDevice, { gate: true, context }, memoryStore(), () => at);
  const ranking = await attune.rank(items);
  const id = await attune.impression(ranking, ranking[0]!.id);
  const { interactions } = await attune.data.export();
  const noted = interactions.find((each) => each.id === id)!;
  expect(noted.context).toEqual({ hour: 21, weekday: 3, device: 'phone', thread: 't', sessionLength: 3 });
  const plain = await open(byDevice, undefined);
  const other = await plain.rank(items);
  const bare = await plain.impression(other, other[0]!.id);
  expect((await plain.data.export()).interactions.find((each) => each.id === bare)).not.toHaveProperty('context');
});

test.each([{ gate: 1 }, { gates: true }, { context: 'phone' }, 'gate'])('%j is no way to adapt', async (adapt) => {
  await expect(createAttune({ adapt: adapt as never })).rejects.toMatchObject({ code: 'input/invalid' });
});
