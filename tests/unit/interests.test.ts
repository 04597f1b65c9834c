import { memoryStore } from 'attune/core';
import type { Attune, Interest, Ranking } from 'attune';
import { afterEach, expect, test } from 'vitest';
import '../allclose.js';
import { newUser } from '../lasting.js';
import { START, told } from '../one-hot.js';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import { createLog } from '../../src/lab/evaluation/log.js';
import { planOf } from '../../src/lab/evaluation/protocol.js';
import { interestsRanker } from '../../src/lab/evaluation/rankers/interests.js';
import { scoresFor } from '../../src/lab/evaluation/replay.js';
import { closeReads, openReads, read, type Read, reads, rowOf, save, subjectEncoder } from '../tastes.js';

afterEach(closeReads);

const OFFERED = reads(14);

function about(list: readonly Interest[], subject: string): Interest {
  const found = list.find(({ items }) => items.some(({ id }) => id.startsWith(subject)));
  if (found === undefined) throw new Error(`nothing about ${subject} in ${JSON.stringify(list)}`);
  return found;
}

const subjectsOf = (ranking: Ranking<Read>, places = 8): string[] =>
  ranking.slice(0, places).map(({ id }) => id.split('-')[0]!);

const profileOf = (ranking: Ranking<Read>, id: string): number =>
  ranking.find((entry) => entry.id === id)!.terms.find(({ name }) => name === 'profile')?.value ?? 0;

test('interests are told by their own words, their share and their nearest items', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  const list = await attune.interests.list();
  expect(list).toHaveLength(2);
  expect(list.map(({ name }) => name).sort()).toEqual(['bread', 'trains']);
  for (const { share, items, ...rest } of list) {
    expect(share).toBeAllclose(0.5, { rtol: 1e-6 });
    expect(items).toHaveLength(5);
    expect(rest).toMatchObject({ excluded: false, more: false, renamed: false });
  }
});

test('a prior stands beside several interests, which it leaves their share, and all terms add up', async () => {
  const [attune, plain] = [await openReads({ priors: {} }), await openReads()];
  await attune.preferences(['bread']);
  for (const each of [attune, plain]) {
    await save(each, 3, 'bread', 'trains'); // as many as an explanation tells of
    await each.interests.list();
  }
  const [ranking, without] = [await attune.rank(OFFERED), await plain.rank(OFFERED)];
  const own = 1 - attune.profile().priorShare;
  expect(own).toBeLessThan(0.9);
  for (const { id, score, terms } of ranking) {
    expect(profileOf(ranking, id)).toBeAllclose(own * profileOf(without, id), { atol: 1e-12 });
    expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
  }
  expect(ranking[0]!.terms.map(({ name }) => name)).toContain('prior:stated');
  const { terms } = await attune.explain(ranking, ranking[0]!.id);
  const { value, because } = terms.find(({ name }) => name === 'profile')!;
  expect(because.reduce((sum, reason) => sum + reason.value, 0)).toBeAllclose(value, { rtol: 1e-6 });
});

test('a person of one taste has one interest, named by its nearest item, and is ranked to the bit as without', async () => {
  const [attune, plain] = [await openReads(), await openReads({ interests: false })];
  for (const each of [attune, plain]) await save(each, 8, 'bread');
  const list = await attune.interests.list();
  expect(list).toHaveLength(1);
  expect(list[0]!.name).toBe(list[0]!.items[0]!.title);
  expect(told(await attune.rank(OFFERED))).toEqual(told(await plain.rank(OFFERED)));
});

test('with several interests an item counts by the one it is closest to, and the mean of both counts for nothing', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  await attune.interests.list();
  const ranking = await attune.rank(OFFERED);
  const plain = await openReads({ interests: false });
  await save(plain, 8, 'bread', 'trains');
  const byMean = await plain.rank(OFFERED);
  for (const id of ['bread-12', 'trains-12']) {
    expect(profileOf(ranking, id)).toBeGreaterThan(profileOf(byMean, id) + 0.1);
    const entry = ranking.find((each) => each.id === id)!;
    expect(entry.score).toBeAllclose(
      entry.terms.reduce((sum, { value }) => sum + value, 0),
      { atol: 1e-12 },
    );
  }
});

