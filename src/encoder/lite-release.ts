/** The lite file this version of Attune expects, as printed by training/lite/train.py. */
export const LITE = {
  path: 'models/lite/lite.attune',
  sha256: '76cff78f1d4bffb196bb992acba37026ceedbc9873b84badc68b50d6e665a2a7',
  modelVersion: 'lite-2-76cff78f',
} as const;

/** Cache that holds model files; `erase` deletes it by this name. */
export const MODEL_CACHE = 'attune-models';

/** Version of the lexical encoder, which is made of code alone. */
export const LEXICAL_VERSION = 'lexical-1';
