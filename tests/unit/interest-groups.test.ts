import { expect, test } from 'vitest';
import '../allclose.js';
import {
  addEdit,
  anchoredOf,
  changesOf,
  type InterestEdits,
  mergeEdits,
  NO_EDITS,
  readEdits,
  undoEdit,
  withoutItems,
} from '../../src/domain/interest-edits.js';
import { findInterests, type InterestGroup, likingsOf, newestLikings } from '../../src/domain/interest-groups.js';
import { nameInterests } from '../../src/domain/interest-names.js';
import { factorOf, identify, placeOfAnchor } from '../../src/domain/interests.js';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import { contributionsTo, type EmbeddedInteraction, type ProfileRules } from '../../src/domain/profile.js';
import { DAY, START } from '../one-hot.js';
import { gaussian, nearly, seeded, unit } from '../seeded.js';
import { read, rowOf } from '../tastes.js';

const RULES: ProfileRules = {
  kinds: KIND_PRESETS.feed,
  temperature: 1,
  longHalfLifeMs: 14 * DAY,
  sessionHalfLifeMs: DAY / 4,
};

function act(itemId: string, embedding: Float32Array, at = START, kind = 'save'): EmbeddedInteraction {
  return { interaction: { id: `${at} ${itemId} ${kind}`, kind, itemId, at }, embedding };
}

/** `count` items of each subject, an hour apart. */
function acts(count: number, ...subjects: readonly string[]): EmbeddedInteraction[] {
  return subjects.flatMap((subject) =>
    Array.from({ length: count }, (_, n) => act(read(subject, n).id, rowOf(read(subject, n).title), START + n)),
  );
}