test('a catalogue is ranked by interests as its items are, and explained so', async () => {
  const attune = await openReads({ user: newUser() });
  await save(attune, 3, 'bread', 'trains');
  await attune.interests.list();
  const catalogue = await attune.openCatalogue(undefined, { name: newUser() });
  await catalogue.add(OFFERED);
  const ranking = await attune.rank(catalogue);
  const { terms } = await attune.explain(ranking, 'bread-12');
  expect(terms.find(({ name }) => name === 'profile')!.interest?.name).toBe('bread');
  expect(ranking).toHaveLength(50);
  expect(told(ranking)).toEqual(told(await attune.rank(OFFERED, { limit: 50 })));
  expect(told(attune.rerank(ranking))).toEqual(told(ranking));
});

test('with Rocchio’s rule, which moves one profile, the mean ranks', async () => {
  const [attune, plain] = [await openReads(), await openReads({ interests: false })];
  const rankings: unknown[] = [];
  for (const each of [attune, plain]) {
    await save(each, 4, 'bread', 'trains');
    each.track('dislike', read('stars', 1));
    await each.flush();
    await each.interests.list();
    const ranking = await each.rank(OFFERED);
    rankings.push(told(each.rerank(ranking, { weights: { rocchio: 0.5 } })), told(ranking));
  }
  expect(rankings[0]).toEqual(rankings[2]);
  expect(rankings[1]).not.toEqual(rankings[3]);
});

test('interests found in an idle moment rank from then on, without being asked for', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  const first = await attune.rank(OFFERED);
  await expect
    .poll(async () => profileOf(await attune.rank(OFFERED), 'trains-12'), { timeout: 5000 })
    .toBeGreaterThan(profileOf(first, 'trains-12') + 0.1);
});

test('the evaluation’s ranker by interests gives the very scores that the product gives', async () => {
  const saved = reads(8, ['bread', 'trains']).map(({ id, title }) => ({ id, title }));
  const rows = saved.map(({ id }, n) => ({ user: 'me', itemId: id, kind: 'save', at: START - 1000 * (20 - n) }));
  const texts = new Map(OFFERED.map(({ id, title }) => [id, title]));
  const log = createLog([...rows, { user: 'me', itemId: 'bread-12', kind: 'save', at: START }], texts, {
    kindWeights: KIND_PRESETS.feed,
  });
  const data = Float32Array.from(log.items.flatMap(({ text }) => [...rowOf(`${text}.`)]));
  const plan = planOf(log, { kind: 'last-out', share: 0, repeats: true });
  const options = { rows: { data, dim: 32 }, kindWeights: log.kindWeights, offered: plan.offered };
  const scores = scoresFor(log, plan, interestsRanker(options), rows.length);
  const attune = await openReads();
  await attune.rank(OFFERED);
  for (const { itemId, at } of rows)
    attune.track(
      'save',
      OFFERED.find(({ id }) => id === itemId)!,
      { at },
    );
  await attune.interests.list();
  const byId = new Map((await attune.rank(OFFERED)).map(({ id, score }) => [id, score]));
  expect(scores).toBeAllclose(
    log.items.map(({ id }) => byId.get(id)!),
    { atol: 1e-9 },
  );
});

test('an explanation names the interest that won, and its interactions bring the whole term', async () => {
  const attune = await openReads();
  await save(attune, 3, 'bread', 'trains');
  await attune.interests.list();
  const ranking = await attune.rank(OFFERED);
  const { terms } = await attune.explain(ranking, 'trains-12');
  const term = terms.find(({ name }) => name === 'profile')!;
  expect(term.interest?.name).toBe('trains');
  expect(term.because.every(({ interaction }) => interaction.itemId.startsWith('trains'))).toBe(true);
  expect(term.because.reduce((sum, { value }) => sum + value, 0)).toBeAllclose(term.value, { rtol: 1e-9 });
});

test('a list that is looked at keeps its interests, and a rerank moves nothing', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  await attune.interests.list();
  const ranking = await attune.rank(OFFERED);
  await save(attune, 8, 'stars', 'chess');
  await attune.interests.list();
  expect(told(attune.rerank(ranking))).toEqual(told(ranking));
  expect(told(attune.rerank(ranking, { refresh: true }))).not.toEqual(told(ranking));
});

