import type { LiteTable } from '../../src/encoder/lite-format.js';

export function onnxFiles(table: LiteTable): Record<string, Uint8Array<ArrayBuffer>>;
