import { describe, expect, test } from 'vitest';
import type { EmbeddingMatrix, Encoder, TextRole } from '../../src/domain/ports.js';
import { createQueue, type EncoderQueue, type MessageLimits, queued } from '../../src/encoder/queue.js';
import { nextTask } from '../one-hot.js';

/** A message as the encoder got it, which answers when it is told to. */
interface Message {
  readonly texts: readonly string[];
  readonly role: TextRole;
  answer(truncated?: number): void;
  fail(error: Error): void;
}

const rowOf = (text: string): number[] => [text.length, text.codePointAt(0) ?? 0];

function matrixOf(texts: readonly string[], truncated = 0): EmbeddingMatrix {
  return { data: Float32Array.from(texts.flatMap(rowOf)), rows: texts.length, dim: 2, truncated };
}

function open(limits: Partial<MessageLimits> = {}): { queue: EncoderQueue; messages: Message[] } {
  const messages: Message[] = [];
  const send = (texts: readonly string[], role: TextRole): Promise<EmbeddingMatrix> =>
    new Promise((resolve, fail) =>
      messages.push({ texts, role, fail, answer: (truncated) => resolve(matrixOf(texts, truncated)) }),
    );
  return { messages, queue: createQueue(2, send, { texts: 3, characters: 30, atOnce: 1, ...limits }) };
}

/** Answers every message there is or will be; the texts of each in the order they came. */
async function answerAll(messages: readonly Message[], from = 0): Promise<(readonly string[])[]> {
  await nextTask();
  for (let i = from; i < messages.length; i++) {
    messages[i]!.answer();
    await nextTask();
  }
  return messages.map(({ texts }) => texts);
}

const some = (count: number, letter: string): string[] =>
  Array.from({ length: count }, (_, i) => letter + String(i).padStart(3, '0'));

describe('what goes together', () => {
  test('what is asked in one task goes in one message, and each caller has its rows in its own order', async () => {
    const { queue, messages } = open();
    const both = Promise.all([queue.encode(['ccc', 'a', 'ccc']), queue.encode(['bb'])]);
    expect(await answerAll(messages)).toEqual([['a', 'bb', 'ccc']]);
    const [first, second] = await both;
    expect(first).toEqual(matrixOf(['ccc', 'a', 'ccc']));
    expect(second).toEqual(matrixOf(['bb']));
  });

  test('what comes while a message is under way goes together in the next', async () => {
    const { queue, messages } = open();
    const all = [queue.encode(['a'])];
    await nextTask();
    for (const text of ['b', 'c', 'd']) {
      all.push(queue.encode([text]));
      await nextTask();
    }
    expect(await answerAll(messages)).toEqual([['a'], ['b', 'c', 'd']]);
    await Promise.all(all);
  });

  test('a text that several ask for goes once, also when it is under way already', async () => {
    const { queue, messages } = open();
    const all = [queue.encode(['a', 'b']), queue.encode(['b'])];
    await nextTask();
    all.push(queue.encode(['b', 'a']));
    expect(await answerAll(messages)).toEqual([['a', 'b']]);
    expect((await Promise.all(all)).map(({ data }) => [...data])).toEqual([
      [1, 97, 1, 98],
      [1, 98],
      [1, 98, 1, 97],
    ]);
  });

  test('a text with two roles is two texts, and no message mixes roles', async () => {
    const { queue, messages } = open();
    const all = Promise.all([queue.encode(['a', 'b']), queue.encode(['a'], { role: 'behaviour' })]);
    await answerAll(messages);
    expect(messages.map(({ texts, role }) => [role, ...texts])).toEqual([
      ['content', 'a', 'b'],
      ['behaviour', 'a'],
    ]);
    await all;
  });

  test('a message has at most so many texts and characters, short texts first; a longer one goes alone', async () => {
    const { queue, messages } = open();
    const texts = ['x'.repeat(40), 'y'.repeat(20), 'a', 'b', 'c', 'd', 'z'.repeat(9), 'w'.repeat(11)];
    const work = queue.encode(texts);
    expect((await answerAll(messages)).map((each) => each.map(({ length }) => length))).toEqual([
      [1, 1, 1],
      [1, 9, 11],
      [20],
      [40],
    ]);
    expect(await work).toEqual(matrixOf(texts));
  });

  test('no texts are answered with no rows and no message', async () => {
    const { queue, messages } = open();
    expect(await queue.encode([])).toEqual(matrixOf([]));
    expect(messages).toEqual([]);
  });

  test('the longest texts of a message are those that were cut, and a request counts its own', async () => {
    const { queue, messages } = open();
    const all = Promise.all([queue.encode(['a', 'ccc']), queue.encode(['bb', 'ccc'])]);
    await nextTask();
    messages[0]!.answer(2);
    expect((await all).map(({ truncated }) => truncated)).toEqual([1, 2]);
  });
});

