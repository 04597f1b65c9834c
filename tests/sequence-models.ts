import { openSequence, type SequenceModel } from '../src/compute/sequence/model.js';
import { checksum } from '../src/core/checksum.js';
import { goldenModel } from './golden/sequence-weights.js';
import { writeSequence } from './golden/write-sequence.js';
import { WORDS } from './one-hot.js';

/** A small model with weights by chance that knows these items, of texts by the encoder of one-hot.ts unless named otherwise. */
export interface SmallModel {
  readonly model: SequenceModel;
  readonly bytes: Uint8Array;
  /** Of its bytes, as the product names it. */
  readonly name: string;
  /** Its file as a URL. */
  readonly url: string;
}

export function smallModel(
  items: readonly string[],
  { encoder = 'one-hot-1', text = WORDS.length }: { readonly encoder?: string; readonly text?: number } = {},
): SmallModel {
  const shape = { layers: 2, width: 16, heads: 2, hidden: 24, window: 5, text, blend: 200 };
  const golden = goldenModel(
    shape,
    items.map((_, i) => 20 * i),
    [3, 1, 1],
    3,
    1,
  );
  const file = { ...golden.file, encoder, items, kinds: ['view', 'save', 'share'], until: 5, actions: 7 };
  const bytes = writeSequence(file);
  return {
    model: openSequence(file),
    bytes,
    name: checksum(bytes).toString(16).padStart(8, '0'),
    url: `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`,
  };
}
