import { expect, test } from 'vitest';
import { openEncoderWorker } from '../../src/encoder/client.js';
import { newWorker } from './tiny-models.js';
import { createAttune } from '../../src/sdk/attune.js';

/** WebKit runs a Worker's own file once more when a part loaded later imports it, and bundlers arrange parts like that. */
test('a Worker whose file is run twice answers each call once', async () => {
  const file = `${location.origin}/src/encoder/worker.ts?worker_file&type=module`;
  const twice = `import ${JSON.stringify(file)}; import ${JSON.stringify(`${file}&again`)};`;
  const url = URL.createObjectURL(new Blob([twice], { type: 'text/javascript' }));
  const answered: string[] = [];
  const spawn = (): Worker => {
    const worker = new Worker(url, { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<{ id: string }>) => void answered.push(data.id));
    return worker;
  };
  const encoder = await openEncoderWorker(spawn, { kind: 'lexical' }, () => undefined);
  for (const text of ['one', 'two', 'three']) await encoder.encode([text]);
  encoder.close();
  expect(answered.length).toBeGreaterThanOrEqual(4);
  expect(new Set(answered).size).toBe(answered.length);
});

/** Chromium freezes a page with its Workers; one that was at work may never answer again. */
test.each([
  ['while it loads', 'load'],
  ['in the middle of a batch', 'encode'],
])('a page that sleeps %s ends the Worker and is answered by another once it wakes', async (_, during) => {
  let ended = 0;
  const asked: string[] = [];
  const spawn = (): Worker => {
    const worker = newWorker();
    const { terminate, postMessage } = worker;
    worker.terminate = () => (ended++, terminate.call(worker));
    worker.postMessage = (message: { path?: string[] }, more: never) => {
      const [method] = message.path ?? [];
      if (method !== undefined) asked.push(method);
      postMessage.call(worker, message, more);
      if (method === during && asked.filter((each) => each === during).length === 1)
        queueMicrotask(() => dispatchEvent(new Event('pagehide')));
    };
    return worker;
  };
  const answer = openEncoderWorker(spawn, { kind: 'lexical' }, () => undefined).then(async (encoder) => {
    const { data } = await encoder.encode(['one']);
    encoder.close();
    return data;
  });
  await expect.poll(() => ended).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked.at(-1)).toBe(during); // it sleeps: nothing is asked anew
  dispatchEvent(new Event('pageshow'));
  expect(await answer).toHaveLength(256);
  expect(asked).toEqual(during === 'load' ? ['load', 'load', 'encode'] : ['load', 'encode', 'load', 'encode']);
});

test('one that died while nobody waited is replaced at the next call', async () => {
  const workers: Worker[] = [];
  const spawn = (): Worker => {
    const worker = newWorker();
    workers.push(worker);
    return worker;
  };
  const encoder = await openEncoderWorker(spawn, { kind: 'lexical' }, () => undefined);
  await encoder.encode(['one']);
  workers[0]!.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
  expect(await encoder.encode(['two'])).toMatchObject({ rows: 1 });
  expect(workers).toHaveLength(2);
  encoder.close();
});

/** Texts of every message to a Worker made by the `spawn` given back, in order. */
function watchedWorkers(onMessage: (worker: Worker, texts: readonly string[]) => void = () => undefined): {
  spawn: () => Worker;
  sent: (readonly string[])[];
  workers: Worker[];
} {
  const sent: (readonly string[])[] = [];
  const workers: Worker[] = [];
  const spawn = (): Worker => {
    const worker = newWorker();
    workers.push(worker);
    const { postMessage } = worker;
    worker.postMessage = (message: { path?: string[]; argumentList?: { value: string[] }[] }, more: never) => {
      postMessage.call(worker, message, more);
      if (message.path?.[0] !== 'encode') return;
      const texts = message.argumentList![0]!.value;
      sent.push(texts);
      onMessage(worker, texts);
    };
    return worker;
  };
  return { spawn, sent, workers };
}

test('what a person asks for goes to the Worker before what is still to be learned from', async () => {
  let asks: Promise<unknown> | undefined;
  const { spawn, sent } = watchedWorkers((_, texts) => {
    if (texts.some((text) => text.startsWith('number'))) asks ??= attune.embed('person');
  });
  const attune = await createAttune({ assetBase: '/', worker: spawn });
  await attune.embed('begin');
  for (let i = 0; i < 300; i++) attune.track('view', { id: `${i}`, title: `number ${i} of many` });
  await attune.flush();
  await asks;
  const asked = sent.findIndex((texts) => texts.includes('person.') || texts.includes('person'));
  expect(asked).toBe(2); // right behind the message that was on its way
  expect(sent[asked]).toHaveLength(1);
  expect(attune.profile().interactionCount).toBe(300);
  await attune.close();
});

test('after a second death over one message only those who wait for it hear of it', async () => {
  const { spawn, sent, workers } = watchedWorkers((worker, texts) => {
    const kill = (): unknown => worker.dispatchEvent(new ErrorEvent('error', { message: 'killed', cancelable: true }));
    if (texts.includes('deadly text')) queueMicrotask(kill);
  });
  const encoder = await openEncoderWorker(spawn, { kind: 'lexical' }, () => undefined);
  const neighbours = Array.from({ length: 128 }, (_, i) => `n ${i}`); // a message full
  const first = encoder.encode(neighbours);
  await expect.poll(() => sent.length, { interval: 1 }).toBe(1);
  const [before, deadly, joined, after] = await Promise.allSettled([
    first,
    encoder.encode(['deadly text']),
    encoder.encode(['deadly text', 'its neighbour']),
    encoder.encode(['text of another role'], { role: 'behaviour' }), // a message of its own
  ]);
  expect(before).toMatchObject({ status: 'fulfilled', value: { rows: 128 } });
  for (const each of [deadly, joined])
    expect(each).toMatchObject({ status: 'rejected', reason: { code: 'encoder/crashed' } });
  expect(after).toMatchObject({ status: 'fulfilled', value: { rows: 1 } });
  expect(workers).toHaveLength(3);
  encoder.close();
});
