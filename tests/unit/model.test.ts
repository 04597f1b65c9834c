import { describe, expect, test } from 'vitest';
import { createQueue } from '../../src/encoder/queue.js';
import { createModel, type Model } from '../../src/sdk/model.js';
import { nextTask, oneHot, WORDS } from '../one-hot.js';

/** A model whose encoder takes one text at a time, each when `next` is called. */
function open(): { model: Model; sent: string[]; next: () => Promise<void> } {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const dim = WORDS.length;
  const queue = createQueue(
    dim,
    async ([text]) => {
      sent.push(text!);
      await new Promise<void>((resolve) => answers.push(resolve));
      return { data: oneHot(text!), rows: 1, dim, truncated: 0 };
    },
    { texts: 1, characters: 100, atOnce: 1 },
  );
  const choice = { modelVersion: 'one', open: async () => ({ modelVersion: 'one', dim, ...queue }) };
  const fail = (error: unknown): never => {
    throw error;
  };
  return {
    model: createModel([choice], fail, fail),
    sent,
    async next() {
      answers.shift()?.();
      await nextTask();
    },
  };
}

describe('texts on their way', () => {
  test('one that waits in the background moves up when a person asks for it, and is encoded once', async () => {
    const { model, sent, next } = open();
    const background = model.ensure(['jazz', 'rock', 'folk', 'calm'], undefined, 'background');
    await nextTask();
    const person = model.ensure(['calm', 'jazz']);
    await next();
    await next();
    await person;
    expect(sent).toEqual(['jazz', 'calm', 'rock']);
    expect(model.get('calm')).toEqual(oneHot('calm'));
    await next();
    await next();
    await background;
    expect(sent).toEqual(['jazz', 'calm', 'rock', 'folk']);
    expect(model.table!.rows).toBe(4);
  });

  test('one that nobody waits for any more is not encoded', async () => {
    const { model, sent, next } = open();
    const abort = new AbortController();
    const kept = model.ensure(['jazz']);
    await nextTask();
    const gone = model.ensure(['rock', 'folk'], abort.signal);
    await nextTask();
    abort.abort();
    await expect(gone).rejects.toBe(abort.signal.reason);
    await next();
    await kept;
    await next();
    expect(sent).toEqual(['jazz']);
  });
});
