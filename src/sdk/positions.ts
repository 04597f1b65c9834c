import { invalid } from '../errors.js';
import type { Slider } from '../domain/slider.js';
import type { Log } from './log.js';

/** Positions of sliders that the person set by hand, and their way to the log's settings. */
export interface Positions {
  /** By slider id, each in [-1, 1]; sliders left to the inferred position are absent. */
  readonly values: Map<string, number>;
  /** @throws AttuneError `input/invalid` for an unknown slider or a position outside [-1, 1] */
  set(id: string, position: number | null): void;
  /** What is stored, instead of what is here. */
  read(): Promise<void>;
  /** Stores what was set and is not stored yet; resolves once it is, whether or not that worked. */
  settle(): Promise<void>;
  /** Stores all of them. */
  write(): Promise<void>;
  /** Forgets them, unstored. */
  clear(): void;
}

/** How long after the last drag a position is stored, ms. Judgement: not at every input event. */
const DELAY_MS = 300;

export function createPositions(
  sliders: readonly Slider[],
  log: () => Log,
  isOff: () => boolean,
  onFailure: (error: unknown) => void,
): Positions {
  const values = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  async function write(): Promise<void> {
    stop();
    await log().setValue('sliders', Object.fromEntries(values)).catch(onFailure);
  }

  return {
    values,
    write,
    set(id, position) {
      checkSlider(sliders, id);
      checkPosition(id, position);
      if (position === null) values.delete(id);
      else values.set(id, position);
      stop();
      if (!isOff()) timer = setTimeout(() => void write(), DELAY_MS);
    },
    async read() {
      const stored = await log().value('sliders').catch(onFailure);
      values.clear();
      for (const { id } of sliders) {
        const position = (stored as Record<string, unknown> | undefined)?.[id];
        if (typeof position === 'number' && Math.abs(position) <= 1) values.set(id, position);
      }
    },
    async settle() {
      if (timer !== undefined) await write();
    },
    clear() {
      stop();
      values.clear();
    },
  };
}

/** @throws AttuneError `input/invalid` for a slider that is not one of these */
export function checkSlider(sliders: readonly Slider[], id: string): void {
  if (!sliders.some((slider) => slider.id === id)) {
    throw invalid('slider', id, `Yours are ${sliders.map((slider) => slider.id).join(', ') || 'none'}.`);
  }
}

/** @throws AttuneError `input/invalid` for anything but null or a number in [-1, 1] */
export function checkPosition(id: string, position: unknown): void {
  if (position !== null && !(typeof position === 'number' && position >= -1 && position <= 1)) {
    throw invalid(`position of slider ${JSON.stringify(id)}`, position, 'It lies from -1 to 1; null gives it back.');
  }
}
