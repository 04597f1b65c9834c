import fixture from './fixtures/tiny-bert/scripts.json?raw'; // Vite's own reading of JSON ends at a lone surrogate

/** A text of tests/fixtures/tiny-bert/scripts.py with what its reference makes of it. */
export interface ScriptText {
  /** A script's name, 'mixed', 'limits' or 'nasty'. */
  readonly group: string;
  readonly text: string;
  /** Ids with [CLS] and [SEP], cut to the model's length. */
  readonly uncased: readonly number[];
  readonly cased: readonly number[];
  /** Of the uncased ones. */
  readonly truncated: boolean;
  /** PyTorch's rows, of unit length to 4 digits. */
  readonly rows: Readonly<Record<RowName, Float32Array>>;
}

/** Uncased by mean; cased by the first token, layer-normalized and cut to 16. */
export type RowName = 'mean' | 'cased';

type Case = [string, string | [string, number][], string, string, boolean, string, string];

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer;
}

function rowOf(base64: string): Float32Array {
  return Float32Array.from(new Int16Array(bytesOf(base64)), (x) => x / 32767);
}

export const scriptTexts: readonly ScriptText[] = (JSON.parse(fixture) as { cases: Case[] }).cases.map(
  ([group, parts, uncased, cased, truncated, mean, shaped]) => ({
    group,
    text: typeof parts === 'string' ? parts : parts.map(([part, times]) => part.repeat(times)).join(''),
    uncased: Array.from(new Uint16Array(bytesOf(uncased))),
    cased: Array.from(new Uint16Array(bytesOf(cased))),
    truncated,
    rows: { mean: rowOf(mean), cased: rowOf(shaped) },
  }),
);
