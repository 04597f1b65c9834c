/** Characters read at first for each token that may be read, so that a huge text costs little. Judgement. */
const CHARACTERS_PER_TOKEN = 32;

/**
 * Tokens behind the last one kept that must be there before the rest of a text may stay unread: a word cut by the
 * reading's end is at most 100 tokens, since BERT takes a longer one for unknown, and one closes the text.
 */
const SPARE_TOKENS = 101;

/**
 * Characters read of any text: of unknown ones without a blank no number makes a second token, and each costs memory.
 * Judgement: a second and a half of CPU at worst, in SentencePiece.
 */
const MOST_CHARACTERS = 2 ** 17;

/** Blanks that say no more than fewer would. */
const LONG_BLANKS = /\s{64,}/g;

/** Tokens read of one text at most, whatever the model says: attention takes `tokens²` memory, and WASM ends at 4 GB. */
const MAX_TOKENS = 2048;

/** What is needed of a tokenizer: ids with the special tokens around them, and which ids are special. */
export interface Words {
  encode(text: string): number[];
  readonly all_special_ids: readonly number[];
}

export interface Tokens {
  readonly ids: number[];
  readonly truncated: boolean;
}

/**
 * The tokens of `text`, `maxTokens` at most, as Hugging Face's Python cuts them: the end is lost, the closing special
 * token stays. They are those of the whole text, though of a long one only as much is read as decides them, and never
 * more than `MOST_CHARACTERS` besides long blanks.
 */
export function tokenize(words: Words, text: string, maxTokens: number): Tokens {
  const first = (maxTokens + SPARE_TOKENS) * CHARACTERS_PER_TOKEN;
  let isUnread = false;
  let ids = words.encode(text.slice(0, first));
  if (first < text.length && ids.length <= maxTokens + SPARE_TOKENS) {
    const dense = text.replace(LONG_BLANKS, (blanks) => blanks.slice(0, 64)); // much of it was blank, or long words
    isUnread = dense.length > MOST_CHARACTERS;
    ids = words.encode(dense.slice(0, MOST_CHARACTERS));
  }
  const isCut = ids.length > maxTokens;
  if (isCut) {
    const last = ids.at(-1)!;
    ids.length = maxTokens; // the tokenizer's own truncation would cut the closing token off
    if (words.all_special_ids.includes(last)) ids[maxTokens - 1] = last;
  }
  return { ids, truncated: isCut || isUnread };
}

/** Tokens that a model reads of a text, special ones included: as many as its tokenizer says, it has positions for, and memory holds. */
export function maxTokensOf(
  tokenizer: { readonly model_max_length: number },
  config: { readonly model_type?: string | null | undefined; readonly max_position_embeddings?: number | undefined },
): number {
  const { model_type, max_position_embeddings: positions = MAX_TOKENS } = config;
  const reserved = /roberta|mpnet/.test(model_type ?? '') ? 2 : 0; // they count positions from behind the padding's
  return Math.min(tokenizer.model_max_length, positions - reserved, MAX_TOKENS);
}
