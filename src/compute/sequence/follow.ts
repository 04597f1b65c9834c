import { AttuneError } from '../../errors.js';
import type { Compute } from '../client.js';
import type { Running } from '../start-worker.js';
import type { SequenceEvent } from './features.js';
import type { SequenceAnswers, SequenceMessage, SequenceScores, SequenceTold } from './host.js';

/** The newest of what a person did, oldest first: `reach` interactions, or all. */
export interface FollowedPerson {
  /** An interaction each. */
  readonly ids: readonly string[];
  readonly events: readonly SequenceEvent[];
  /** When the one before the first was, epoch ms; undefined where there is none. */
  readonly before: number | undefined;
}

/** An item to be scored, with its text's row. */
export interface FollowedItem {
  /** Of id and text. */
  readonly key: string;
  readonly id: string;
  readonly text: Float32Array;
}

/** A model that runs somewhere, follows one person and scores items for them. One call at a time. */
export interface Follower {
  /** What the model says of itself. Rejects with AttuneError `model/corrupt` for a damaged file. */
  told(): Promise<SequenceTold>;
  /**
   * What the model makes of the person now. Items are added to those given before, and all are scored; what the person did is
   * read on from where the last call ended, or anew where the log is another.
   */
  scores(person: FollowedPerson, items: readonly FollowedItem[]): Promise<SequenceScores>;
  /** Probabilities of the next kind after each of these interactions, of somebody who did nothing before them: a row each. */
  trace(events: readonly SequenceEvent[]): Promise<Float64Array>;
  /** Place of an item in `scores`; undefined for one not given yet. */
  numberOf(key: string): number | undefined;
  /** Where it runs. */
  readonly on: 'worker' | 'page';
}

/** Interactions and items of one message: below 8 ms of the default model (bench/sequence). */
const EVENTS_AT_ONCE = 32;
const ITEMS_AT_ONCE = 128;
/** Most items held, with their rows 1.5 kB each of the default model and lite. Judgement: 12 MB. */
const MOST_ITEMS = 8000;
/** Ids remembered of what was read: the longest reach that a file may have is no more than some windows. Judgement. */
const MOST_READ = 20_000;

type Ask = <M extends SequenceMessage>(message: M) => Promise<SequenceAnswers[M['type']]>;

/** What lies where a model runs. Lost with it, and brought again. */
interface Held {
  readonly ask: Ask;
  told?: SequenceTold;
  read: string[];
  /** How many items of `numbers` lie there. */
  items: number;
}

/**
 * Runs a model in the compute Worker, which is filled again whenever it is another one; or on the page, a message a task.
 *
 * @param compute   undefined where there is to be no Worker
 * @param onRefused told that the Worker does not do it, before the page does
 */
export function createFollower(
  bytes: ArrayBuffer,
  compute: Compute | undefined,
  onRefused: (error: AttuneError) => void,
): Follower {
  const helds = new WeakMap<Running, Held>();
  let page: Held | undefined;
  let isRefused = compute === undefined;
  let [numbers, items]: [Map<string, number>, FollowedItem[]] = [new Map(), []];

  /** The task where the model runs; `told` is there. */
  async function run<T>(task: (held: Held) => Promise<T>): Promise<T> {
    if (!isRefused) {
      try {
        return await compute!.call(async (worker) => {
          let held = helds.get(worker);
          if (held === undefined) {
            const ask: Ask = (message) => worker.ask((api) => api.sequence(message)) as never;
            helds.set(worker, (held = { ask, read: [], items: 0 }));
          }
          return task(await opened(held));
        });
      } catch (error) {
        if (!(error instanceof AttuneError) || !error.code.startsWith('compute/')) throw error;
        isRefused = true;
        onRefused(error);
      }
    }
    page ??= await onPage();
    return task(await opened(page));
  }

  async function opened(held: Held): Promise<Held> {
    held.told ??= await held.ask({ type: 'open', bytes });
    return held;
  }

  async function bringItems(held: Held): Promise<void> {
    for (; held.items < items.length;) {
      const some = items.slice(held.items, held.items + ITEMS_AT_ONCE);
      const { text } = held.told!;
      const texts = new Float32Array(some.length * text);
      some.forEach((item, i) => texts.set(item.text, i * text));
      await held.ask({ type: 'items', ids: some.map(({ id }) => id), texts });
      held.items += some.length;
    }
  }

  async function bringPerson(held: Held, { ids, events, before }: FollowedPerson): Promise<void> {
    let at = goesOnAfter(held.read, ids);
    if (at === 0) {
      held.read = [];
      await held.ask({ type: 'begin', before });
    }
    for (; at < events.length; at += EVENTS_AT_ONCE) {
      await held.ask({ type: 'read', events: events.slice(at, at + EVENTS_AT_ONCE) });
      held.read = [...held.read, ...ids.slice(at, at + EVENTS_AT_ONCE)].slice(-MOST_READ);
    }
  }

  return {
    told: () => run(({ told }) => Promise.resolve(told!)),
    scores(person, given) {
      const fresh = given.filter(({ key }) => !numbers.has(key));
      const isFull = items.length + fresh.length > MOST_ITEMS;
      if (isFull) [numbers, items] = [new Map(), []];
      for (const item of isFull ? given : fresh) {
        if (!numbers.has(item.key)) numbers.set(item.key, items.push(item) - 1);
      }
      const all = items;
      return run(async (held) => {
        if (isFull || held.items > all.length) {
          await held.ask({ type: 'forget' });
          held.items = 0;
        }
        await bringItems(held);
        await bringPerson(held, person);
        return held.ask({ type: 'score' });
      });
    },
    trace(events) {
      return run(async (held) => {
        const parts: Float64Array[] = [];
        for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
          const some = events.slice(at, at + EVENTS_AT_ONCE);
          parts.push(await held.ask({ type: 'trace', isFirst: at === 0, events: some }));
        }
        return joined(parts);
      });
    },
    numberOf: (key) => numbers.get(key),
    get on() {
      return isRefused ? 'page' : 'worker';
    },
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** How many of `ids` were read already, and nothing else since; 0 where the person has to be read anew. */
function goesOnAfter(read: readonly string[], ids: readonly string[]): number {
  const last = read.at(-1);
  const count = last === undefined ? 0 : ids.lastIndexOf(last) + 1;
  const same = count <= read.length && ids.slice(0, count).every((id, i) => id === read[read.length - count + i]);
  return same ? count : 0;
}

async function onPage(): Promise<Held> {
  const { createSequenceHost } = await import('./host.js');
  const host = createSequenceHost();
  return {
    read: [],
    items: 0,
    async ask(message) {
      await new Promise((resolve) => setTimeout(resolve));
      return host(message);
    },
  };
}
