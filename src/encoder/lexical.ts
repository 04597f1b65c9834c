import { hashText } from '../core/hash.js';
import { normalize } from '../core/vector.js';
import { LEXICAL_VERSION } from './lite-release.js';
import type { LoadedModel } from './protocol.js';

const DIM = 256;
const MAX_CHARACTERS = 8192;

/**
 * What is left when no model file can be had: signed feature hashing of words (Weinberger et al., 2009), weighted by
 * `√count`. It knows when two texts share words and nothing else, needs no file, and cannot fail.
 */
export function openLexical(): LoadedModel {
  return {
    modelVersion: LEXICAL_VERSION,
    dim: DIM,
    encode(texts) {
      const data = new Float32Array(texts.length * DIM);
      texts.forEach((text, i) => data.set(wordVector(text), i * DIM));
      const truncated = texts.filter((text) => text.length > MAX_CHARACTERS).length;
      return Promise.resolve({ data, rows: texts.length, dim: DIM, truncated });
    },
  };
}

function wordVector(text: string): Float32Array {
  const counts = new Map<string, number>();
  for (const word of text
    .slice(0, MAX_CHARACTERS)
    .toLowerCase()
    .match(/\p{L}[\p{L}\p{M}\p{N}']*/gu) ?? []) {
    if (word.length > 3) counts.set(word, (counts.get(word) ?? 0) + 1); // shorter ones are mostly function words
  }
  const sum = new Float32Array(DIM);
  for (const [word, count] of counts) {
    const hash = Number.parseInt(hashText(word).slice(-5), 36);
    const j = hash % DIM;
    sum[j] = sum[j]! + (Math.floor(hash / DIM) % 2 === 0 ? 1 : -1) * Math.sqrt(count);
  }
  return normalize(sum);
}
