import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { AttuneExport } from 'attune';
import { seeded } from '../../src/core/random.js';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import { anonymizeLog } from '../../src/lab/anonymize.js';
import { wordsOf } from '../../src/lab/invented-words.js';
import { moveTimes } from '../../src/lab/moved-times.js';
import { openAttune } from '../semantic/catalogue.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 168 * HOUR;
const BEGIN = Date.UTC(2026, 2, 2, 19, 31, 7, 123);

/** A log that names someone in every field. */
const log: AttuneExport = {
  format: 'attune-export',
  version: 1,
  exportedAt: BEGIN + WEEK,
  interactions: [
    { id: '0mm8aaaa1', kind: 'view', itemId: 'clinic-berlin', at: BEGIN, position: 3, dwellMs: 41_217 },
    {
      id: '0mm8aaaa2',
      kind: 'save',
      itemId: 'clinic-berlin',
      at: BEGIN + 2 * MINUTE,
      weight: 137.23,
      context: { thread: 'oncology', device: 'phone' },
      metadata: { email: 'ada@example.org', variant: 'blue' },
    },
    { id: '0mm8aaaa3', kind: 'booked-appointment', itemId: 'Ünal’s-shop', at: BEGIN + 26 * HOUR },
    { id: '0mm8aaaa4', kind: 'write', itemId: 'text:3fk2l', at: BEGIN + 26 * HOUR + 5000 },
  ],
  items: [
    { id: 'clinic-berlin', text: 'Dr. Ada Weiß, clinic for rare cancers, Berlin 10117', title: 'Clinic Berlin' },
    { id: 'Ünal’s-shop', text: 'Ünal’s shop, Berlin: قهوة and 咖啡, call 0301234567', title: 'Ünal' },
    { id: 'text:3fk2l', text: 'Ada to Ünal: is the clinic open?', title: 'Ada to Ünal' },
    { id: 'never-used', text: 'forgotten sanatorium', title: 'forgotten' },
  ],
  sliders: { 'near-home': 0.7 },
};
const made = anonymizeLog(log, { random: seeded(1) });

/** What a file says, letters and digits of any script, three or more in a row. */
const longWords = (text: string): string[] =>
  wordsOf(text)
    .filter((word) => word.length >= 3)
    .concat(text.toLowerCase().match(/\d{3,}/g) ?? []);

/** Words of the format itself. */
const FORMAT = new Set(
  longWords(
    `attune export format version exportedAt interactions items sliders id kind itemId at text title weight dwellMs
     position context metadata item impression ${Object.keys(KIND_PRESETS.feed).join(' ')}`,
  ),
);

