import { meanRow, type Spread, spreadOf } from '../core/statistics.js';
import { dot, isZero, type Vector } from '../core/vector.js';
import type { EmbeddingTable } from '../domain/embedding-table.js';
import type { ProfileVectors } from '../domain/profile.js';
import { inferredPosition, type Slider, type SliderAxis, sliderAxis } from '../domain/slider.js';
import type { Embeddings } from './model.js';
import type { SliderState } from './types.js';

/** Sliders under the model in use: their axes, the catalogue's spread along any direction, and where the person stands. */
export interface SliderReader {
  /** Pole texts, to make resident before axes can be read. */
  readonly texts: readonly string[];
  /** Axes of the sliders whose poles are resident. */
  axes(): readonly SliderAxis[];
  /** Spread of `direction · x` over the catalogue: the resident items. */
  spread(direction: Vector): Spread;
  /** The catalogue's mean item. */
  mean(): Float64Array;
  /** Every slider's state; `overrides` as they stand, or as a "what if" has them. */
  states(profile: ProfileVectors | undefined, overrides: ReadonlyMap<string, number>): SliderState[];
}

export function createSliderReader(sliders: readonly Slider[], model: Embeddings): SliderReader {
  const known = new Map<string, SliderAxis>();
  let knownFor: EmbeddingTable | undefined;
  let spreads = new WeakMap<Vector, Spread>();
  let mean: { readonly count: number; readonly row: Float64Array } | undefined;

  function current(): EmbeddingTable | undefined {
    if (model.table !== knownFor) {
      known.clear();
      spreads = new WeakMap();
      mean = undefined;
      knownFor = model.table;
    }
    return knownFor;
  }

  function axes(): SliderAxis[] {
    current();
    return sliders.flatMap((slider) => {
      let axis = known.get(slider.id);
      if (axis === undefined) {
        const poles = slider.poles.map((text) => model.get(text));
        if (poles.some((pole) => pole === undefined)) return [];
        axis = sliderAxis(slider, poles as Float32Array[]);
        known.set(slider.id, axis);
      }
      return [axis];
    });
  }

  function spread(direction: Vector): Spread {
    const table = current();
    if (table?.statistics) return table.statistics.spread(direction);
    const items = table?.items;
    const found = spreads.get(direction);
    if (found !== undefined && found.count === (items?.size ?? 0)) return found;
    const prior = { mean: 0, sd: 1 / Math.sqrt(direction.length), count: 0 }; // of unit vectors in no preferred direction
    const fresh = spreadOf(direction, table?.data ?? new Float32Array(0), Int32Array.from(items ?? []), prior);
    spreads.set(direction, fresh);
    return fresh;
  }

  return {
    texts: sliders.flatMap(({ poles }) => poles),
    axes,
    spread,
    mean() {
      const table = current();
      if (table?.statistics) return table.statistics.mean();
      const count = table?.items.size ?? 0;
      if (mean?.count !== count) {
        const offsets = Int32Array.from(table?.items ?? []);
        mean = { count, row: meanRow(table?.data ?? new Float32Array(0), offsets, table?.dim ?? 0) };
      }
      return mean.row;
    },
    states(profile, overrides) {
      const known = new Map(axes().map((axis) => [axis.slider.id, axis]));
      return sliders.map(({ id, label }) => {
        const found = known.get(id);
        const empty =
          profile === undefined || found === undefined || isZero(profile.long.direction) || isZero(found.axis);
        const inferred = empty
          ? 0
          : inferredPosition(dot(profile.long.direction, found.axis), spread(found.axis), profile.evidence);
        const override = overrides.get(id) ?? null;
        return { id, label, inferred, override, position: override ?? inferred };
      });
    },
  };
}
