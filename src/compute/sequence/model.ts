import { AttuneError, invalid } from '../../errors.js';
import { attend, type Kept } from './attention.js';
import { type SequenceEvent, writeFeatures } from './features.js';
import type { SequenceFile, SequenceHeader } from './file.js';
import { applyLinear, gelu, type Linear, type Norm, normalizeRows } from './layers.js';
import { FEATURES } from './shape.js';

/** What is kept of a person's log so that one more interaction costs one row. Rebuilt from the log at any time. */
export interface SequenceState {
  /** Interactions read. */
  length: number;
  /** When the newest was, epoch ms. */
  lastAt: number | undefined;
  readonly kept: readonly Kept[];
  /** The user embedding, `width` numbers; all zeros before the first interaction. */
  readonly user: Float32Array;
}

/** A model that runs. */
export interface SequenceModel {
  readonly header: SequenceHeader;
  /** Newest interactions that decide the user embedding: `layers · (window − 1) + 1`. Older ones have no influence. */
  readonly reach: number;
  /** Nobody known yet. */
  start(): SequenceState;
  /**
   * Reads interactions, oldest first, after those read before; `state` is changed. In parts or at once gives the same numbers.
   *
   * @throws AttuneError `input/invalid` for numbers that are none, before anything is read
   */
  append(state: SequenceState, events: readonly SequenceEvent[]): void;
  /** A state as after the whole log, in at most `reach` rows. @throws AttuneError `input/invalid` */
  read(events: readonly SequenceEvent[]): SequenceState;
  /**
   * Writes an item's projection, `width` numbers: its product with a user embedding is the item's score, the higher the likelier
   * next; the exponentials of scores are in proportion to the model's probabilities.
   *
   * @throws AttuneError `input/invalid`
   */
  project(item: Pick<SequenceEvent, 'itemId' | 'text'>, to: Float32Array, offset?: number): void;
  /** Probabilities of the next interaction's kind, in the order of `header.kinds`. */
  kindsAfter(state: SequenceState): Float64Array;
}

interface Layer {
  readonly norm1: Norm;
  readonly qkv: Linear;
  readonly distance: Float32Array;
  readonly out: Linear;
  readonly norm2: Norm;
  readonly up: Linear;
  readonly down: Linear;
}

/** Rows done at once: what they need in between stays in the processor's cache. Judgement. */
const AT_ONCE = 64;