describe('an anonymized log', () => {
  test('has no word of three letters or more, no id, no number and no time of the original', () => {
    const original = new Set(longWords(JSON.stringify(log)).filter((word) => !FORMAT.has(word)));
    const left = longWords(JSON.stringify(made)).filter((word) => original.has(word));
    expect(original.size).toBeGreaterThan(40);
    expect(left).toEqual([]);
    const ids = new Set([...log.interactions.map(({ id }) => id), ...log.items.map(({ id }) => id)]);
    expect(
      [...made.interactions.flatMap(({ id, itemId }) => [id, itemId]), ...made.items.map(({ id }) => id)].filter((id) =>
        ids.has(id),
      ),
    ).toEqual([]);
    const times = new Set(log.interactions.map(({ at }) => at));
    expect(made.interactions.filter(({ at }) => times.has(at))).toEqual([]);
  });

  test('keeps which interactions are on which items, their order, known kinds, places', () => {
    const [first, second, third, fourth] = made.interactions;
    expect(made.interactions.map(({ kind }) => kind)).toEqual(['view', 'save', 'kind-1', 'write']);
    expect(first!.itemId).toBe(second!.itemId);
    expect(new Set([second!.itemId, third!.itemId, fourth!.itemId]).size).toBe(3);
    expect([first!.position, second!.weight]).toEqual([3, 100]);
    expect(Math.abs(first!.dwellMs! / 41_217 - 1)).toBeLessThanOrEqual(0.2);
    const ids = made.interactions.map(({ id }) => id);
    expect([...ids].sort()).toEqual(ids);
  });

  test('keeps which texts share which words, and neither their order nor how often they stand', () => {
    const textOf = (i: number): string[] => {
      const { itemId } = made.interactions[i]!;
      return made.items.find(({ id }) => id === itemId)!.text.split(' ');
    };
    const shared = textOf(0).filter((word) => textOf(2).includes(word));
    expect(shared).toHaveLength(1); // Berlin
    expect(textOf(0).filter((word) => textOf(3).includes(word))).toHaveLength(2); // Ada, clinic
    for (const i of [0, 2, 3]) expect(textOf(i)).toEqual([...new Set(textOf(i))].sort());
  });

  test('drops titles, slider positions, items without interactions, and context and metadata but for what is listed', () => {
    expect(made.items.map(({ title }) => title)).toEqual(['', '', '']);
    expect(made.sliders).toEqual({});
    expect(made.interactions.some((one) => 'context' in one || 'metadata' in one)).toBe(false);
    const kept = anonymizeLog(log, { random: seeded(1), keep: ['device', 'variant'] }).interactions[1]!;
    expect([kept.context, kept.metadata]).toEqual([{ device: 'phone' }, { variant: 'blue' }]);
  });

  test('drops embeddings, from which texts can be guessed', () => {
    const items = [{ id: 'clinic-berlin', text: '', title: '', embedding: { modelVersion: 'm', values: [1, 0] } }];
    const few = anonymizeLog({ ...log, interactions: log.interactions.slice(0, 2), items }, { random: seeded(1) });
    expect(few.items).toEqual([{ id: 'item-1', text: '', title: '' }]);
  });

  test('is the same for the same chance, another for another', () => {
    expect(anonymizeLog(log, { random: seeded(1) })).toEqual(made);
    const other = anonymizeLog(log, { random: seeded(2) });
    expect(other.items.map(({ text }) => text)).not.toEqual(made.items.map(({ text }) => text));
    expect(other.interactions[0]!.at).not.toBe(made.interactions[0]!.at);
  });

  test('imports again, every row of it, and exports the same', async () => {
    const attune = await openAttune({ sliders: [] });
    const { interactions, rejected } = await attune.data.import(JSON.stringify(made));
    expect([interactions, rejected]).toEqual([4, []]);
    const back = await attune.data.export();
    await attune.close();
    expect(back.interactions).toEqual(made.interactions);
    expect([...back.items].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(made.items);
  });

  test.each([
    ['nothing', undefined],
    ['another format', { format: 'other', version: 1, interactions: [], items: [] }],
    ['an item without text', { ...log, items: [{ id: 'x' }] }],
    ['an interaction with an item that is not there', { ...log, items: [] }],
    ['an interaction at no time', { ...log, interactions: [{ ...log.interactions[0]!, at: undefined }] }],
    ['an interaction that is none', { ...log, interactions: [null] }],
  ])('is not made of %s', (_, wrong) => {
    expect(() => anonymizeLog(wrong as never, { random: seeded(1) })).toThrow(
      expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' }),
    );
  });
});

describe('moved times', () => {
  const gaps = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 * MINUTE }), fc.integer({ min: 0, max: 3 * WEEK })), {
    minLength: 1,
    maxLength: 30,
  });
  const instantsOf = (gaps: readonly number[], from: number): number[] => {
    let at = from;
    return gaps.map((gap) => (at += gap));
  };

  test('keep their order, and pauses within half an hour to a fifth', () => {
    fc.assert(
      fc.property(gaps, fc.integer(), (gaps, seed) => {
        const instants = instantsOf(gaps, BEGIN);
        const moved = moveTimes(instants, seeded(seed));
        for (const [i, at] of moved.entries()) {
          if (i === 0) continue;
          const [was, is] = [instants[i]! - instants[i - 1]!, at - moved[i - 1]!];
          expect(is).toBeGreaterThanOrEqual(0);
          if (was < 30 * MINUTE) expect(Math.abs(is - was)).toBeLessThanOrEqual(0.2 * was + 1000);
        }
      }),
    );
  });

  test('keep weekday and hour to half an hour, of visits that don’t run into each other', () => {
    const instants = instantsOf(
      Array.from({ length: 50 }, () => 25 * HOUR),
      BEGIN,
    );
    const moved = moveTimes(instants, seeded(3));
    const offset = Math.round((moved[0]! - instants[0]!) / WEEK) * WEEK;
    expect(offset).toBeLessThanOrEqual(-WEEK);
    expect(Math.max(...moved.map((at, i) => Math.abs(at - instants[i]! - offset)))).toBeLessThanOrEqual(
      30 * MINUTE + 500,
    );
    expect(moved.every((at) => at % 1000 === 0)).toBe(true);
  });

  test('of a log from the first days of time stay at 0 or after', () => {
    for (let seed = 0; seed < 50; seed++) expect(moveTimes([0, 5, HOUR], seeded(seed))[0]).toBeGreaterThanOrEqual(0);
  });
});

describe('npm run log:anonymize', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-anonymize-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['training/logs/anonymize.mjs', ...args], { encoding: 'utf8' });

  test('writes the log of that seed', () => {
    const [source, out] = [join(folder, 'in.json'), join(folder, 'out.json')];
    writeFileSync(source, JSON.stringify(log));
    expect(run(source, '-o', out, '--seed', '1')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(made);
  });

  test.each([
    ['a file that is no log', ['package.json'], /^input\/invalid: /],
    ['a file that is not there', ['none.json'], /^ENOENT/],
    ['an option it does not know', ['package.json', '--fast'], /--fast/],
  ])('ends with 2 and says why for %s', (_, args, reason) => {
    const { status, stderr, stdout } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(reason);
  });
});
