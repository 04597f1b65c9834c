import { describe, expect, test } from 'vitest';
import '../allclose.js';
import {
  addRow,
  changeOdds,
  emptyGroups,
  evidence,
  type RowGroups,
  splitsOf,
  spreadOf,
} from '../../src/core/change-point.js';
import golden from '../golden/change-point.json';

function groupsOf(rows: readonly (readonly (readonly number[])[])[]): RowGroups {
  const groups = emptyGroups(rows[0]![0]!.length);
  for (const group of rows) group.forEach((row, i) => addRow(groups, Float64Array.from(row), i === 0));
  return groups;
}

test('the evidence of a stretch is that of its density', () => {
  const { square, count, value, ...spread } = golden.evidence;
  expect(evidence(square, count, spread)).toBeAllclose(value, { rtol: 1e-10 });
});

describe.each(golden.cases)('of groups, $name', ({ from, first, last, groups: rows, variance, dims, splits, odds }) => {
  const groups = groupsOf(rows);
  const spread = spreadOf(groups, from, rows.length)!;

  test('the spread is that of NumPy', () => {
    expect(spread.variance).toBeAllclose(variance, { rtol: 1e-10 });
    expect(spread.dims).toBeAllclose(dims, { rtol: 1e-10 });
  });

  test('the splits are those of trying every way to cut', () => {
    const found = splitsOf(groups, from, rows.length, first, last, spread, golden.prior);
    expect(found[0]).toMatchObject({ start: from, left: rows.length, back: rows.length });
    const byPlace = new Map(found.map(({ probability, ...split }) => [JSON.stringify(split), probability]));
    const expected = splits.map(([start, left, back]) => byPlace.get(JSON.stringify({ start, left, back })) ?? 0);
    expect(expected).toBeAllclose(
      splits.map((each) => each[3]!),
      { rtol: 1e-9, atol: 1e-10 },
    );
    expect(expected.filter((probability) => probability > 0)).toHaveLength(byPlace.size);
  });

  test('the odds of one change are theirs', () => {
    const { logOdds, start } = changeOdds(groups, from, rows.length, first, last, spread, golden.prior.change);
    expect(logOdds).toBeAllclose(odds.logOdds, { rtol: 1e-9, atol: 1e-9 });
    expect(start).toBe(odds.start);
  });
});

test('groups that are all the same have no spread', () => {
  expect(spreadOf(groupsOf([[[1, 0]], [[1, 0]], [[1, 0]]]), 0, 3)).toBeUndefined();
});

test('rows that come one by one make the same groups as all at once', () => {
  const { groups: rows, from, first } = golden.cases[0]!;
  const grown = groupsOf(rows.slice(0, 5));
  splitsOf(grown, from, 5, first, 3, spreadOf(grown, from, 5)!, golden.prior); // looking changes nothing
  rows.slice(5).forEach((group) => group.forEach((row, i) => addRow(grown, Float64Array.from(row), i === 0)));
  expect(grown).toEqual(groupsOf(rows));
});
