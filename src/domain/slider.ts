import { hashText } from '../core/hash.js';
import { normalCdf } from '../core/special.js';
import type { Spread } from '../core/statistics.js';
import { normalize } from '../core/vector.js';
import { invalid } from '../errors.js';

/** A named taste axis: one text, or two poles whose difference is the axis. */
export type SliderDefinition =
  | { readonly id: string; readonly label?: string; readonly text: string }
  | { readonly id: string; readonly label?: string; readonly low: string; readonly high: string };

/** A checked slider. `version` changes with its texts, and with nothing else. */
export interface Slider {
  readonly id: string;
  readonly label: string;
  /** Texts to encode: `[text]`, or `[low, high]`. */
  readonly poles: readonly [string] | readonly [string, string];
  readonly version: string;
}

/** A slider whose axis (unit length) is known under one model. */
export interface SliderAxis {
  readonly slider: Slider;
  readonly axis: Float32Array;
}

/** Longest pole text, in UTF-16 code units: an axis is a short single idea. */
const MAX_POLE_LENGTH = 1000;

/** @throws AttuneError `input/invalid` for a definition that cannot be an axis, or an id used twice */
export function makeSliders(definitions: readonly SliderDefinition[]): Slider[] {
  if (!Array.isArray(definitions)) throw invalid('sliders', definitions, 'Pass a list of { id, low, high }.');
  const seen = new Set<string>();
  return definitions.map((definition) => {
    const slider = makeSlider(definition);
    if (seen.has(slider.id)) throw invalid('slider id', slider.id, 'Give every slider an id of its own.');
    seen.add(slider.id);
    return slider;
  });
}

function makeSlider(definition: SliderDefinition): Slider {
  if (definition === null || typeof definition !== 'object') {
    throw invalid('slider', definition, 'Pass { id, text } or { id, low, high }.');
  }
  const { id } = definition;
  if (typeof id !== 'string' || id.length === 0) throw invalid('slider id', id, 'Pass a non-empty string.');
  const poles: [string] | [string, string] =
    'text' in definition
      ? [poleText(id, 'text', definition.text)]
      : [poleText(id, 'low', definition.low), poleText(id, 'high', definition.high)];
  if (poles.length === 2 && poles[0] === poles[1]) {
    throw invalid(`slider ${JSON.stringify(id)}`, poles[0], 'The two poles need different texts.');
  }
  const label = typeof definition.label === 'string' && definition.label !== '' ? definition.label : id;
  return { id, label, poles, version: hashText(poles.join('\u0000')) };
}

function poleText(id: string, name: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_POLE_LENGTH) {
    throw invalid(
      `${name} of slider ${JSON.stringify(id)}`,
      value,
      'A pole is a few words, such as "calm, slow, quiet".',
    );
  }
  return value.trim();
}

/** Axis of a slider from its poles' embeddings: the text's own, or the normalized difference `high − low`. */
export function sliderAxis(slider: Slider, poles: readonly Float32Array[]): SliderAxis {
  const [low, high] = poles;
  const axis = high === undefined ? low!.slice() : high.map((x, j) => x - low![j]!);
  return { slider, axis: normalize(axis) };
}

/** Evidence at which an inferred position has half its full swing (SPEC §4). */
const HALF_EVIDENCE = 5;

/**
 * Where a person stands on a slider as far as their actions tell:
 * `(2·Φ((u·s − μ)/σ) − 1) · E/(E + 5)`.
 *
 * @param userToSlider `u·s`; 0 for an empty profile
 * @param spread       μ and σ of `x·s` over the catalogue
 * @param evidence     E, Σ of positive weights with a 90-day half-life, ≥ 0
 * @returns in (-1, 1); 0 for a newcomer
 */
export function inferredPosition(userToSlider: number, spread: Spread, evidence: number): number {
  return (2 * normalCdf((userToSlider - spread.mean) / spread.sd) - 1) * (evidence / (evidence + HALF_EVIDENCE));
}
