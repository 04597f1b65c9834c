import type { ReadyRows } from '../core/row-table.js';
import type { Scanned } from '../core/search.js';
import type { Trained } from '../domain/training.js';
import type { Reply } from '../workers/reply.js';
import type { Added, RowsShape, SlotQuery } from './held-rows.js';
import type { SequenceMessage } from './sequence/host.js';
import type { TrainingMessage } from './training.js';

/** What the compute Worker exposes: rows by number, filled by whoever asks, and lost with the Worker without harm. */
export interface ComputeWorkerApi {
  /** Makes room for rows; whether they are held as codes. */
  hold(id: number, shape: RowsShape): Promise<Reply<boolean>>;
  add(id: number, piece: ReadyRows, sum: number): Promise<Reply<Added>>;
  /** Unanswered: rows that can't take it are forgotten, which the next scan tells. */
  write(id: number, slot: number, row: Float32Array): void;
  /** Undefined when it was cancelled, or rows were written meanwhile. */
  scan(id: number, call: number, query: SlotQuery): Promise<Reply<Scanned | undefined>>;
  cancel(call: number): void;
  drop(id: number): void;
  /** A message of an evaluation and its answer, in the evaluation's own words (lab/evaluation/hosted.ts). */
  evaluate(message: unknown): Promise<Reply<unknown>>;
  /** A message of a training, and what came of it once it is done (compute/training.ts). */
  train(message: TrainingMessage): Promise<Reply<Trained | undefined>>;
  /** A message to who holds the sequence model, and its answer (compute/sequence/host.ts). */
  sequence(message: SequenceMessage): Promise<Reply<unknown>>;
}
