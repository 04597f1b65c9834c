import { afterEach, describe, expect, test } from 'vitest';
import type { Attune, ChatMessage, ImportSource } from 'attune';
import '../allclose.js';
import { readInstant } from '../../src/sdk/import-rows.js';
import { HOUR, type Song, START } from '../one-hot.js';
import { closeSongs, open } from '../open-songs.js';

afterEach(closeSongs);

/** Every interaction in brief, oldest first. */
async function logOf(attune: Attune<Song>): Promise<unknown[]> {
  const { interactions, items } = await attune.data.export();
  const texts = new Map(items.map(({ id, text }) => [id, text]));
  return interactions.map(({ kind, itemId, at, weight }) => [kind, texts.get(itemId), at, weight]);
}

const said = (hoursAgo: number, content: string, role = 'user'): ChatMessage => ({
  role,
  content,
  at: START - hoursAgo * HOUR,
});

test('lines of a CSV may end in every way there is, in one file', async () => {
  const attune = await open();
  const rows = ['jazz', 'calm', 'sea'].map((content, i) => `${START - i},me,save,${content},1`);
  const csv = `timestamp,user_id,action_type,content,weight\r\n${rows[0]}\n${rows[1]}\r\n${rows[2]}\r`;
  expect(await attune.data.import(csv)).toEqual({ interactions: 3, duplicates: 0, rejected: [] });
});

