/** The lite file this version of Attune expects, as printed by training/lite/train.py. */
export const LITE = {
  path: 'models/lite/lite.attune',
  sha256: 'b723592f94f1cd257312aeaed40e2d41bb6c1d51360628acdc0f333ad811ae6a',
  modelVersion: 'lite-1-b723592f',
} as const;

/** Cache that holds model files; `erase` deletes it by this name. */
export const MODEL_CACHE = 'attune-models';

/** Version of the lexical encoder, which is made of code alone. */
export const LEXICAL_VERSION = 'lexical-1';
