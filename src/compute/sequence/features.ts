import type { Interaction } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { FEATURES } from './shape.js';

/** An interaction as the model is told of it. */
export interface SequenceEvent extends Pick<Interaction, 'itemId' | 'kind' | 'at' | 'dwellMs' | 'context'> {
  /** Embedding of the item's text, by the encoder that the model names; all zeros where nothing is known. */
  readonly text: Float32Array;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;

/**
 * Writes what is told of an interaction besides its item and kind:
 *
 * 0, 1: whether its stay is known, `ln(1 + s) / 5` of its seconds; 2, 3: sine and cosine of the hour; 4, 5: of the weekday;
 * 6: `ln(1 + s) / 10` of the seconds since the one before it; 7: 1 if both are of one instant.
 *
 * Hour and weekday are those of its context where they were told, else UTC's: a log doesn't say where it was written, and
 * training and serving must read it alike. Times that run backwards count as one instant.
 *
 * @param before when the interaction before it was, epoch ms; undefined for the first
 * @throws AttuneError `input/invalid` for times that are no numbers
 */
export function writeFeatures(
  { at, dwellMs, context }: Pick<SequenceEvent, 'at' | 'dwellMs' | 'context'>,
  before: number | undefined,
  to: Float32Array,
  offset: number,
): void {
  if (!Number.isFinite(at)) throw invalid('at', at, 'It is epoch milliseconds.');
  if (dwellMs !== undefined && !(dwellMs >= 0 && dwellMs < Infinity)) {
    throw invalid('dwellMs', dwellMs, 'It is a finite number of milliseconds, 0 or more.');
  }
  const hour = told(context?.['hour'], 24) ?? modulo(at, DAY_MS) / HOUR_MS;
  const weekday = told(context?.['weekday'], 7) ?? modulo(Math.floor(at / DAY_MS) + FIRST_WEEKDAY, 7);
  const [dayTurn, weekTurn] = [(2 * Math.PI * hour) / 24, (2 * Math.PI * weekday) / 7];
  const gapMs = before === undefined ? 0 : Math.max(0, at - before);
  const numbers = [
    dwellMs === undefined ? 0 : 1,
    Math.log1p((dwellMs ?? 0) / 1000) / 5,
    Math.sin(dayTurn),
    Math.cos(dayTurn),
    Math.sin(weekTurn),
    Math.cos(weekTurn),
    Math.log1p(gapMs / 1000) / 10,
    before !== undefined && gapMs === 0 ? 1 : 0,
  ];
  for (let j = 0; j < FEATURES; j++) to[offset + j] = numbers[j]!;
}

/** A number of a context in [0, below); anything else wasn't told. */
function told(value: unknown, below: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value < below ? value : undefined;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
