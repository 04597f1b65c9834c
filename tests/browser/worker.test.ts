import { expect, test } from 'vitest';
import { openEncoderWorker } from '../../src/encoder/client.js';

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
