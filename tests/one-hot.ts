import { vi } from 'vitest';
import { memoryStore } from 'attune/core';
import { type Attune, type AttuneError, type AttuneOptions, createAttune, type Encoder } from 'attune';

/** The words the one-hot encoder knows, one dimension each. */
export const WORDS = ['jazz', 'rock', 'folk', 'calm', 'wild', 'city', 'sea', 'snow'] as const;

/** Unit vector of the sum of the named words' axes. */
export function oneHot(text: string): Float32Array {
  const sum = Float32Array.from(WORDS, (word) => (text.split(/\W+/).includes(word) ? 1 : 0));
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((x) => x / length);
}

/** Encoder whose every dot product can be done in the head. `gate` holds each call back until it resolves. */
export function oneHotEncoder(gate: Promise<void> = Promise.resolve(), modelVersion = 'one-hot-1'): Encoder {
  const dim = WORDS.length;
  return {
    modelVersion,
    dim,
    async encode(texts) {
      await gate;
      const data = new Float32Array(texts.length * dim);
      texts.forEach((text, i) => data.set(oneHot(text), i * dim));
      return { data, rows: texts.length, dim, truncated: 0 };
    },
    close() {},
  };
}

/** An item as these tests use it. */
export interface Song {
  readonly id: string;
  readonly title: string;
}

/** One item a word, its id and title the word itself. */
export const SONGS: readonly Song[] = WORDS.map((word) => ({ id: word, title: word }));
export const song = (title: string): Song => ({ id: title, title });

/** Start of the tests' own time, epoch ms. */
export const START = 1_760_000_000_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A clock that stands still until it is set. */
export class TestClock {
  time = START;
  readonly now = (): number => this.time;
}

/** An Attune over the one-hot encoder, a log in memory and a clock that stands still. */
export function openSongs(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  return createAttune<Song>({
    consent: 'granted',
    encoder: oneHotEncoder(),
    store: memoryStore(),
    maxWaitMs: 10_000,
    now: () => START,
    random: () => 0.5,
    ...options,
  });
}

/** Everything a ranking says that another ranking must say as well. */
export function told(
  ranking: readonly { id: string; score: number; terms: readonly unknown[]; moved?: string }[],
): unknown {
  return ranking.map(({ id, score, terms, moved }) => ({ id, score, terms, moved }));
}

/** Collects warnings, which come in a task of their own; `seen()` lets that task run. */
export function watchWarnings(attune: Attune<never> | Attune<Song>): { seen: () => Promise<readonly AttuneError[]> } {
  const warnings: AttuneError[] = [];
  attune.on('warning', (warning) => void warnings.push(warning));
  return {
    async seen() {
      await vi.dynamicImportSettled(); // what is told comes with code of its own
      await nextTask();
      await nextTask();
      return warnings;
    },
  };
}

/** Resolves after the tasks that are queued now. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