describe('who goes first', () => {
  test('what a person waits for goes before the background, whatever came first', async () => {
    const { queue, messages } = open({ texts: 2 });
    const all = [queue.encode(some(4, 'b'), { priority: 'background' })];
    await nextTask();
    all.push(queue.encode(['person']));
    expect((await answerAll(messages)).map(([text]) => text)).toEqual(['b000', 'person', 'b002']);
    await Promise.all(all);
  });

  test('a text that waits in the background moves up when a person asks for it, and goes once', async () => {
    const { queue, messages } = open({ texts: 2 });
    const all = [queue.encode(some(6, 'b'), { priority: 'background' })];
    await nextTask();
    all.push(queue.encode(['b005']));
    expect(await answerAll(messages)).toEqual([['b000', 'b001'], ['b005'], ['b002', 'b003'], ['b004']]);
    await Promise.all(all);
  });

  test('a text a person waits for stays where it is when the background wants it too', async () => {
    const { queue, messages } = open({ texts: 1 });
    const all = [queue.encode(['a']), queue.encode(['b'])];
    all.push(queue.encode(['c', 'b'], { priority: 'background' }));
    expect(await answerAll(messages)).toEqual([['a'], ['b'], ['c']]);
    await Promise.all(all);
  });

  test('however much people ask for, a tenth of the messages is the background’s', async () => {
    const { queue, messages } = open({ texts: 1 });
    const all = [queue.encode(some(40, 'p')), queue.encode(some(3, 'b'), { priority: 'background' })];
    const order = (await answerAll(messages)).map(([text]) => text![0]);
    expect(order.flatMap((letter, i) => (letter === 'b' ? [i] : []))).toEqual([9, 19, 29]);
    await Promise.all(all);
  });

  test('a small request is not kept waiting by a large one', async () => {
    const { queue, messages } = open({ texts: 2 });
    const all = [queue.encode(some(100, 'l'))];
    await nextTask();
    all.push(queue.encode(['small']));
    const order = (await answerAll(messages)).flat();
    expect(order.indexOf('small')).toBeLessThan(5);
    await Promise.all(all);
  });

  test('a large request is not kept waiting for ever by small ones that keep coming', async () => {
    const { queue, messages } = open({ texts: 1 });
    const all = [queue.encode(some(5, 'l'))];
    for (let i = 0; i < 20; i++) {
      all.push(queue.encode([`s${String(i).padStart(3, '0')}`]));
      await nextTask();
      messages[i]!.answer();
    }
    const order = messages.flatMap(({ texts }) => texts);
    expect(order.filter((text) => text.startsWith('l'))).toEqual(some(5, 'l'));
    await answerAll(messages, messages.length - 1);
    await Promise.all(all);
  });
});

