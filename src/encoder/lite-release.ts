/** The lite file this version of Attune expects, as printed by training/lite/train.py. */
export const LITE = {
  path: 'models/lite/lite.attune',
  sha256: '509103cefc223b50070c312100234fef5b3234126c7ea3b1e1f5c02ff1e7d713',
  modelVersion: 'lite-1-509103ce',
} as const;

/** Cache that holds model files; `erase` deletes it by this name. */
export const MODEL_CACHE = 'attune-models';

/** Version of the lexical encoder, which is made of code alone. */
export const LEXICAL_VERSION = 'lexical-1';