/** Makes a model of its file. The file's numbers are used as they lie, not copied. */
export function openSequence({ tensors, ...header }: SequenceFile): SequenceModel {
  const { shape } = header;
  const { width, window } = shape;
  const tensor = (name: string): Float32Array => {
    const found = tensors.get(name);
    if (found === undefined) throw new AttuneError('model/corrupt', `The sequence model has no ${name}.`);
    return found;
  };
  const linear = (name: string, inputs: number): Linear => {
    const bias = tensor(`${name}.bias`);
    return { weight: tensor(`${name}.weight`), bias, inputs, outputs: bias.length };
  };
  const norm = (name: string): Norm => ({ gain: tensor(`${name}.gain`), shift: tensor(`${name}.shift`) });
  const layers = Array.from({ length: shape.layers }, (_, l): Layer => ({
    norm1: norm(`${l}.norm1`),
    qkv: linear(`${l}.qkv`, width),
    distance: tensor(`${l}.distance`),
    out: linear(`${l}.out`, width),
    norm2: norm(`${l}.norm2`),
    up: linear(`${l}.up`, width),
    down: linear(`${l}.down`, shape.hidden),
  }));
  const last = norm('norm');
  const [textIn, textOut] = [linear('textIn', shape.text), linear('textOut', shape.text)];
  const features: Linear = { weight: tensor('features'), inputs: FEATURES, outputs: width };
  const kindHead = linear('kindHead', width);
  const [items, counts] = [tensor('items'), tensor('counts')];
  const tables = (['kinds', 'devices', 'phases'] as const).map(
    (name) => [tensor(name), new Map(header[name].map((word, i) => [word, i + 1]))] as const,
  );
  const numbers = new Map(header.items.map((id, i) => [id, i]));

  /** Mixes an item's text row, already projected, with its own embedding: `(1 − w)·text + w·own`, w = tanh(n / blend). */
  function blend(row: Float32Array, offset: number, itemId: string): void {
    const number = numbers.get(itemId);
    if (number === undefined) return;
    const w = Math.tanh(counts[number]! / shape.blend);
    for (let j = 0; j < width; j++) {
      row[offset + j] = (1 - w) * row[offset + j]! + w * items[number * width + j]!;
    }
  }

  /** What enters the first layer: item, kind, device, phase and the rest, added up. */
  function inputsOf(events: readonly SequenceEvent[], lastAt: number | undefined): Float32Array {
    const texts = new Float32Array(events.length * shape.text);
    const told = new Float32Array(events.length * FEATURES);
    events.forEach((event, i) => {
      checkText(event.text, shape.text);
      texts.set(event.text, i * shape.text);
      writeFeatures(event, i === 0 ? lastAt : events[i - 1]!.at, told, i * FEATURES);
    });
    const x = new Float32Array(events.length * width);
    const rest = new Float32Array(x.length);
    applyLinear(textIn, texts, events.length, x);
    applyLinear(features, told, events.length, rest);
    events.forEach(({ itemId, kind, context }, i) => {
      blend(x, i * width, itemId);
      const words = [kind, context?.['device'], context?.['phase']];
      const rows = tables.map(([table, names], t) => {
        const row = names.get(words[t] as string) ?? 0;
        return table.subarray(row * width, (row + 1) * width);
      });
      for (let j = 0; j < width; j++) {
        x[i * width + j]! += rest[i * width + j]! + rows[0]![j]! + rows[1]![j]! + rows[2]![j]!;
      }
    });
    return x;
  }

  /** Runs rows through the layers; in the last one only the newest row is asked for. */
  function advance(state: SequenceState, x: Float32Array, rows: number): void {
    const h = new Float32Array(rows * width);
    const mixed = new Float32Array(rows * width);
    const qkv = new Float32Array(rows * 3 * width);
    for (const [l, layer] of layers.entries()) {
      const from = l === layers.length - 1 ? rows - 1 : 0;
      normalizeRows(layer.norm1, x, rows, h);
      applyLinear(layer.qkv, h, rows, qkv);
      attend(shape, layer.distance, state.kept[l]!, state.length, qkv, rows, from, mixed);
      const left = rows - from;
      const [rest, out] = [x.subarray(from * width), h.subarray(from * width)];
      applyLinear(layer.out, mixed.subarray(from * width), left, out);
      addTo(rest, out);
      normalizeRows(layer.norm2, rest, left, out);
      const up = new Float32Array(left * shape.hidden);
      applyLinear(layer.up, out, left, up);
      gelu(up);
      applyLinear(layer.down, up, left, out);
      addTo(rest, out);
    }
    normalizeRows(last, x.subarray((rows - 1) * width), 1, state.user);
    state.length += rows;
  }

  const model: SequenceModel = {
    header,
    reach: shape.layers * (window - 1) + 1,
    start: () => ({
      length: 0,
      lastAt: undefined,
      kept: layers.map(() => ({
        keys: new Float32Array(window * width),
        values: new Float32Array(window * width),
      })),
      user: new Float32Array(width),
    }),
    append(state, events) {
      const x = inputsOf(events, state.lastAt);
      for (let at = 0; at < events.length; at += AT_ONCE) {
        const rows = Math.min(AT_ONCE, events.length - at);
        advance(state, x.subarray(at * width, (at + rows) * width), rows);
      }
      state.lastAt = events.at(-1)?.at ?? state.lastAt;
    },
    read(events) {
      const state = model.start();
      const from = Math.max(0, events.length - model.reach);
      state.lastAt = events[from - 1]?.at;
      model.append(state, events.slice(from));
      return state;
    },
    project({ itemId, text }, to, offset = 0) {
      checkText(text, shape.text);
      const row = to.subarray(offset, offset + width);
      applyLinear(textOut, text, 1, row);
      blend(row, 0, itemId);
      for (let j = 0; j < width; j++) row[j]! /= Math.sqrt(width);
    },
    kindsAfter({ user }) {
      const logits = new Float32Array(kindHead.outputs);
      applyLinear(kindHead, user, 1, logits);
      const most = Math.max(...logits);
      const chances = Float64Array.from(logits, (logit) => Math.exp(logit - most));
      const sum = chances.reduce((total, chance) => total + chance, 0);
      return chances.map((chance) => chance / sum);
    },
  };
  return model;
}

function addTo(sum: Float32Array, rows: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + rows[i]!;
}

/** @throws AttuneError `input/invalid` */
function checkText(text: Float32Array, length: number): void {
  if (text.length === length && text.every(Number.isFinite)) return;
  const wayOut = `Pass a row of ${length} finite numbers, by the encoder that the model names.`;
  throw invalid('text', text.length === length ? 'numbers that are none' : `${text.length} numbers`, wayOut);
}
