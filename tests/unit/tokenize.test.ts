import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { mendBertNormalizer } from '../../src/encoder/bert-normalizer.js';
import { maxTokensOf, tokenize, type Words } from '../../src/encoder/tokenize.js';
import { scriptTexts } from '../script-texts.js';

/** The tokenizer that the Worker runs, against BERT's written out in Python (tests/fixtures/tiny-bert/scripts.py). */
const MAX_TOKENS = 48;

const files = ['tokenizer.json', 'tokenizer_config.json'].map((file) =>
  JSON.parse(readFileSync(`tests/fixtures/hub/scripts-bert/resolve/main/${file}`, 'utf8')),
);

function openWords(change: object, wrap?: (normalizer: object) => object): Words {
  const [json, config] = structuredClone(files);
  const normalizer = { ...json.normalizer, ...change };
  const tokenizer = new Tokenizer({ ...json, normalizer: wrap?.(normalizer) ?? normalizer }, config);
  mendBertNormalizer(tokenizer);
  const all_special_ids = json.added_tokens.map(({ id }: { id: number }) => id);
  return { encode: (text) => tokenizer.encode(text).ids, all_special_ids };
}

/** Texts whose tokens are others than the reference's, with both. */
function differences(words: Words, kind: 'uncased' | 'cased'): string[] {
  return scriptTexts.flatMap(({ group, text, ...expected }) => {
    const { ids } = tokenize(words, text, MAX_TOKENS);
    if (ids.join() === expected[kind].join()) return [];
    return [`${group} ${JSON.stringify(text.slice(0, 60))}: ${ids.join()} for ${expected[kind].join()}`];
  });
}

test('the reference holds 500 texts, in every script and none of them the same', () => {
  expect(scriptTexts).toHaveLength(500);
  expect(new Set(scriptTexts.map(({ text }) => text)).size).toBe(500);
  expect(new Set(scriptTexts.map(({ group }) => group)).size).toBe(21);
  expect(scriptTexts.some(({ text }) => /^\p{Cs}/u.test(text))).toBe(true); // which a loader may have mended
});

test('an uncased model reads the tokens that BERT reads', () => {
  expect(differences(openWords({}), 'uncased')).toEqual([]);
});

test('a cased model reads the tokens that BERT reads', () => {
  expect(differences(openWords({ lowercase: false }), 'cased')).toEqual([]);
});

test('BERT’s normalizer is found within a sequence of them', () => {
  const words = openWords({}, (normalizer) => ({ type: 'Sequence', normalizers: [normalizer] }));
  expect(differences(words, 'uncased')).toEqual([]);
});

test('a text is called truncated exactly when it was not read to its end', () => {
  const words = openWords({});
  const wrong = scriptTexts.filter(({ text, truncated }) => tokenize(words, text, MAX_TOKENS).truncated !== truncated);
  expect(wrong.map(({ text }) => text.slice(0, 60))).toEqual([]);
});

test('of a text of a million words the start is read, and of one of blanks all', () => {
  const read: number[] = [];
  const { encode, all_special_ids } = openWords({});
  const words: Words = {
    encode(text) {
      read.push(text.length);
      return encode(text);
    },
    all_special_ids,
  };
  tokenize(words, 'sun '.repeat(1e6), MAX_TOKENS);
  expect(read).toEqual([expect.any(Number)]);
  expect(read[0]).toBeLessThan(10_000);
  const blanks = `sun${' '.repeat(1e6)}sea`;
  expect(tokenize(words, blanks, MAX_TOKENS)).toEqual(tokenize(words, 'sun sea', MAX_TOKENS));
});

test('of a word that never ends a bounded part is read, and the rest counts as cut', () => {
  const read: number[] = [];
  const words: Words = { encode: (text) => (read.push(text.length), [0, 3, 2]), all_special_ids: [0, 2] };
  expect(tokenize(words, 'x'.repeat(1e6), 16)).toEqual({ ids: [0, 3, 2], truncated: true });
  expect(tokenize(words, `x${' '.repeat(1e6)}y`, 16)).toEqual({ ids: [0, 3, 2], truncated: false });
  expect(read).toEqual([3744, 131_072, 3744, 66]);
});

test('a tokenizer without a closing token just ends', () => {
  const words: Words = { encode: (text) => Array.from(text, Number), all_special_ids: [9] };
  expect(tokenize(words, '12345', 3)).toEqual({ ids: [1, 2, 3], truncated: true });
  expect(tokenize(words, '12349', 3)).toEqual({ ids: [1, 2, 9], truncated: true });
});

test.each([
  ['bert', 512, 512, 512],
  ['bert', 128, 512, 128],
  ['xlm-roberta', 1e30, 514, 512],
  ['mpnet', 512, 514, 512],
  ['roberta', 8192, 8194, 2048],
  [undefined, 1e30, undefined, 2048],
])('%s with a tokenizer for %d and %d positions reads %d tokens', (model_type, model_max_length, positions, most) => {
  expect(maxTokensOf({ model_max_length }, { model_type, max_position_embeddings: positions })).toBe(most);
});
