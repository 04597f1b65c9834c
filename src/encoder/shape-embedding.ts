import { normalize } from '../core/vector.js';
import { AttuneError } from '../errors.js';
import type { TransformerConfig } from './protocol.js';

/**
 * What a model answers, from the sum of its pooled tokens' embeddings: layer-normalized and cut to its first `dims`
 * where the model was trained so, to unit length. Layer normalization without weights is then only `xⱼ − μ`: what it
 * divides by, and whether a sum or a mean came in, is lost in the unit length.
 *
 * @throws AttuneError `input/invalid` for more `dims` than there are
 */
export function shapeEmbedding(
  sum: Float64Array,
  { id, layerNorm, dims = sum.length }: Pick<TransformerConfig, 'id' | 'layerNorm' | 'dims'>,
): Float32Array {
  if (dims > sum.length) {
    throw new AttuneError('input/invalid', `model.dims is ${dims}, and ${id} gives ${sum.length} numbers.`);
  }
  const mean = layerNorm ? sum.reduce((total, x) => total + x, 0) / sum.length : 0;
  return Float32Array.from(normalize(sum.map((x) => x - mean).subarray(0, dims)));
}
