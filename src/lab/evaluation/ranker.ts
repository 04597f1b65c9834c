import type { Interaction } from '../../domain/interaction.js';

/** An event as rankers are told of it. */
export interface ToldEvent extends Pick<Interaction, 'dwellMs' | 'context'> {
  /** Numbers of the log's. */
  readonly user: number;
  readonly item: number;
  readonly kind: string;
  /** Epoch ms. */
  readonly at: number;
  /** The event's own factor; its kind's weight is not in it. */
  readonly weight: number;
}

/** Whom items are ranked for, as known at that moment. */
export interface Person {
  /** The log's number. */
  readonly user: number;
  /** Items of what counts as an answer, oldest first, repeated where they were. */
  readonly history: readonly number[];
  /** Items acted on in any way. */
  readonly seen: ReadonlySet<number>;
}

/**
 * Something that orders items for a person. It hears of events one at a time, oldest first, by two ways: `count` of what
 * everybody did, as far as the protocol lets that be known, and `follow` of the person's own log, which is on their device.
 * What is asked for is told only afterwards.
 */
export interface Ranker {
  readonly name: string;
  count?(event: ToldEvent): void;
  follow?(event: ToldEvent): void;
  /** Writes a score for every item, the higher the better; the engine leaves out what isn't offered. */
  score(person: Person, at: number, scores: Float64Array): void;
}
