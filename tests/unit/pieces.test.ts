import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { tokenize, type Words } from '../../src/encoder/tokenize.js';
import { mendUnigram } from '../../src/encoder/unigram.js';
import { scriptTexts } from '../script-texts.js';
import { SOAK } from '../soak.js';

/**
 * A tokenizer of XLM-RoBERTa's kind, which `multilingual` has, as the Worker runs it, against the same written out in
 * Python (tests/fixtures/tiny-bert/pieces.py).
 */
const MAX_TOKENS = 48;

interface Fixture {
  readonly vocab: readonly (readonly [string, number])[];
  readonly more: readonly string[];
  readonly truncated: readonly number[];
  readonly ids: readonly string[];
}
const fixture = JSON.parse(readFileSync('tests/fixtures/tiny-bert/pieces.json', 'utf8')) as Fixture;
const texts = [...scriptTexts.map(({ text }) => text), ...fixture.more];
const expected = fixture.ids.map((row) => {
  const bytes = Buffer.from(row, 'base64');
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i));
});

function openPieces(): Words {
  const { vocab } = fixture;
  const special = [0, 1, 2, 3, vocab.length - 1];
  const said = (id: number): object => ({
    ...{ id, content: vocab[id]![0], special: true, lstrip: vocab[id]![0] === '<mask>' },
    ...{ single_word: false, rstrip: false, normalized: false },
  });
  const around = (content: string): object => ({ SpecialToken: { id: content, type_id: 0 } });
  const named = (id: number): object => ({ id: vocab[id]![0], ids: [id], tokens: [vocab[id]![0]] });
  const json = {
    ...{ version: '1.0', truncation: null, padding: null, decoder: null },
    added_tokens: special.map(said),
    normalizer: { type: 'Precompiled', precompiled_charsmap: '' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', add_prefix_space: true }],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [around('<s>'), { Sequence: { id: 'A', type_id: 0 } }, around('</s>')],
      pair: [],
      special_tokens: { '<s>': named(0), '</s>': named(2) },
    },
    model: { type: 'Unigram', unk_id: 3, vocab },
  };
  const config = { tokenizer_class: 'XLMRobertaTokenizer', bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' };
  const tokenizer = new Tokenizer(json, { ...config, model_max_length: MAX_TOKENS });
  mendUnigram(tokenizer);
  return { encode: (text) => tokenizer.encode(text).ids, all_special_ids: special };
}

/** Ends a line for some systems of old; the reference cuts words there, and JavaScript does not. */
const NEXT_LINE = '\x85';

/** One letter again and again: pieces that add up to the same stand in an order that the far end decides. */
const REPEATED = /^(.{1,2}?)\1{20000,}$/su;

const pieces = openPieces();

test('500 texts in 18 scripts, and special tokens among them, are read in the same pieces', () => {
  const wrong = texts.flatMap((text, i) => {
    const { ids, truncated } = tokenize(pieces, text, MAX_TOKENS);
    const shown = `${i} ${JSON.stringify(text.slice(0, 60))}`;
    if (text.includes(NEXT_LINE) || REPEATED.test(text)) return [];
    if (ids.join() !== expected[i]!.join()) return [`${shown}: ${ids.join()} for ${expected[i]!.join()}`];
    return truncated === fixture.truncated.includes(i) ? [] : [`${shown}: truncated is ${truncated}`];
  });
  expect(expected).toHaveLength(texts.length);
  expect(wrong).toEqual([]);
});

test.runIf(SOAK > 1)('a letter that repeats itself is read in the same pieces where all of it is read', () => {
  const repeated = texts.flatMap((text, i) => (REPEATED.test(text) ? [i] : []));
  expect(repeated).toHaveLength(4);
  for (const i of repeated) {
    expect(pieces.encode(texts[i]!).slice(0, MAX_TOKENS - 1)).toEqual(expected[i]!.slice(0, -1));
  }
});

test('characters that no piece knows, in one word, are one token, however many', () => {
  const unknown = '\uf8f0';
  const one = tokenize(pieces, unknown, MAX_TOKENS);
  expect(one).toEqual({ ids: [0, expect.any(Number), 3, 2], truncated: false });
  expect(tokenize(pieces, unknown.repeat(6000), MAX_TOKENS)).toEqual(one); // more than is read at first
});

test('more pieces of a word than fit the stack are put together all the same', () => {
  const model = {
    config: { type: 'Unigram' },
    tokenize: (word: string) => Array.from({ length: 300_000 }, () => word),
    encode: (words: readonly string[]): readonly string[] => words,
  };
  mendUnigram({ model } as never);
  expect(model.encode(['a', 'b'])).toHaveLength(600_000);
});
