import { Tokenizer } from '@huggingface/tokenizers';
import { normalize } from '../core/vector.js';
import { mendBertNormalizer } from './bert-normalizer.js';
import { parseLite } from './lite-format.js';
import { poolOf } from './lite-pool.js';
import type { LoadedModel } from './protocol.js';

/** Tokens read of one text, and the characters looked at to find them. */
const MAX_TOKENS = 256;
const MAX_CHARACTERS = 8192;

/** A token that says something. Marks between words that are not known would say it of all of them alike. */
const TELLING = /^(?:##)?[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * The embedded encoder: the sum of static token rows, those damped that say what others say, to unit length; all zeros
 * when no word is known. Plain TypeScript, so that it runs where WebAssembly may not.
 *
 * @throws AttuneError `model/corrupt`
 */
export function openLite(bytes: ArrayBuffer, modelVersion: string): LoadedModel {
  const table = parseLite(bytes);
  const tokenizer = wordPieceTokenizer(table.tokens);
  const { dim } = table;
  const pool = poolOf(table);
  return {
    modelVersion,
    dim,
    encode(texts) {
      const data = new Float32Array(texts.length * dim);
      let truncated = 0;
      texts.forEach((text, i) => {
        const { ids } = tokenizer.encode(text.slice(0, MAX_CHARACTERS), { add_special_tokens: false });
        if (text.length > MAX_CHARACTERS || ids.length > MAX_TOKENS) truncated++;
        const read = ids.slice(0, MAX_TOKENS);
        if (!read.some((id) => TELLING.test(table.tokens[id]!))) return;
        data.set(normalize(pool(read)), i * dim);
      });
      return Promise.resolve({ data, rows: texts.length, dim, truncated });
    },
  };
}

/** BERT's uncased WordPiece over our vocabulary. Special tokens keep their all-zero rows and are never added. */
function wordPieceTokenizer(tokens: readonly string[]): Tokenizer {
  const tokenizer = new Tokenizer(describeWordPiece(tokens), {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
  });
  mendBertNormalizer(tokenizer);
  return tokenizer;
}

/** The same as the content of a `tokenizer.json`. */
export function describeWordPiece(tokens: readonly string[]): object {
  const ids = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: ids[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  };
}
