import { hashText } from '../core/hash.js';
import { dot } from '../core/vector.js';
import type { EmbeddingMatrix } from '../domain/ports.js';
import { behaviourText, type Prompts, readAlike } from '../domain/prompts.js';
import type { EncoderChoice, OpenEncoder } from './model.js';

/** Encoders that read what a person did otherwise than what an item is. Loaded where there is one. */

/** Cosine to a phrase's own row from which a text counts as having added nothing to it: rounding, and no more. Judgement. */
const SAME = 1 - 1e-6;

/** What is put before texts, as the two sides of an encoder: whatever keeps rows stands between them. */
export interface Speech {
  /** The side of the encoder, which is given phrase and text as one. */
  readonly spoken: (choice: EncoderChoice) => EncoderChoice;
  /** The side of those who ask by what `behaviourText` made, and for content by its text. */
  readonly prompted: (choice: EncoderChoice) => EncoderChoice;
}

/** With nothing to put before anything, and no role to tell, an encoder is as it is. */
const SILENT: Speech = { spoken: (choice) => choice, prompted: (choice) => choice };

/**
 * @param prompts    phrases in force, or undefined for none, and everything read as content
 * @param tellsRoles whether the encoder is told what is behaviour also where a kind has no phrase
 */
export function speechOf(prompts: Prompts | undefined, tellsRoles: boolean): Speech {
  if (prompts === undefined || (Object.keys(prompts).length === 0 && !tellsRoles)) return SILENT;
  const version = `|prompts ${hashText(JSON.stringify([prompts, tellsRoles]))}`;
  const said = (kind: string, text: string): string => behaviourText(prompts, kind, text, tellsRoles);
  return {
    spoken: ({ modelVersion, open }) => ({
      modelVersion: modelVersion + version,
      open: async () => speaking(await open()),
    }),
    prompted: ({ modelVersion, open }) => ({
      modelVersion,
      said,
      open: async () => telling(await open(), modelVersion, said),
    }),
  };
}

/** Puts phrases before texts. What adds nothing to its phrase says nothing: of it nothing is known. */
function speaking(encoder: OpenEncoder): OpenEncoder {
  const alone = new Map<string, Float32Array>();
  return {
    modelVersion: encoder.modelVersion,
    close: () => encoder.close(),
    async encode(texts, { prompt = '', ...options } = {}) {
      if (prompt === '') return encoder.encode(texts, options);
      const known = alone.get(prompt);
      const asked = texts.map((text) => prompt + text);
      const answer = await encoder.encode(known === undefined ? [...asked, prompt] : asked, options);
      const { dim } = answer;
      const row = known ?? answer.data.slice(texts.length * dim);
      alone.set(prompt, row);
      const data = answer.data.slice(0, texts.length * dim);
      for (let at = 0; at < data.length; at += dim) {
        if (dot(data.subarray(at, at + dim), row) > SAME) data.fill(0, at, at + dim);
      }
      return { data, rows: texts.length, dim, truncated: answer.truncated };
    },
  };
}

/** Tells the encoder how each text is to be read, those that are read alike together. */
function telling(encoder: OpenEncoder, modelVersion: string, said: OpenEncoder['said']): OpenEncoder {
  return {
    modelVersion,
    said,
    close: () => encoder.close(),
    async encode(texts, options) {
      const groups = readAlike(texts);
      if (groups.length === 1 && groups[0]!.role === 'content') return encoder.encode(texts, options);
      const answers = await Promise.all(
        groups.map(({ role, prompt, texts: alike }) => encoder.encode(alike, { ...options, role, prompt })),
      );
      return inOrder(
        groups.map(({ places }) => places),
        answers,
      );
    },
  };
}

/** One matrix of several: each answer's rows go to its places. */
function inOrder(places: readonly (readonly number[])[], answers: readonly EmbeddingMatrix[]): EmbeddingMatrix {
  const dim = answers[0]!.dim;
  const rows = places.reduce((sum, { length }) => sum + length, 0);
  const data = new Float32Array(rows * dim);
  answers.forEach((answer, group) =>
    places[group]!.forEach((place, i) => data.set(answer.data.subarray(i * dim, (i + 1) * dim), place * dim)),
  );
  return { data, rows, dim, truncated: answers.reduce((sum, { truncated }) => sum + truncated, 0) };
}
