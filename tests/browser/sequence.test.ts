import { afterEach, expect, test } from 'vitest';
import { type Compute, createCompute } from '../../src/compute/client.js';
import type { SequenceEvent } from '../../src/compute/sequence/features.js';
import {
  createFollower,
  type FollowedItem,
  type FollowedPerson,
  type Follower,
} from '../../src/compute/sequence/follow.js';
import type { SequenceScores } from '../../src/compute/sequence/host.js';
import { goldenModel } from '../golden/sequence-weights.js';
import { writeSequence } from '../golden/write-sequence.js';

const shape = { layers: 2, width: 16, heads: 2, hidden: 24, window: 5, text: 12, blend: 200 };
const { file, texts, events } = goldenModel(shape, [5, 40, 0, 9, 300], [3, 1, 1], 4, 60);
const bytes = writeSequence(file).buffer as ArrayBuffer;
const ids = events.map((_, i) => `e${i}`);
const items = texts.map((text, i): FollowedItem => ({ key: `i${i}\ntext`, id: `i${i}`, text }));

/** As the page gives it: the newest nine, which decide, and when the one before them was. */
function personAfter(count: number, of: readonly SequenceEvent[] = events): FollowedPerson {
  const from = Math.max(0, count - 9);
  return { ids: ids.slice(from, count), events: of.slice(from, count), before: of[from - 1]?.at };
}

const refused: string[] = [];
const followerOf = (compute: Compute | undefined): Follower =>
  createFollower(bytes, compute, ({ code }) => refused.push(code));

let compute: Compute | undefined;
afterEach(() => {
  compute?.close();
  refused.length = 0;
});

/** Ends each Worker at its n-th message to the model, if that is named. */
function spawned(dyingAt: readonly number[] = [], onMessage: (type: string) => void = () => {}): () => Worker {
  let worker = -1;
  return () => {
    worker++;
    const [own, dies] = [
      new Worker(new URL('../../src/compute/worker.ts', import.meta.url), { type: 'module' }),
      dyingAt[worker],
    ];
    const { postMessage } = own;
    let times = 0;
    own.postMessage = (message: { path?: string[]; argumentList?: { value?: { type: string } }[] }, more: never) => {
      postMessage.call(own, message, more);
      if (message.path?.[0] !== 'sequence') return;
      onMessage(message.argumentList![0]!.value!.type);
      if (++times === dies) own.dispatchEvent(new ErrorEvent('error', { message: 'gone', cancelable: true }));
    };
    return own;
  };
}

async function followed(follower: Follower): Promise<SequenceScores[]> {
  const found: SequenceScores[] = [];
  for (const [count, some] of [
    [3, 2],
    [4, 5],
    [20, 5],
    [60, 5],
  ] as const) {
    found.push(await follower.scores(personAfter(count), items.slice(0, some)));
  }
  return found;
}

const onPage = followerOf(undefined);
const wanted = await followed(onPage);

test('the Worker says what the page says, to the bit, and is told of what is new alone', async () => {
  const said: string[] = [];
  compute = createCompute(spawned([], (type) => said.push(type)));
  const follower = followerOf(compute);
  expect(await followed(follower)).toEqual(wanted);
  expect(await follower.trace(events)).toEqual(await onPage.trace(events));
  expect([follower.on, onPage.on, refused]).toEqual(['worker', 'page', []]);
  const first = ['open', 'items', 'begin', 'read', 'score'];
  const more = ['items', 'read', 'score']; // one action and three items more
  const anew = ['begin', 'read', 'score']; // so many actions that what was read has no influence
  expect(said).toEqual([...first, ...more, ...anew, ...anew, 'trace', 'trace']);
});

test('a Worker that dies over a message is filled again; where two died the page goes on', async () => {
  for (const at of [2, 4]) {
    compute = createCompute(spawned([at]));
    expect(await followed(followerOf(compute))).toEqual(wanted);
    compute.close();
  }
  expect(refused).toEqual([]);
  compute = createCompute(spawned([2, 3]));
  const follower = followerOf(compute);
  expect(await followed(follower)).toEqual(wanted);
  expect([follower.on, refused]).toEqual(['page', ['compute/crashed']]);
});

test('a person of whom something was taken away, or came late, is read anew', async () => {
  compute = createCompute(spawned());
  const follower = followerOf(compute);
  await follower.scores(personAfter(6), items);
  const { user } = await follower.scores(personAfter(5), items);
  expect(user).toEqual((await followerOf(undefined).scores(personAfter(5), items)).user);
});

test('a damaged file is told as what it is, and ends no Worker', async () => {
  compute = createCompute(spawned());
  const damaged = new Uint8Array(bytes.slice(0));
  damaged[damaged.length - 1]! ^= 1;
  await expect(createFollower(damaged.buffer, compute, () => {}).told()).rejects.toMatchObject({
    code: 'model/corrupt',
  });
  expect((await followerOf(compute).told()).reach).toBe(9);
});
