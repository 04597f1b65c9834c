import { axisAdvice, textAdvice } from '../domain/slider-advice.js';
import type { AttuneError } from '../errors.js';
import { whenIdle } from './idle.js';
import type { Embeddings } from './model.js';
import type { SliderReader } from './read-sliders.js';

/** Whose sliders were looked at. */
const advised = new WeakSet<SliderReader>();

/**
 * Warns, once, of what would work badly in a site's sliders, after they are understood. It is for those who write the
 * page and nobody waits for it: it is loaded apart, and runs in an idle moment.
 */
export function advise(
  sliders: SliderReader,
  model: Embeddings,
  tell: (key: string, warning: AttuneError) => void,
): void {
  if (advised.has(sliders)) return;
  advised.add(sliders);
  const look = (): void => {
    const axes = sliders.axes();
    const found = [...textAdvice(axes.map(({ slider }) => slider)), ...axisAdvice(axes, (text) => model.get(text))];
    for (const advice of found) tell(advice.message, advice);
  };
  whenIdle(look);
}