describe('a chat transcript', () => {
  test('brings what the user wrote, halved for every six hours before the newest of it', async () => {
    const attune = await open();
    const chat = [said(12, 'jazz'), said(6, 'calm'), said(5, 'do you like folk?', 'assistant'), said(0, 'sea')];
    expect(await attune.data.import(chat)).toEqual({ interactions: 3, duplicates: 0, rejected: [] });
    expect(await logOf(attune)).toEqual([
      ['write', 'jazz', START - 12 * HOUR, 0.25],
      ['write', 'calm', START - 6 * HOUR, 0.5],
      ['write', 'sea', START, 1],
    ]);
    expect(
      (
        await attune.rank([
          { id: 'x', title: 'rock' },
          { id: 'y', title: 'sea' },
        ])
      )[0]!.id,
    ).toBe('y');
  });

  test('is measured from its own newest message, however long ago that was', async () => {
    const attune = await open();
    await attune.data.import([said(1000, 'jazz'), said(1006, 'calm')]);
    expect((await logOf(attune)).map((row) => (row as unknown[])[3])).toEqual([0.5, 1]);
  });

  test('counts for a thousandth however old it is, and by the weight it brings', async () => {
    const attune = await open();
    await attune.data.import([said(600, 'jazz'), { ...said(6, 'calm'), weight: 3 }, said(0, 'sea')]);
    expect((await logOf(attune)).map((row) => (row as unknown[])[3])).toEqual([0.001, 1.5, 1]);
  });

  test('gives its newest eight, in whatever order they come', async () => {
    const attune = await open();
    const hours = [3, 9, 1, 7, 5, 0, 8, 2, 6, 4];
    const { interactions } = await attune.data.import(hours.map((h) => said(h, `jazz ${h}`)));
    expect(interactions).toBe(8);
    expect((await logOf(attune)).map((row) => (row as unknown[])[1])).toEqual(
      [7, 6, 5, 4, 3, 2, 1, 0].map((h) => `jazz ${h}`),
    );
  });

  test('counts other roles as what they are said to be', async () => {
    const attune = await open();
    const roles = { human: 'write', bot: 'read' };
    await attune.data.import([said(0, 'jazz', 'human'), said(0, 'rock', 'bot'), said(0, 'sea')], { roles });
    expect((await logOf(attune)).map((row) => (row as unknown[]).slice(0, 2))).toEqual(
      expect.arrayContaining([
        ['write', 'jazz'],
        ['read', 'rock'],
      ]),
    );
  });

  test('that comes again with more brings only what is new, and leaves weights as they were', async () => {
    const attune = await open();
    const chat = [said(6, 'jazz'), said(3, 'calm')];
    await attune.data.import(chat);
    expect(await attune.data.import([...chat, said(0, 'sea')])).toEqual({
      interactions: 1,
      duplicates: 2,
      rejected: [],
    });
    expect((await logOf(attune)).map((row) => (row as unknown[])[3])).toEqual([2 ** -0.5, 1, 1]);
  });

  test('may be JSON text, tell times in seconds or ISO 8601, and name its messages', async () => {
    const attune = await open();
    const chat = [
      { role: 'user', content: 'jazz', timestamp: START / 1000 },
      { role: 'user', content: 'calm', timestamp: new Date(START).toISOString() },
      { role: 'user', content: 'calm', at: START, id: 'm1' },
      { role: 'user', content: 'rock', at: START, id: 'm1' },
    ];
    expect(await attune.data.import(JSON.stringify(chat))).toEqual({ interactions: 3, duplicates: 1, rejected: [] });
    expect((await attune.data.recent()).map(({ at }) => at)).toEqual([START, START, START]);
  });

  test('reports the messages that make no sense', async () => {
    const attune = await open();
    const odd = [
      null,
      'jazz',
      {},
      { role: 7, content: 'jazz', at: START },
      { role: 'user', content: ' ', at: START },
      { role: 'user', content: 'jazz' },
      { role: 'user', content: 'jazz', at: 'yesterday 5' },
      { role: 'user', content: 'jazz', at: START, id: 7 },
      { role: 'user', content: 'jazz', at: START, weight: -1 },
      { role: '__proto__', content: 'jazz', at: START },
      said(0, 'jazz'),
    ];
    const { interactions, rejected } = await attune.data.import(odd as never);
    expect([interactions, rejected.map(({ row }) => row)]).toEqual([1, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
    for (const { reason } of rejected) expect(reason).not.toBe('');
  });

  test('is redacted before anything is kept of it', async () => {
    const attune = await open({ redact: (text) => text.replace(/\d+/g, '#') });
    await attune.data.import([said(0, 'jazz 0151')]);
    expect(JSON.stringify(await attune.data.export())).not.toContain('0151');
    expect(await attune.data.import([said(0, 'jazz 0152')])).toMatchObject({ duplicates: 1 });
  });

  test.each([null, 7, {}, { user: 7 }, { user: '' }])('is refused with %j for roles', async (roles) => {
    const attune = await open();
    await expect(attune.data.import([said(0, 'jazz')], { roles } as never)).rejects.toMatchObject({
      code: 'input/invalid',
    });
  });
});

describe('an action log', () => {
  const header = 'timestamp,user_id,action_type,content,weight';

  test('may be a list of rows, as JSON text or as it is', async () => {
    const rows = [
      { timestamp: START, user_id: 'u', action_type: 'save', content: 'jazz', weight: 2 },
      { timestamp: '2025-10-01T10:00:00Z', user_id: 'u', action_type: 'hide', content: 'rock', weight: '' },
    ];
    for (const source of [rows, JSON.stringify(rows)] as ImportSource[]) {
      const attune = await open();
      expect(await attune.data.import(source)).toEqual({ interactions: 2, duplicates: 0, rejected: [] });
      expect(await logOf(attune)).toEqual([
        ['hide', 'rock', Date.parse('2025-10-01T10:00:00Z'), undefined],
        ['save', 'jazz', START, 2],
      ]);
    }
  });

  test('keeps quotes, commas and line breaks inside a content, with CRLF, a BOM and a spaced header', async () => {
    const attune = await open();
    const csv = [
      '\uFEFFTimestamp, User_ID , Action_Type ,Content, Weight',
      `${START},u, save ,"sea, ""snow""`,
      `and jazz",1`,
      '',
      `${START},u,view,rock,`,
      '',
    ].join('\r\n');
    expect(await attune.data.import(csv)).toEqual({ interactions: 2, duplicates: 0, rejected: [] });
    expect((await logOf(attune)).map((row) => (row as unknown[]).slice(0, 2))).toEqual(
      expect.arrayContaining([
        ['save', 'sea, "snow"\r\nand jazz'],
        ['view', 'rock'],
      ]),
    );
  });

  test('reports a row with an open quote or too many fields instead of guessing', async () => {
    const attune = await open();
    const rows = ['save,jazz,1,calm', 'save,folk,1', 'save,"rock,1', 'save,snow,1'];
    const csv = [header, '', ...rows.map((row) => `${START},u,${row}`)].join('\n');
    const { interactions, rejected } = await attune.data.import(csv);
    expect([interactions, rejected.map(({ row }) => row)]).toEqual([1, [0, 2]]);
    expect((await logOf(attune)).map((row) => (row as unknown[])[1])).toEqual(['folk']);
  });

  test('that comes twice counts once, and so does a row that stands in it twice', async () => {
    const attune = await open();
    const csv = `${header}\n${START},u,save,jazz,1\n${START},u,save,jazz,1\n${START},u,view,jazz,1`;
    expect(await attune.data.import(csv)).toMatchObject({ interactions: 2, duplicates: 1 });
    expect(await attune.data.import(csv)).toMatchObject({ interactions: 0, duplicates: 3 });
  });

  test('of several users gives the rows of the one in force, and of one user all', async () => {
    const attune = await open({ user: '7' });
    const rows = ['7', '8', ''].map((user) => ({
      timestamp: START,
      user_id: user,
      action_type: 'save',
      content: 'sea',
    }));
    const { interactions, rejected } = await attune.data.import(rows);
    expect([interactions, rejected.map(({ row }) => row)]).toEqual([1, [1, 2]]);
    const other = await open({ user: '9' });
    expect(await other.data.import([{ ...rows[0]! }])).toMatchObject({ interactions: 1 });
  });

  test('takes a million characters for the start of them', async () => {
    const attune = await open();
    const csv = `${header}\n${START},u,save,"${'jazz '.repeat(200_000)}",1`;
    expect(await attune.data.import(csv)).toMatchObject({ interactions: 1, rejected: [] });
    expect((await attune.data.export()).items[0]!.text).toHaveLength(20_000);
  });
});

describe('a time in a file', () => {
  test.each([
    [START, START],
    [String(START), START],
    [START / 1000, START],
    ['1760000000.25', 1_760_000_000_250],
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    [' 2026-11-20T18:30:00Z ', Date.UTC(2026, 10, 20, 18, 30)],
    ['2026-11-20 18:30:00+01:00', Date.UTC(2026, 10, 20, 17, 30)],
    ['2026-11-20 18:30:00,5 +0100', Date.UTC(2026, 10, 20, 17, 30, 0, 500)],
    ['2026-11-20T18:30+01', Date.UTC(2026, 10, 20, 17, 30)],
    ['2026-11-20T18:30', new Date(2026, 10, 20, 18, 30).getTime()],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('%j is understood', (text, at) => {
    expect(readInstant(text)).toBe(at);
  });

  test.each([
    'yesterday',
    'yesterday 5',
    '20.11.2026',
    '11/20/2026',
    '2026-02-30',
    '2026-13-01',
    '2026-11-20T25:00',
    '-5',
    '',
    NaN,
    Infinity,
    -1,
    null,
    undefined,
    {},
    true,
  ])('%j is refused, because it says no instant', (text) => {
    expect(() => readInstant(text)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
});
