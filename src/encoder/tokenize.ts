/** Characters read at first for each token that may be read, so that a huge text costs little. Judgement. */
const CHARACTERS_PER_TOKEN = 32;

/**
 * Tokens behind the last one kept that must be there before the rest of a text may stay unread: a word cut by the
 * reading's end is at most 100 tokens, since BERT takes a longer one for unknown, and one closes the text.
 */
const SPARE_TOKENS = 101;

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
 * token stays. They are those of the whole text, though of a long one only as much is read as decides them.
 */
export function tokenize(words: Words, text: string, maxTokens: number): Tokens {
  let characters = (maxTokens + SPARE_TOKENS) * CHARACTERS_PER_TOKEN;
  let ids = words.encode(text.slice(0, characters));
  while (characters < text.length && ids.length <= maxTokens + SPARE_TOKENS) {
    characters *= 4; // much of it was blank, or long words
    ids = words.encode(text.slice(0, characters));
  }
  const truncated = ids.length > maxTokens;
  if (truncated) {
    const last = ids.at(-1)!;
    ids.length = maxTokens; // the tokenizer's own truncation would cut the closing token off
    if (words.all_special_ids.includes(last)) ids[maxTokens - 1] = last;
  }
  return { ids, truncated };
}