test('"not me" takes an interest out of the order, the profile and the explanations', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  const { id } = about(await attune.interests.list(), 'trains');
  const list = await attune.interests.edit(id, { excluded: true });
  expect(list.find((each) => each.id === id)).toMatchObject({ excluded: true, name: 'trains' });
  const ranking = await attune.rank(OFFERED);
  const alone = await openReads();
  await save(alone, 8, 'bread');
  const { embedding, evidence } = attune.profile();
  expect(embedding).toBeAllclose(alone.profile().embedding, { atol: 1e-6 });
  expect(evidence).toBeAllclose(alone.profile().evidence, { rtol: 1e-9 });
  expect(new Set(subjectsOf(ranking))).toEqual(new Set(['bread']));
  for (const { because } of (await attune.explain(ranking, 'trains-12')).terms) {
    expect(because.filter(({ interaction }) => interaction.itemId.startsWith('trains'))).toEqual([]);
  }
});

test('what is liked later near an excluded interest does not bring it back, until that is undone', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  await attune.interests.edit(about(await attune.interests.list(), 'trains').id, { excluded: true });
  const before = profileOf(await attune.rank(OFFERED), 'trains-13');
  for (let n = 8; n < 13; n++) attune.track('save', read('trains', n));
  await attune.flush();
  const later = await attune.rank(OFFERED);
  expect(profileOf(later, 'trains-13')).toBeLessThan(before + 0.15);
  expect(subjectsOf(later)).not.toContain('trains');
  expect(about(await attune.interests.list(), 'trains').excluded).toBe(true);
  await attune.interests.undo();
  expect(subjectsOf(await attune.rank(OFFERED), 14)).toContain('trains');
});

test('"more" makes an interest count twice', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  const list = await attune.interests.list();
  const ranking = await attune.rank(OFFERED);
  const edited = await attune.interests.edit(about(list, 'trains').id, { more: true });
  expect(about(edited, 'trains').more).toBe(true);
  const lifted = await attune.rank(OFFERED);
  const ratio = (each: Ranking<Read>): number => profileOf(each, 'trains-12') / profileOf(each, 'bread-12');
  expect(ratio(lifted)).toBeAllclose(2 * ratio(ranking), { rtol: 1e-6 });
  expect(subjectsOf(lifted, 10).every((subject) => subject === 'trains')).toBe(true);
});

test('edits hold after new likings, a new start, a replay and another model, and can be undone one by one', async () => {
  const user = newUser();
  const first = await openReads({ user });
  await save(first, 8, 'bread', 'trains');
  const list = await first.interests.list();
  await first.interests.edit(about(list, 'bread').id, { name: 'Sunday loaves' });
  await first.interests.edit(about(list, 'trains').id, { excluded: true });
  await save(first, 10, 'bread', 'trains', 'stars');
  const check = async (attune: Attune<Read>): Promise<void> => {
    const now = await attune.interests.list();
    expect(about(now, 'bread')).toMatchObject({ id: about(list, 'bread').id, name: 'Sunday loaves', renamed: true });
    expect(about(now, 'trains')).toMatchObject({ id: about(list, 'trains').id, excluded: true });
    expect(subjectsOf(await attune.rank(OFFERED))).not.toContain('trains');
  };
  await check(first);
  await first.close();
  const second = await openReads({ user });
  await check(second);
  await second.close();
  const other = await openReads({ user, encoder: subjectEncoder('subjects-2') });
  await check(other);
  expect(about(await other.interests.undo(), 'trains').excluded).toBe(false);
  expect(about(await other.interests.undo(), 'bread').renamed).toBe(false);
  expect(about(await other.interests.undo(), 'bread').name).toBe('bread');
});

test('ids stay as the log grows', async () => {
  const attune = await openReads();
  await save(attune, 6, 'bread', 'trains');
  const before = await attune.interests.list();
  await save(attune, 12, 'trains', 'stars');
  const after = await attune.interests.list();
  expect(after).toHaveLength(3);
  for (const subject of ['bread', 'trains']) expect(about(after, subject).id).toBe(about(before, subject).id);
});

