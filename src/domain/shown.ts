import type { ScoreVersions } from './calibrator.js';
import type { Interaction } from './interaction.js';
import type { SliderScore } from './score.js';

/** What is noted of an item as it was shown: flat JSON, as everything of an interaction. */
type Noted = NonNullable<Interaction['metadata']>;

/** Raw scores are noted to this many parts of one: far finer than any calibrated probability. Judgement. */
const PARTS = 1e6;

/**
 * The sliders' raw scores of an item as they are, under the names they have in a log: `model` and `statistics`, and for each
 * slider `raw:ID`, `version:ID` and, where a calibrator made one, `probability:ID`.
 */
export function noteScores(scores: readonly SliderScore[]): Noted {
  const [first] = scores;
  if (first === undefined) return {};
  const noted: Record<string, string | number> = {
    model: first.versions.model,
    statistics: first.versions.statistics,
  };
  for (const { slider, raw, probability, calibration, versions } of scores) {
    noted[`raw:${slider}`] = rounded(raw);
    noted[`version:${slider}`] = versions.slider;
    if (calibration !== 'none') noted[`probability:${slider}`] = rounded(probability);
  }
  return noted;
}

/** A slider's raw score as it was noted, if it was under these very versions. */
export function notedScore({ metadata }: Interaction, slider: string, versions: ScoreVersions): number | undefined {
  if (metadata?.['model'] !== versions.model || metadata['statistics'] !== versions.statistics) return undefined;
  if (metadata[`version:${slider}`] !== versions.slider) return undefined;
  const raw = metadata[`raw:${slider}`];
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined;
}

/** To a millionth. */
export function rounded(x: number): number {
  return Math.round(x * PARTS) / PARTS;
}
