import { AttuneError } from '../errors.js';
import type { EmbeddingMatrix, Encoder, Priority, TextRole } from '../domain/ports.js';
import { raceAbort } from './abort.js';

/** How much goes to an encoder at a time. */
export interface MessageLimits {
  readonly texts: number;
  /** UTF-16 units; a longer text goes alone. */
  readonly characters: number;
  /** Messages under way together. */
  readonly atOnce: number;
}

/** What stands before an encoder: its `encode`, and an end to everything that waits. */
export type EncoderQueue = Pick<Encoder, 'encode' | 'close'>;

/** What a text costs besides its characters, in characters, and the most of it that an encoder reads. Judgement. */
const COST_OF_A_TEXT = 64;
const MOST_READ = 4096;

/** Messages of people's texts in a row while others wait in the background; then one of those. Judgement: a tenth at most. */
const MOST_AHEAD = 9;

interface Row {
  readonly embedding: Float32Array;
  readonly isCut: boolean;
}

/** A text on its way, with all who wait for it. */
interface Wanted {
  readonly text: string;
  readonly role: TextRole;
  readonly row: Promise<Row>;
  readonly resolve: (row: Row) => void;
  readonly reject: (error: unknown) => void;
  askers: number;
  priority: Priority | undefined;
  /** Place in its line, in work done there before; see `lineUp`. */
  turn: number;
  isSent: boolean;
}

/**
 * A queue before an encoder. What arrives in one task, or while messages are under way, goes together; a text that
 * several ask for goes once; one that nobody waits for any more doesn't go. What a person waits for goes before work
 * in the background, also when it waited there already, but never for good. Within one line requests share the encoder
 * in proportion, so that a small one is not kept by a large one, each request its short texts first.
 *
 * A message that fails rejects those who wait for one of its texts, and nobody else. Of a message with `truncated`
 * texts its longest are taken for those: over one request, or one message, the count is exact.
 *
 * @param dim  length of a row
 * @param send encodes texts, each another; is never given more than `limits` say
 */