test('edits go with an export, come with an import once, and end with an erase', async () => {
  const attune = await openReads();
  await save(attune, 8, 'bread', 'trains');
  await attune.interests.edit(about(await attune.interests.list(), 'trains').id, { excluded: true, name: 'Rails' });
  const file = JSON.stringify(await attune.data.export());
  const other = await openReads();
  for (let times = 0; times < 2; times++) await other.data.import(file);
  expect(about(await other.interests.list(), 'trains')).toMatchObject({ excluded: true, name: 'Rails' });
  expect(await other.data.export().then(({ interests }) => interests?.edits)).toHaveLength(1);
  expect(subjectsOf(await other.rank(OFFERED))).not.toContain('trains');
  await other.data.erase();
  expect(await other.interests.list()).toEqual([]);
  expect(await other.interests.undo()).toEqual([]);
  await save(other, 8, 'bread', 'trains');
  expect((await other.interests.list()).some(({ excluded }) => excluded)).toBe(false);
});

test('what is forgotten goes from edits too, and comes back with its undo', async () => {
  const store = memoryStore();
  const attune = await openReads({ store });
  await save(attune, 4, 'bread', 'trains');
  await attune.interests.edit(about(await attune.interests.list(), 'trains').id, { excluded: true });
  const { token } = await attune.data.forget({ item: 'trains-1' });
  expect(JSON.stringify(await store.readValue('interests'))).not.toContain('number 1');
  expect(JSON.stringify(await store.readValue('interests'))).not.toContain('trains-1');
  await attune.data.undo(token);
  expect(JSON.stringify(await store.readValue('interests'))).toContain('trains-1');
  for (let n = 0; n < 4; n++) await attune.data.forget({ item: `trains-${n}` });
  expect((await attune.interests.list()).some(({ excluded }) => excluded)).toBe(false);
});

test('interests are one user’s, and nobody’s while privacy is off', async () => {
  const attune = await openReads({ user: newUser() });
  await save(attune, 8, 'bread', 'trains');
  await attune.interests.edit(about(await attune.interests.list(), 'trains').id, { excluded: true });
  await attune.data.setPrivacy('off');
  expect(await attune.interests.list()).toEqual([]);
  await attune.data.setPrivacy('device');
  expect(about(await attune.interests.list(), 'trains').excluded).toBe(true);
  await attune.data.switchUser('somebody else');
  expect(await attune.interests.list()).toEqual([]);
  await save(attune, 8, 'trains');
  expect(new Set(subjectsOf(await attune.rank(OFFERED)))).toEqual(new Set(['trains']));
});

test('nothing off-limits gets into an interest', async () => {
  const attune = await openReads({ offLimits: { items: ({ id }) => id.startsWith('chess') } });
  await save(attune, 8, 'bread', 'chess');
  expect(JSON.stringify(await attune.interests.list())).not.toContain('chess');
});

test('without kept texts an edit holds no text either', async () => {
  const store = memoryStore();
  const attune = await openReads({ store, keepText: 'none' });
  await attune.rank(OFFERED);
  await save(attune, 8, 'bread', 'trains');
  const list = await attune.interests.list();
  await attune.interests.edit(list[0]!.id, { excluded: true });
  expect(JSON.stringify(await store.readValue('interests'))).not.toContain('story');
  expect((await attune.interests.list()).filter(({ excluded }) => excluded)).toHaveLength(1);
});

test.each([
  ['an id that is no interest’s', 'nothing', { excluded: true }],
  ['no change', '', {}],
  ['a change that is none', '', { excluded: 'yes' }],
  ['a name without letters', '', { name: ' ' }],
])('an edit of %s is refused', async (_, id, change) => {
  const attune = await openReads();
  await save(attune, 4, 'bread');
  const [own] = await attune.interests.list();
  await expect(attune.interests.edit(id || own!.id, change as never)).rejects.toMatchObject({ code: 'input/invalid' });
});

test('an option that is neither true nor false is refused', async () => {
  await expect(openReads({ interests: 'yes' as never })).rejects.toMatchObject({ code: 'input/invalid' });
});
