import { invalid } from '../errors.js';
import { checkFactors, type ContextRule, isWeekday, type Segments } from '../domain/context.js';
import { isAction, KIND_PRESETS, type KindPreset, type KindWeights } from '../domain/interaction.js';
import type { Encoder, Encrypt } from '../domain/ports.js';
import { checkPrompts } from '../domain/prompts.js';
import { checkRules } from '../domain/rule.js';
import { functionOr, hasMethods, objectOf, oneOf } from './options.js';
import type { AdaptOptions } from './adaptation-types.js';
import { MODES } from './foundation-mode.js';
import type { FoundationOptions } from './foundation-types.js';
import type { PriorOptions } from './prior-types.js';
import type { AttuneOptions, OffLimits } from './types.js';

const STORE_METHODS = ['append', 'readBatches', 'readItems', 'remove', 'readValue', 'writeValue', 'erase', 'close'];

/**
 * Checks those options that few sites give. Loaded with them.
 *
 * @throws AttuneError `input/invalid` naming the option, its value and what it takes
 */
export function checkRare<T>(options: AttuneOptions<T>): void {
  const { kinds, segments, contextRules, rules, priors, offLimits, encrypt, encoder, prompts, store, maxWaitMs } =
    options;
  if (kinds !== undefined) checkKinds(kinds);
  if (options.interests !== undefined) oneOf('interests', options.interests, [true, false]);
  for (const name of ['temperature', 'halfLifeMs', 'sessionHalfLifeMs'] as const) mustBePositive(name, options[name]);
  if (maxWaitMs !== 0) mustBePositive('maxWaitMs', maxWaitMs);
  if (options.adapt !== undefined) checkAdapt(options.adapt);
  if (options.foundation !== undefined) checkFoundation(options.foundation);
  if (segments !== undefined) checkSegments(segments);
  if (contextRules !== undefined) checkContextRules(contextRules);
  if (rules !== undefined) checkRules(rules);
  if (priors !== undefined) checkPriors(priors);
  if (offLimits !== undefined) checkOffLimits(offLimits);
  if (prompts !== undefined) checkPrompts('prompts', prompts);
  if (prompts && options.keepText === 'none') {
    throw invalid('prompts', prompts, 'They need texts, and `keepText: "none"` keeps none: leave one of them out.');
  }
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

function checkKinds(kinds: KindPreset | KindWeights): void {
  if (typeof kinds === 'string') {
    if (Object.hasOwn(KIND_PRESETS, kinds)) return;
    throw invalid('kinds', kinds, `Presets are ${Object.keys(KIND_PRESETS).join(', ')}; or pass your own weights.`);
  }
  if (kinds === null || typeof kinds !== 'object') throw invalid('kinds', kinds, 'Pass { save: 3, hide: -1, … }.');
  for (const [kind, weight] of Object.entries(kinds)) {
    if (!Number.isFinite(weight)) throw invalid(`kinds.${kind}`, weight, 'Weights are finite numbers.');
    if (!isAction({ kind })) throw invalid(`kinds.${kind}`, weight, 'What is only noted weighs nothing: leave it out.');
  }
}

function checkAdapt(adapt: AdaptOptions): void {
  for (const [name, value] of Object.entries(objectOf('adapt', adapt))) {
    if (name === 'context') {
      if (typeof value !== 'function') objectOf('adapt.context', value);
    } else if (!['drift', 'gate', 'adapter'].includes(name)) {
      throw invalid('adapt', name, 'Its names are drift, gate, adapter and context.');
    } else oneOf(`adapt.${name}`, value, [true, false]);
  }
}

function checkSegments(segments: Segments): void {
  for (const [segment, factors] of Object.entries(objectOf('segments', segments))) {
    checkFactors(`segments.${segment}`, objectOf(`segments.${segment}`, factors));
  }
}

function checkContextRules(rules: readonly ContextRule[]): void {
  if (!Array.isArray(rules)) throw invalid('contextRules', rules, 'Pass a list of { weekdays: [0, 6], factors }.');
  rules.forEach((rule: ContextRule, i) => {
    const name = `contextRules[${i}]`;
    const { weekdays, hours, device, factors } = objectOf(name, rule);
    if (weekdays === undefined && hours === undefined && device === undefined) {
      throw invalid(name, 'no condition', 'Give weekdays, hours or a device.');
    }
    if (weekdays !== undefined && !(Array.isArray(weekdays) && weekdays.length > 0 && weekdays.every(isWeekday))) {
      throw invalid(`${name}.weekdays`, weekdays, 'Pass whole numbers from 0 (Sunday) to 6.');
    }
    if (hours !== undefined && !areHours(hours)) {
      throw invalid(`${name}.hours`, hours, 'Pass two different hours, each from 0 to below 24.');
    }
    if (device !== undefined && (typeof device !== 'string' || device === '')) {
      throw invalid(`${name}.device`, device, "Pass a name of your own, such as 'phone'.");
    }
    checkFactors(`${name}.factors`, objectOf(`${name}.factors`, factors));
  });
}

const isUrl = (value: unknown): boolean => (typeof value === 'string' && value !== '') || value instanceof URL;

function checkFoundation(foundation: FoundationOptions): void {
  const { url, sha256, mode = 'shadow', weight = 1, ...others } = objectOf('foundation', foundation);
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid('foundation', other, 'Its names are url, sha256, mode and weight.');
  if (!isUrl(url)) throw invalid('foundation.url', url, 'Pass the URL of a model made by training/foundation.');
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid('foundation.sha256', sha256, 'It is 64 digits of 0 to 9 and a to f.');
  }
  if (typeof mode !== 'function') oneOf('foundation.mode', mode, MODES);
  if (typeof weight !== 'number' || !(weight >= 0 && weight < Infinity)) {
    throw invalid('foundation.weight', weight, 'It is a finite number of 0 or more.');
  }
}

function checkPriors(priors: PriorOptions): void {
  const { file, transitions, context, weights } = objectOf('priors', priors);
  if (file !== undefined && !isUrl(file)) objectOf('priors.file', file);
  if (transitions !== undefined && !isUrl(transitions)) {
    throw invalid('priors.transitions', transitions, 'Pass the URL of a table of attune transitions.');
  }
  if (context !== undefined && typeof context !== 'function') objectOf('priors.context', context);
  for (const [name, factor] of Object.entries(weights === undefined ? {} : objectOf('priors.weights', weights))) {
    if (
      !['prior', 'popularity', 'transitions'].includes(name) ||
      !(typeof factor === 'number' && factor >= 0 && factor < Infinity)
    ) {
      throw invalid(
        `priors.weights.${name}`,
        factor,
        'Factors of prior, popularity and transitions are finite, 0 or more.',
      );
    }
  }
}

function areHours(hours: unknown): boolean {
  const [from, to, ...more] = Array.isArray(hours) ? (hours as unknown[]) : [];
  const isHour = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 24;
  return isHour(from) && isHour(to) && from !== to && more.length === 0;
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
