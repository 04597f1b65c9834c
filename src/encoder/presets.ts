import type { TextRole } from '../domain/ports.js';
import type { Device, Dtype } from './device.js';
import pins from './preset-pins.json';

/** Names of the models that Attune knows. */
export type PresetName = 'minilm' | 'e5' | 'bge' | 'gte' | 'multilingual';

/** A model that Attune knows: how it was trained to be used. */
export interface Preset {
  /** Hub id. */
  readonly id: string;
  readonly dims: number;
  readonly pooling: 'mean' | 'cls';
  /** What its authors put before a text: behaviour is what asks, content is what is found. */
  readonly prefix: Readonly<Record<TextRole, string>>;
  /** Trained with instructions, so that it is told what was done to a text; to the others a phrase only blurs. */
  readonly isInstructed: boolean;
  readonly license: string;
  /** Download of the weights in MB by kind of numbers; rounded, from the hub's listing, not measured here. */
  readonly sizeMB: Readonly<Record<Dtype, number>>;
}

/** What `npm run presets:pin` found on a hub. */
export interface Pin {
  /** Commit. */
  readonly revision: string;
  /** SHA-256 in hex by path. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Embeddings of golden-texts.json by fp32 weights, in order. */
  readonly golden: readonly (readonly number[])[];
}

const PLAIN = { content: '', behaviour: '' } as const;

/** E5's authors: "query: " on both sides for anything but asking questions of passages. */
const E5 = { content: 'query: ', behaviour: 'query: ' } as const;

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  minilm: {
    id: 'Xenova/all-MiniLM-L6-v2',
    dims: 384,
    pooling: 'mean',
    prefix: PLAIN,
    isInstructed: false,
    license: 'Apache-2.0',
    sizeMB: { q8: 23, fp16: 45, fp32: 90 },
  },
  e5: {
    id: 'Xenova/e5-small-v2',
    dims: 384,
    pooling: 'mean',
    prefix: E5,
    isInstructed: true,
    license: 'MIT',
    sizeMB: { q8: 34, fp16: 67, fp32: 133 },
  },
  bge: {
    id: 'Xenova/bge-small-en-v1.5',
    dims: 384,
    pooling: 'cls',
    prefix: { content: '', behaviour: 'Represent this sentence for searching relevant passages: ' },
    isInstructed: true,
    license: 'MIT',
    sizeMB: { q8: 34, fp16: 67, fp32: 133 },
  },
  gte: {
    id: 'Xenova/gte-small',
    dims: 384,
    pooling: 'mean',
    prefix: PLAIN,
    isInstructed: false,
    license: 'MIT',
    sizeMB: { q8: 34, fp16: 67, fp32: 133 },
  },
  multilingual: {
    id: 'Xenova/multilingual-e5-small',
    dims: 384,
    pooling: 'mean',
    prefix: E5,
    isInstructed: true,
    license: 'MIT',
    sizeMB: { q8: 118, fp16: 235, fp32: 470 },
  },
};

/** Kinds of numbers by device, smallest that is good there: q8 is silently wrong on some GPUs. */
export function defaultDtype(device: Device, hasFp16: boolean): Dtype {
  if (device === 'wasm') return 'q8';
  return hasFp16 ? 'fp16' : 'fp32';
}

/** What a hub was found to hold, or undefined until `npm run presets:pin` was run for it. */
export function pinOf(name: PresetName): Pin | undefined {
  return (pins as Partial<Record<PresetName, Pin>>)[name];
}