export function createQueue(
  dim: number,
  send: (texts: readonly string[], role: TextRole) => Promise<EmbeddingMatrix>,
  limits: MessageLimits,
): EncoderQueue {
  const wanted = { content: new Map<string, Wanted>(), behaviour: new Map<string, Wanted>() };
  const lines = { now: newLine(), background: newLine() };
  let underWay = 0;
  let ahead = 0;
  let willSend = false;
  let refusal: AttuneError | undefined;

  function join(text: string, role: TextRole): Wanted {
    const known = wanted[role].get(text) ?? newWanted(text, role);
    wanted[role].set(text, known);
    known.askers++;
    return known;
  }

  function leave(each: Wanted): void {
    if (--each.askers === 0 && !each.isSent) wanted[each.role].delete(each.text);
  }

  /**
   * Gives each a turn: the work its line has done so far, and that of the request up to it. A request that comes later
   * can go before the rest of this one, but only by as much as it asks for itself.
   */
  function lineUp(request: Iterable<Wanted>, priority: Priority): void {
    const line = lines[priority];
    let turn = line.done;
    for (const each of [...request].sort(byLength)) {
      if (each.isSent || each.priority === 'now' || each.priority === priority) continue;
      each.priority = priority;
      each.turn = turn += Math.min(each.text.length, MOST_READ) + COST_OF_A_TEXT;
      line.waiting.push(each);
    }
  }

  /** Those who still wait in a line, in turn. */
  function waitingIn(priority: Priority): Wanted[] {
    const line = lines[priority];
    line.waiting = line.waiting
      .filter((each) => each.priority === priority && each.askers > 0 && !each.isSent)
      .sort((a, b) => a.turn - b.turn);
    return line.waiting;
  }

  /** The next message, of one role; empty when nobody waits. */
  function take(): Wanted[] {
    if (refusal !== undefined) return [];
    const [people, others] = [waitingIn('now'), waitingIn('background')];
    const priority = people.length > 0 && (others.length === 0 || ahead < MOST_AHEAD) ? 'now' : 'background';
    ahead = priority === 'now' && others.length > 0 ? ahead + 1 : 0;
    const [first, ...rest] = priority === 'now' ? people : others;
    if (first === undefined) return [];
    const message = [first];
    let characters = first.text.length;
    for (const each of rest) {
      if (each.role !== first.role) continue;
      characters += each.text.length;
      if (message.length >= limits.texts || characters > limits.characters) break;
      message.push(each);
    }
    for (const each of message) each.isSent = true;
    const line = lines[priority];
    line.done = Math.max(line.done, message.at(-1)!.turn);
    return message;
  }

  function forget(message: readonly Wanted[]): void {
    for (const { role, text } of message) wanted[role].delete(text);
  }

  async function deliver(message: readonly Wanted[]): Promise<void> {
    underWay++;
    try {
      const texts = message.map(({ text }) => text);
      const { data, truncated } = await send(texts, message[0]!.role);
      const cut = new Set([...message].sort(byLength).slice(message.length - truncated));
      message.forEach((each, i) =>
        each.resolve({ embedding: data.subarray(i * dim, (i + 1) * dim), isCut: cut.has(each) }),
      );
      setTimeout(forget, 0, message); // until those who asked have kept their rows, others still find them here
    } catch (error) {
      for (const each of message) each.reject(error);
      forget(message);
    }
    underWay--;
    sendMore();
  }

  function sendMore(): void {
    while (underWay < limits.atOnce) {
      const message = take();
      if (message.length === 0) return;
      void deliver(message);
    }
  }

  function sendSoon(): void {
    if (willSend) return;
    willSend = true;
    queueMicrotask(() => {
      willSend = false;
      sendMore();
    });
  }

  return {
    async encode(texts, { signal, role = 'content', priority = 'now' } = {}) {
      signal?.throwIfAborted();
      if (refusal !== undefined) throw refusal;
      const asked = new Map(Array.from(new Set(texts), (text) => [text, join(text, role)]));
      lineUp(asked.values(), priority);
      sendSoon();
      try {
        const rows = await raceAbort(Promise.all(texts.map((text) => asked.get(text)!.row)), signal);
        const data = new Float32Array(rows.length * dim);
        rows.forEach(({ embedding }, i) => data.set(embedding, i * dim));
        return { data, rows: rows.length, dim, truncated: rows.filter(({ isCut }) => isCut).length };
      } finally {
        for (const each of asked.values()) leave(each);
      }
    },
    close() {
      refusal = new AttuneError('closed', 'This encoder was closed.');
      for (const each of [...wanted.content.values(), ...wanted.behaviour.values()]) each.reject(refusal);
    },
  };
}

/** An encoder that needs no cutting: what is asked of it in one task goes together, and no text twice at a time. */
export function queued(encoder: Encoder): Encoder {
  const { modelVersion, dim } = encoder;
  const limits = { texts: Infinity, characters: Infinity, atOnce: Infinity };
  const queue = createQueue(dim, async (texts, role) => encoder.encode(texts, { role }), limits);
  return {
    modelVersion,
    dim,
    encode: queue.encode,
    close() {
      queue.close();
      encoder.close();
    },
  };
}

interface Line {
  waiting: Wanted[];
  /** Work begun in it so far, as turns count it. */
  done: number;
}

function newLine(): Line {
  return { waiting: [], done: 0 };
}

function newWanted(text: string, role: TextRole): Wanted {
  let resolve: (row: Row) => void;
  let reject: (error: unknown) => void;
  const row = new Promise<Row>((...given) => ([resolve, reject] = given));
  row.catch(() => undefined); // whoever waits for it hears of it
  return {
    text,
    role,
    row,
    resolve: resolve!,
    reject: reject!,
    askers: 0,
    priority: undefined,
    turn: 0,
    isSent: false,
  };
}

function byLength(a: Wanted, b: Wanted): number {
  return a.text.length - b.text.length;
}