describe('what nobody waits for', () => {
  test('an aborted request rejects at once with its reason, and its texts leave the queue', async () => {
    const { queue, messages } = open({ texts: 1 });
    const abort = new AbortController();
    const kept = queue.encode(['a', 'b']);
    const gone = queue.encode(['b', 'c', 'd'], { signal: abort.signal });
    await nextTask();
    abort.abort(new Error('enough'));
    await expect(gone).rejects.toBe(abort.signal.reason);
    expect(await answerAll(messages)).toEqual([['a'], ['b']]);
    expect(await kept).toEqual(matrixOf(['a', 'b']));
  });

  test('a request aborted beforehand asks for nothing', async () => {
    const { queue, messages } = open();
    const aborted = AbortSignal.abort();
    await expect(queue.encode(['a'], { signal: aborted })).rejects.toBe(aborted.reason);
    expect(await answerAll(messages)).toEqual([]);
  });

  test('what was aborted under way is still the answer for others, and can be asked for anew', async () => {
    const { queue, messages } = open();
    const abort = new AbortController();
    const gone = queue.encode(['a'], { signal: abort.signal });
    await nextTask();
    abort.abort();
    await expect(gone).rejects.toBe(abort.signal.reason);
    const joined = queue.encode(['a']);
    expect(await answerAll(messages)).toEqual([['a']]);
    expect(await joined).toEqual(matrixOf(['a']));
    await nextTask();
    const anew = queue.encode(['a']);
    expect(await answerAll(messages, 1)).toEqual([['a'], ['a']]);
    expect(await anew).toEqual(matrixOf(['a']));
  });

  test('a person who gives up leaves the text to the background that wants it', async () => {
    const { queue, messages } = open({ texts: 1 });
    const abort = new AbortController();
    const background = queue.encode(['a', 'b'], { priority: 'background' });
    await nextTask();
    const gone = queue.encode(['b'], { signal: abort.signal });
    abort.abort();
    await expect(gone).rejects.toBe(abort.signal.reason);
    expect(await answerAll(messages)).toEqual([['a'], ['b']]);
    await background;
  });
});

describe('when it fails', () => {
  test('a message that fails rejects those who wait for it, and their other texts leave', async () => {
    const { queue, messages } = open({ texts: 2 });
    const failed = [queue.encode(['bad', 'ok', ...some(4, 'xxxx')]), queue.encode(['ok'])];
    await nextTask();
    const well = queue.encode(['fine text', 'xxxx000']);
    expect(messages[0]!.texts).toEqual(['ok', 'bad']);
    messages[0]!.fail(new Error('crashed'));
    for (const each of failed) await expect(each).rejects.toThrow('crashed');
    expect((await answerAll(messages, 1)).slice(1).flat().toSorted()).toEqual(['fine text', 'xxxx000']);
    expect(await well).toEqual(matrixOf(['fine text', 'xxxx000']));
  });

  test('a text that failed is asked for again by the next who wants it', async () => {
    const { queue, messages } = open();
    const failed = queue.encode(['a']);
    await nextTask();
    messages[0]!.fail(new Error('crashed'));
    await expect(failed).rejects.toThrow('crashed');
    const again = queue.encode(['a']);
    await answerAll(messages, 1);
    expect(await again).toEqual(matrixOf(['a']));
  });

  test('closing rejects everything at once, under way or not, and whatever comes later', async () => {
    const { queue, messages } = open({ texts: 1 });
    const all = [queue.encode(['a', 'b']), queue.encode(['c'], { priority: 'background' })];
    await nextTask();
    queue.close();
    for (const each of [...all, queue.encode(['d'])]) await expect(each).rejects.toMatchObject({ code: 'closed' });
    expect(await answerAll(messages)).toEqual([['a']]);
  });
});

describe('an encoder of one’s own behind a queue', () => {
  const own = (encode: Encoder['encode']): Encoder => queued({ modelVersion: 'own', dim: 2, encode, close() {} });

  test('gets all of a task in one call, no text twice, and does not wait for its last answer', async () => {
    const calls: (readonly string[])[] = [];
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const encoder = own(async (texts) => {
      calls.push(texts);
      await opened;
      return matrixOf(texts);
    });
    const all = [encoder.encode(some(300, 'a')), encoder.encode(['a001', 'b'])];
    await nextTask();
    all.push(encoder.encode(['c', 'b']));
    await nextTask();
    expect(calls.map(({ length }) => length)).toEqual([301, 1]);
    open();
    expect((await Promise.all(all)).map(({ rows }) => rows)).toEqual([300, 2, 2]);
  });

  test('is told the role', async () => {
    const roles: unknown[] = [];
    const encoder = own(async (texts, options) => (roles.push(options?.role), matrixOf(texts)));
    await encoder.encode(['a'], { role: 'behaviour' });
    expect(roles).toEqual(['behaviour']);
  });

  test('that throws at once rejects', async () => {
    const encoder = own(() => {
      throw new Error('broken');
    });
    await expect(encoder.encode(['a'])).rejects.toThrow('broken');
  });
});
