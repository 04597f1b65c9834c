import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { type Attune, type AttuneOptions, createAttune, type Encoder } from 'attune';
import { checksum } from '../src/core/checksum.js';
import { START } from './one-hot.js';
import { nearly, seeded, unit } from './seeded.js';

/** Things of a few subjects that lie apart, as texts of one subject do. */
export interface Read {
  readonly id: string;
  readonly title: string;
}

const DIM = 32;

/** The encoder's subjects, each a direction of its own; another model has others. */
const SUBJECTS = ['bread', 'trains', 'stars', 'chess'] as const;

export const read = (subject: string, n: number): Read => ({
  id: `${subject}-${n}`,
  title: `A ${subject} story number ${n}`,
});

/** The first `count` of each subject. */
export const reads = (count: number, subjects: readonly string[] = SUBJECTS): Read[] =>
  subjects.flatMap((subject) => Array.from({ length: count }, (_, n) => read(subject, n)));

export function rowOf(text: string, modelVersion = 'subjects-1'): Float32Array {
  const subject = SUBJECTS.find((each) => text.includes(each)) ?? text;
  const seedOf = (of: string): number => checksum(new TextEncoder().encode(modelVersion + of));
  return nearly(seeded(seedOf(text)), unit(seeded(seedOf(subject)), DIM), 0.5);
}

export function subjectEncoder(modelVersion = 'subjects-1'): Encoder {
  return {
    modelVersion,
    dim: DIM,
    encode(texts) {
      const data = new Float32Array(texts.length * DIM);
      texts.forEach((text, i) => data.set(rowOf(text, modelVersion), i * DIM));
      return Promise.resolve({ data, rows: texts.length, dim: DIM, truncated: 0 });
    },
    close() {},
  };
}

const opened: Attune<Read>[] = [];

/** An Attune of a person who ranks by interests, with a log in memory unless a user is named. */
export async function openReads(options: Partial<AttuneOptions<Read>> = {}): Promise<Attune<Read>> {
  const attune = await createAttune<Read>({
    consent: 'granted',
    encoder: subjectEncoder(),
    ...(options.user === undefined && { store: memoryStore() }),
    interests: true,
    maxWaitMs: 10_000,
    now: () => START,
    random: () => 0.5,
    ...options,
  });
  opened.push(attune);
  return attune;
}

/** Saves the first `count` of each of these subjects. */
export async function save(attune: Attune<Read>, count: number, ...subjects: readonly string[]): Promise<void> {
  for (const item of reads(count, subjects)) attune.track('save', item);
  await attune.flush();
}

/** After each test. */
export async function closeReads(): Promise<void> {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
}
