import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { Answered } from '../lab/evaluation/replay.js';

/** Answers written down as they are made, so that a run that was stopped goes on where it was. */
export interface AnswersFile {
  /** Of an earlier run that asked the same of the same log. */
  readonly answers: readonly Answered[];
  write(answers: readonly Answered[]): void;
}

/**
 * Opens the file, or begins it anew where it is of another run: its first line is the run's name. An answer cut off is dropped.
 *
 * @param width numbers an answer, all rankers together
 */
export function openAnswers(file: string, run: string, width: number): AnswersFile {
  const title = Buffer.from(`attune-answers-1 ${run}\n`);
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const size = 8 * (1 + width);
  if (!bytes.subarray(0, title.length).equals(title)) {
    writeFileSync(file, title);
    return { answers: [], write: writer(file) };
  }
  const count = Math.floor((bytes.length - title.length) / size);
  truncateSync(file, title.length + count * size);
  const numbers = new Float64Array(count * (1 + width));
  new Uint8Array(numbers.buffer).set(bytes.subarray(title.length, title.length + count * size));
  const answers = Array.from({ length: count }, (_, n): Answered => {
    const at = n * (1 + width);
    return { event: numbers[at]!, records: numbers.slice(at + 1, at + 1 + width) };
  });
  return { answers, write: writer(file) };
}

function writer(file: string): (answers: readonly Answered[]) => void {
  return (answers) => {
    const parts = answers.map(({ event, records }) => {
      const numbers = Float64Array.of(event, ...records);
      return Buffer.from(numbers.buffer, 0, numbers.byteLength);
    });
    appendFileSync(file, Buffer.concat(parts));
  };
}
