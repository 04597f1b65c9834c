/** Does something when the page has nothing better to do, in a task of its own. */
export function whenIdle(task: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(task);
  else setTimeout(task, 0);
}

/** Work that an idle moment does. */
export interface Soon {
  /** Has it done soon, unless that is asked for already; later if it was done lately. */
  ask(): void;
  /** It is being done, whoever asked. */
  begun(): void;
  end(): void;
}

/**
 * @param soonMs  at least so long after it was asked for
 * @param pauseMs at least so long after it was begun before
 */
export function createSoon(task: () => void, soonMs: number, pauseMs: number): Soon {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begunAt = -Infinity;
  const run = (): void => {
    timer = undefined;
    task();
  };
  return {
    ask: () =>
      void (timer ??= setTimeout(() => whenIdle(run), Math.max(soonMs, begunAt + pauseMs - performance.now()))),
    begun: () => void (begunAt = performance.now()),
    end: () => clearTimeout(timer),
  };
}

/** How long the page may be kept waiting, ms. Judgement: half a frame. */
const BREATH_MS = 8;

/**
 * Lets the page do what it has to, between two parts of long work: waits for a task where the last wait is longer ago than that.
 *
 * @param check throws where the work is not to go on, asked after a wait
 */
export function createBreath(check: () => void): () => Promise<void> {
  let breathedAt = 0;
  return async () => {
    if (performance.now() - breathedAt < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    check();
    breathedAt = performance.now();
  };
}

/** Does work that comes in parts, the page's own between them. */
export async function inBreaths<T>(steps: Generator<void, T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await breathe();
  }
}
