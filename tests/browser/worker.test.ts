import { expect, test } from 'vitest';
import { openEncoderWorker } from '../../src/encoder/client.js';

const newWorker = (): Worker => new Worker(new URL('../../src/encoder/worker.ts', import.meta.url), { type: 'module' });

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
