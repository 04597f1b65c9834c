import { invalid } from '../errors.js';
import { BASE_WEIGHTS } from '../domain/features.js';
import { KIND_PRESETS, type KindWeights } from '../domain/interaction.js';
import type { Encoder, Encrypt } from '../domain/ports.js';
import type { Segments } from '../domain/score.js';
import { functionOr, hasMethods, objectOf } from './options.js';
import type { AttuneOptions, OffLimits } from './types.js';

const STORE_METHODS = ['append', 'readBatches', 'readItems', 'remove', 'readValue', 'writeValue', 'erase', 'close'];

/**
 * Checks those options that few sites give. Loaded with them.
 *
 * @throws AttuneError `input/invalid` naming the option, its value and what it takes
 */
export function checkRare<T>(options: AttuneOptions<T>): void {
  const { segments, offLimits, encrypt, encoder, store, maxWaitMs, kinds } = options;
  if (kinds !== undefined) checkKinds(kinds);
  for (const name of ['temperature', 'halfLifeMs', 'sessionHalfLifeMs'] as const) mustBePositive(name, options[name]);
  if (maxWaitMs !== 0) mustBePositive('maxWaitMs', maxWaitMs);
  if (segments !== undefined) checkSegments(segments);
  if (offLimits !== undefined) checkOffLimits(offLimits);
  if (encrypt !== undefined) checkEncrypt(encrypt, store);
  if (encoder !== undefined) checkEncoder(encoder);
  if (store !== undefined) hasMethods('store', store, STORE_METHODS);
}

function mustBePositive(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value > 0 && value < Infinity)) {
    throw invalid(name, value, 'It is a finite number above 0.');
  }
}

function checkKinds(kinds: string | KindWeights): void {
  if (typeof kinds === 'string') {
    if (Object.hasOwn(KIND_PRESETS, kinds)) return;
    throw invalid('kinds', kinds, `Presets are ${Object.keys(KIND_PRESETS).join(', ')}; or pass your own weights.`);
  }
  if (kinds === null || typeof kinds !== 'object') throw invalid('kinds', kinds, 'Pass { save: 3, hide: -1, … }.');
  for (const [kind, weight] of Object.entries(kinds)) {
    if (!Number.isFinite(weight)) throw invalid(`kinds.${kind}`, weight, 'Weights are finite numbers.');
  }
}

function checkSegments(segments: Segments): void {
  for (const [segment, factors] of Object.entries(objectOf('segments', segments))) {
    for (const [name, factor] of Object.entries(objectOf(`segments.${segment}`, factors))) {
      if (!Object.hasOwn(BASE_WEIGHTS, name) || !Number.isFinite(factor)) {
        const names = Object.keys(BASE_WEIGHTS).join(', ');
        throw invalid(`segments.${segment}.${name}`, factor, `Pass finite factors of ${names}.`);
      }
    }
  }
}

function checkOffLimits<T>(given: OffLimits<T>): void {
  const { topics = [], items } = objectOf('offLimits', given);
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string' && topic.trim() !== '')) {
    throw invalid('offLimits.topics', topics, "Pass texts such as ['health, illness and medicine'].");
  }
  functionOr('offLimits.items', items, undefined);
}

function checkEncrypt(encrypt: Encrypt, store: unknown): void {
  const isSound = typeof encrypt === 'boolean' || (encrypt?.secret && typeof encrypt.secret === 'string');
  if (!isSound || (encrypt && store)) {
    throw invalid('encrypt', typeof encrypt, 'Pass true or { secret: text }, and no `store` with it.');
  }
}

function checkEncoder(encoder: Encoder): void {
  const { modelVersion, dim } = hasMethods('encoder', encoder, ['encode', 'close']);
  if (typeof modelVersion !== 'string' || modelVersion === '')
    throw invalid('encoder.modelVersion', modelVersion, 'Name it.');
  if (!Number.isInteger(dim) || dim < 1) throw invalid('encoder.dim', dim, 'It is a whole number above 0.');
}
