import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue } from '../../src/encoder/queue.js';
import { nextTask } from '../one-hot.js';

const TEXTS = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i).repeat(1 + ((i * 7) % 12)));
const LIMITS = { texts: 3, characters: 20, atOnce: 1 };

const request = fc.record({
  texts: fc.array(fc.constantFrom(...TEXTS), { maxLength: 8 }),
  priority: fc.constantFrom('now', 'background'),
  role: fc.constantFrom('content', 'behaviour'),
  /** The task it comes in, and the one it is aborted in; -1: never. */
  at: fc.integer({ min: 0, max: 12 }),
  abortedAt: fc.integer({ min: -1, max: 15 }),
});

test('whatever comes, fails and is given up, every request ends with its own rows, its own reason or its own failure', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 12 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 4 }),
      fc.boolean(),
      async (requests, failing, isClosed) => {
        const underWay = new Set<string>();
        let count = 0;
        const queue = createQueue(
          1,
          async (texts, role) => {
            expect(texts.length).toBeGreaterThan(0);
            expect(texts.length).toBeLessThanOrEqual(LIMITS.texts);
            if (texts.length > 1) expect(texts.join('').length).toBeLessThanOrEqual(LIMITS.characters);
            expect(underWay.size).toBe(0); // one message at a time
            for (const text of texts) underWay.add(text);
            expect(underWay.size).toBe(texts.length); // none twice
            const index = count++;
            await nextTask();
            underWay.clear();
            if (failing.includes(index)) throw new Error('failed');
            const data = Float32Array.from(texts, (text) => text.length + (role === 'content' ? 0 : 100));
            return { data, rows: texts.length, dim: 1, truncated: 0 };
          },
          LIMITS,
        );
        const outcomes: Promise<void>[] = [];
        for (let task = 0; task <= 15; task++) {
          for (const { texts, priority, role, at, abortedAt } of requests) {
            if (at !== task) continue;
            const abort = new AbortController();
            const answer = queue.encode(texts, { priority, role, signal: abort.signal });
            const outcome = answer.then(
              ({ data, rows }) => {
                expect(rows).toBe(texts.length);
                expect([...data]).toEqual(texts.map((text) => text.length + (role === 'content' ? 0 : 100)));
              },
              (error: unknown) => {
                if (abort.signal.aborted && error === abort.signal.reason) return;
                expect(String(error)).toMatch(failing.length > 0 ? /failed|closed/ : /closed/);
                if (!isClosed) expect(String(error)).toContain('failed');
              },
            );
            outcomes.push(outcome);
            if (abortedAt >= at) void later(abortedAt - at).then(() => abort.abort());
          }
          await nextTask();
        }
        if (isClosed) queue.close();
        await Promise.all(outcomes);
      },
    ),
    { numRuns: 30 },
  );
});

async function later(tasks: number): Promise<void> {
  for (let i = 0; i < tasks; i++) await nextTask();
}
