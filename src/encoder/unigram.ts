import type { Tokenizer } from '@huggingface/tokenizers';

interface Unigram {
  readonly config: { readonly type?: string };
  tokenize(word: string): string[];
  encode(words: readonly string[]): string[];
}

/**
 * Has a SentencePiece tokenizer put its pieces together one by one: its own way hands all pieces of a word on as
 * arguments, and of a word of 100,000 characters they no longer fit the stack (`@huggingface/tokenizers` 0.2.0). A
 * tokenizer of another kind stays as it is.
 */
export function mendUnigram(tokenizer: Tokenizer): void {
  const model = tokenizer.model as unknown as Unigram | null;
  if (model?.config.type === 'Unigram') model.encode = (words) => words.flatMap((word) => model.tokenize(word));
}
