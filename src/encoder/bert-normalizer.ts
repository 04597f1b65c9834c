import type { Tokenizer } from '@huggingface/tokenizers';

/** BERT's normalizer as `tokenizer.json` describes it. */
interface BertNormalizer {
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  /** null: where there is lower-casing. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

/** Control, format, private and lone surrogate characters; tabs and line ends count as spaces. */
const CLEANED = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** The Han blocks that BERT reads character by character. That the sixth begins at 2B920, not 2B820, is Hugging Face's. */
const HAN =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/** Nothing to clean, to set apart or to strip: most texts. */
const PLAIN = /^[ -~]*$/;

/**
 * A text as BERT's vocabulary knows it, as Hugging Face's `tokenizers` does it: cleaned, Han characters apart, accents
 * stripped, lower-cased by character, so that a Σ at a word's end becomes σ, not ς.
 */
function normalizeBert(text: string, options: BertNormalizer): string {
  const { clean_text, handle_chinese_chars, strip_accents, lowercase } = options;
  if (PLAIN.test(text)) return lowercase ? text.toLowerCase() : text;
  let normal = text;
  if (clean_text) normal = normal.replace(CLEANED, '').replace(/\s/g, ' ');
  if (handle_chinese_chars) normal = normal.replace(HAN, ' $& ');
  if (strip_accents ?? lowercase) normal = normal.normalize('NFD').replace(/\p{Mn}/gu, '');
  if (lowercase) normal = normal.replaceAll('Σ', 'σ').toLowerCase();
  return normal;
}

/**
 * Puts `normalizeBert` in the place of the tokenizer's own, which glues Han characters beyond the basic plane together
 * and lower-cases Σ by its place (`@huggingface/tokenizers` 0.2.0). A tokenizer of another kind stays as it is.
 */
export function mendBertNormalizer({ normalizer }: Tokenizer): void {
  const { normalizers = [] } = (normalizer ?? {}) as { normalizers?: readonly Tokenizer['normalizer'][] };
  for (const each of [normalizer, ...normalizers]) {
    if (each?.config.type !== 'BertNormalizer') continue;
    const options = each.config as BertNormalizer;
    each.normalize = (text) => normalizeBert(text, options);
  }
}
