import type { describeWordPiece } from '../../src/encoder/lite.js';
import type { LiteTable } from '../../src/encoder/lite-format.js';

export function onnxFiles(
  table: LiteTable,
  tokenizer: ReturnType<typeof describeWordPiece>,
): Record<string, Uint8Array<ArrayBuffer>>;
