/**
 * `sequence` is the foundation model where it runs: a causal transformer over what a person did, trained offline
 * (training/foundation) and read from one file. This file says which numbers a model of a shape has.
 */
export interface SequenceShape {
  readonly layers: number;
  /** Numbers of a user embedding; a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  /** Width of the layer between two of a feed-forward block. */
  readonly hidden: number;
  /** Interactions that a layer looks back over, itself included. */
  readonly window: number;
  /** Numbers of a text's embedding. */
  readonly text: number;
  /** Weight of an item's own embedding: `tanh(n / blend)`, n its actions in the training log. 200 by SPEC §8. */
  readonly blend: number;
}

/** How many of each are named in the file; each has one row more, the first, for what isn't. */
export interface SequenceNames {
  readonly items: readonly string[];
  readonly kinds: readonly string[];
  readonly devices: readonly string[];
  readonly phases: readonly string[];
}

/** What is told of an interaction besides what it was and of what: see `features.ts`. */
export const FEATURES = 8;

/** Most that a file may name of each, well beyond what a page could hold. */
const MOST = { layers: 64, width: 1024, heads: 64, hidden: 4096, window: 4096, text: 4096 } as const;

/** Why no model has this shape; undefined if one can. */
export function wrongShape(shape: SequenceShape): string | undefined {
  for (const name of Object.keys(MOST) as (keyof typeof MOST)[]) {
    const value = shape[name];
    if (!Number.isInteger(value) || value < 1 || value > MOST[name]) return `${name} is ${String(value)}`;
  }
  if (!(Number.isFinite(shape.blend) && shape.blend > 0)) return `blend is ${String(shape.blend)}`;
  return shape.width % shape.heads === 0 ? undefined : `width ${shape.width} is no multiple of ${shape.heads} heads`;
}

/** Names, rows and columns of a model's tensors, in the file's order. Matrices that are applied have a row an output. */
export function tensorsOf(
  { layers, width, heads, hidden, window, text }: SequenceShape,
  { items, kinds, devices, phases }: SequenceNames,
): readonly (readonly [name: string, rows: number, columns: number])[] {
  const norm = (name: string) => [[`${name}.gain`, 1, width] as const, [`${name}.shift`, 1, width] as const];
  const linear = (name: string, outputs: number, inputs: number) => [
    [`${name}.weight`, outputs, inputs] as const,
    [`${name}.bias`, 1, outputs] as const,
  ];
  return [
    ['kinds', kinds.length + 1, width],
    ['devices', devices.length + 1, width],
    ['phases', phases.length + 1, width],
    ['features', width, FEATURES],
    ...linear('textIn', width, text),
    ...linear('textOut', width, text),
    ...Array.from({ length: layers }, (_, l) => [
      ...norm(`${l}.norm1`),
      ...linear(`${l}.qkv`, 3 * width, width),
      [`${l}.distance`, heads, window] as const,
      ...linear(`${l}.out`, width, width),
      ...norm(`${l}.norm2`),
      ...linear(`${l}.up`, hidden, width),
      ...linear(`${l}.down`, width, hidden),
    ]).flat(),
    ...norm('norm'),
    ...linear('kindHead', kinds.length, width),
    ['counts', 1, items.length],
    ['items', items.length, width],
  ];
}