function groupsOf(entries: readonly EmbeddedInteraction[], now = START + DAY): InterestGroup[] {
  const steps = findInterests(likingsOf(newestLikings(entries, RULES), RULES, now));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const subjects = (groups: readonly InterestGroup[]): string[] =>
  groups.map(({ itemIds }) => [...new Set(itemIds.map((id) => id.split('-')[0]))].join('+')).sort();

test.each([1, 2, 3, 4])('%i subjects that lie apart are as many interests', (count) => {
  const all = ['bread', 'chess', 'stars', 'trains'].slice(0, count);
  expect(subjects(groupsOf(acts(8, ...all)))).toEqual(all);
});

test('a taste that is broad without parts is one interest', () => {
  const random = seeded(21);
  const one = unit(random, 32);
  const around = Array.from({ length: 60 }, (_, i) => act(`i${i}`, nearly(random, one, 1)));
  expect(groupsOf(around)).toHaveLength(1);
  const cube = Array.from({ length: 60 }, (_, i) => {
    const row = Float32Array.from({ length: 32 }, (_, j) =>
      j < 4 ? 2 * random() - 1 : j === 4 ? 1 : 0.05 * gaussian(random),
    );
    return act(`i${i}`, nearly(random, row, 0));
  });
  expect(groupsOf(cube)).toHaveLength(1);
});

test('two items, however often they were liked, are no interest of their own', () => {
  const often = Array.from({ length: 20 }, (_, n) => act(`chess-${n % 2}`, rowOf('chess'), START + n, 'read'));
  expect(groupsOf([...acts(8, 'bread'), ...often])).toHaveLength(1);
});

test('the same log gives the same interests in whatever order it is read', () => {
  const log = acts(6, 'bread', 'stars');
  expect(groupsOf(log.toReversed())).toEqual(groupsOf(log));
});

test('what was refused, only noted or not understood is in no interest, and only the newest 512 likings are', () => {
  const others = [act('chess-0', rowOf('chess'), START, 'hide'), act('mute', new Float32Array(32))];
  expect(groupsOf([...acts(6, 'bread'), ...others])[0]!.itemIds).toHaveLength(6);
  const old = acts(6, 'stars').map(({ interaction, embedding }) =>
    act(`old-${interaction.itemId}`, embedding, START - DAY),
  );
  const many = Array.from({ length: 512 }, (_, n) => act(`bread-${n % 9}`, rowOf(`bread ${n % 9}`), START + n));
  expect(subjects(groupsOf([...old, ...many]))).toEqual(['bread']);
  expect(groupsOf([])).toEqual([]);
});

test('shares are of decayed weights, the largest first, and add up to 1', () => {
  const old = acts(8, 'stars').map(({ interaction, embedding }) =>
    act(interaction.itemId, embedding, START - 14 * DAY),
  );
  const [first, second] = groupsOf([...old, ...acts(8, 'bread')], START);
  expect(first!.share).toBeAllclose(2 / 3, { rtol: 1e-9 });
  expect(first!.share + second!.share).toBeAllclose(1, { rtol: 1e-12 });
});

test('what interactions bring to the direction of their interest adds up to it', () => {
  const log = acts(6, 'bread', 'stars');
  const [group] = groupsOf(log);
  const own = log.filter(({ interaction }) => group!.itemIds.includes(interaction.itemId));
  const { sum, total, at } = group!;
  const taste = { sum: { sum, total, at, halfLifeMs: RULES.longHalfLifeMs }, direction: sum };
  const x = rowOf('something else');
  const parts = contributionsTo(x, own, RULES, taste, new Float64Array(32), 1);
  const length = Math.hypot(...sum);
  const whole = sum.reduce((product, value, j) => product + (value * x[j]!) / length, 0);
  expect(parts.reduce((all, part) => all + part, 0)).toBeAllclose(whole, { rtol: 1e-9 });
});

test('names are words of the interest’s own; alone it is named by its nearest item', () => {
  const bread = ['The sourdough loaf', 'A rye loaf with seeds', 'Sourdough for the patient'];
  const trains = ['The night train', 'A train over the Alps', 'Stations for the patient'];
  expect(nameInterests([bread, trains], ['x', 'y'])).toEqual(['loaf, sourdough', 'train']);
  expect(nameInterests([bread], ['x'])).toEqual(['x']);
  expect(nameInterests([['a b'], ['c d']], ['x', 'y'])).toEqual(['x', 'y']);
});

test('a group keeps its id while it shares more than half of the smaller one’s items, and takes no other’s', () => {
  const [bread, stars] = groupsOf(acts(6, 'bread', 'stars'));
  const known = [
    { id: 'one', itemIds: bread!.itemIds.slice(0, 4) },
    { id: 'two', itemIds: ['gone', ...stars!.itemIds.slice(0, 1), ...bread!.itemIds.slice(4)] },
  ];
  const found = identify([bread!, stars!], known, NO_EDITS, new Map());
  expect(found[0]!.id).toBe('one');
  expect(found[1]!.id).toMatch(/^interest:/);
});

test('an edited interest is known again by where it lies when none of its items is left', () => {
  const [old] = groupsOf(acts(8, 'bread'));
  const anchor = { itemIds: old!.itemIds, items: [] };
  const edits: InterestEdits = {
    edits: [{ interest: 'loaves', at: START, name: 'Loaves' }],
    anchors: { loaves: anchor },
  };
  const rows = Array.from({ length: 8 }, (_, n) => rowOf(read('bread', n).title));
  const places = new Map([['loaves', placeOfAnchor(rows, 32)]]);
  const later = Array.from({ length: 8 }, (_, n) => act(`b${n}`, rowOf(`bread again ${n}`), START + n));
  const found = identify(groupsOf([...later, ...acts(8, 'chess')]), [], edits, places);
  expect(found.filter(({ id }) => id === 'loaves').map(({ itemIds }) => itemIds[0]!.startsWith('b'))).toEqual([true]);
});

test('near an excluded interest only what is liked later is taken along, and only what lies nearer to no other', () => {
  const [one, two] = groupsOf(acts(8, 'bread', 'chess'));
  const bread = [one!, two!].find(({ itemIds }) => itemIds[0]!.startsWith('bread'))!;
  const edits = addEdit(
    NO_EDITS,
    { interest: 'out', at: START + DAY, excluded: true },
    { itemIds: bread.itemIds, items: [] },
  );
  const places = new Map([
    [
      'out',
      placeOfAnchor(
        bread.itemIds.map((id) => rowOf(`A bread story number ${id.slice(6)}`)),
        32,
      ),
    ],
  ]);
  const interests = identify([one!, two!], [], edits, places);
  const factor = factorOf(interests, edits, places);
  expect(factor('bread-1', rowOf('bread'), START)).toBe(0);
  expect(factor('new', rowOf('bread'), START + 2 * DAY)).toBe(0);
  expect(factor('old', rowOf('bread'), START)).toBe(1);
  expect(factor('new', rowOf('chess'), START + 2 * DAY)).toBe(1);
  expect(factor('new', rowOf('gardens'), START + 2 * DAY)).toBe(1);
});

const ANCHOR = (...ids: readonly string[]) => ({
  itemIds: ids,
  items: ids.map((id) => ({ id, text: `about ${id}`, title: id })),
});

test('edits add up, the later one winning, and are taken back one by one', () => {
  let edits = addEdit(NO_EDITS, { interest: 'a', at: 1, excluded: true }, ANCHOR('x'));
  edits = addEdit(edits, { interest: 'a', at: 2, excluded: false, name: 'A' }, ANCHOR('x', 'y'));
  expect(changesOf(edits).get('a')).toEqual({ excluded: false, name: 'A' });
  edits = undoEdit(edits);
  expect(changesOf(edits).get('a')).toEqual({ excluded: true });
  expect(undoEdit(edits)).toEqual(NO_EDITS);
  expect(undoEdit(NO_EDITS)).toBe(NO_EDITS);
});

test('of more than a hundred edits the first that later ones override goes, and none that holds', () => {
  let edits = addEdit(NO_EDITS, { interest: 'b', at: 0, name: 'stays' }, ANCHOR('y'));
  for (let at = 1; at <= 150; at++) edits = addEdit(edits, { interest: 'a', at, more: at % 2 === 0 }, ANCHOR('x'));
  expect(edits.edits).toHaveLength(100);
  expect(changesOf(edits).get('b')).toEqual({ name: 'stays' });
});

test('what is forgotten goes from anchors, and an edit without any goes', () => {
  let edits = addEdit(NO_EDITS, { interest: 'a', at: 1, more: true }, ANCHOR('x', 'y'));
  edits = addEdit(edits, { interest: 'b', at: 2, more: true }, ANCHOR('y'));
  const left = withoutItems(edits, new Set(['y']));
  expect(left).toEqual({ edits: [{ interest: 'a', at: 1, more: true }], anchors: { a: ANCHOR('x') } });
});

test('edits of two places become one list without doubles', () => {
  const a = addEdit(NO_EDITS, { interest: 'a', at: 5, more: true }, ANCHOR('x'));
  const both = addEdit(a, { interest: 'b', at: 3, excluded: true }, ANCHOR('y'));
  expect(mergeEdits(a, both).edits.map(({ at }) => at)).toEqual([3, 5]);
  expect(mergeEdits(both, both).edits).toHaveLength(2);
});

test('an anchor holds at most 64 items, the nearest and the farthest among them', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `${i}`);
  const some = anchoredOf(ids);
  expect([some.length, some[0], some.at(-1)]).toEqual([64, '0', '299']);
  expect(anchoredOf(['only'])).toEqual(['only']);
  expect(anchoredOf([])).toEqual([]);
});

test.each([undefined, null, 7, 'x', [], {}, { edits: 1, anchors: {} }, { edits: [], anchors: null }])(
  'what is no list of edits (%j) reads as none',
  (value) => {
    expect(readEdits(value)).toEqual(NO_EDITS);
  },
);

test('of stored edits what is sound is read', () => {
  const sound = addEdit(NO_EDITS, { interest: 'a', at: 1, name: 'A' }, ANCHOR('x'));
  const broken = {
    edits: [
      ...sound.edits,
      { interest: 'a', at: 'then' },
      { interest: 'a', at: 2, more: 'yes' },
      null,
      { interest: 'gone', at: 3 },
    ],
    anchors: { ...sound.anchors, b: { itemIds: 5 }, c: null },
  };
  expect(readEdits(JSON.parse(JSON.stringify(broken)))).toEqual(sound);
});
