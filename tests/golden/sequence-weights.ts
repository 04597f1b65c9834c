import type { SequenceEvent } from '../../src/compute/sequence/features.js';
import type { SequenceFile } from '../../src/compute/sequence/file.js';
import { type SequenceShape, tensorsOf } from '../../src/compute/sequence/shape.js';

/** What make_sequence.py draws: numbers, in its order, so that a fixture need not hold them. */
export interface GoldenModel {
  readonly file: SequenceFile;
  /** Row of each item's text. */
  readonly texts: readonly Float32Array[];
  readonly events: readonly SequenceEvent[];
}

export function goldenModel(
  shape: SequenceShape,
  counts: readonly number[],
  [kinds, devices, phases]: readonly [number, number, number],
  seed: number,
  size: number,
): GoldenModel {
  let state = seed;
  const next = (): number => (state = (Math.imul(1664525, state) + 1013904223) >>> 0) / 2 ** 31 - 1;
  const take = (count: number, scale: number): Float32Array => Float32Array.from({ length: count }, () => next() * scale);
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
  const header = {
    ...{ shape, encoder: 'golden', until: 0, actions: 0, log: '', card: {} },
    items: counts.map((_, i) => `i${i}`),
    ...{ kinds: names(kinds), devices: names(devices), phases: names(phases) },
  };
  const texts = counts.map(() => Float32Array.of());
  const drawn = take(counts.length * shape.text, 1);
  texts.forEach((_, i) => {
    const row = drawn.subarray(i * shape.text, (i + 1) * shape.text);
    const length = Math.hypot(...row);
    texts[i] = row.map((x) => x / length);
  });
  const tensors = new Map<string, Float32Array>();
  for (const [name, height, width] of tensorsOf(shape, header)) {
    if (name === 'counts') {
      tensors.set(name, Float32Array.from(counts));
      continue;
    }
    const values = take(height * width, scaleOf(name, width));
    if (name.endsWith('.gain')) values.forEach((x, i) => (values[i] = x + 1));
    if (['kinds', 'devices', 'phases'].includes(name)) values.fill(0, 0, width);
    tensors.set(name, values);
  }
  const whole = (below: number): number => {
    next();
    return Math.floor((state * below) / 2 ** 32);
  };
  let at = 1_700_000_000_000;
  const named = (list: readonly string[], row: number): string | undefined => list[row - 1];
  const events = Array.from({ length: size }, (): SequenceEvent => {
    const item = whole(counts.length);
    const words = [header.kinds, header.devices, header.phases].map((list) => named(list, whole(list.length + 1)));
    at += whole(4) === 0 ? 0 : 37 * whole(10_000_000);
    const [isStay, stay, hour, weekday] = [whole(3) > 0, whole(90_000), whole(24), whole(7)];
    return {
      ...{ itemId: `i${item}`, kind: words[0] ?? 'unheard of', at, text: texts[item]! },
      ...(isStay && { dwellMs: stay }),
      context: {
        ...(words[1] !== undefined && { device: words[1] }),
        ...(words[2] !== undefined && { phase: words[2] }),
        ...(!isStay && { hour, weekday }),
      },
    };
  });
  return { file: { ...header, tensors }, texts, events };
}

function scaleOf(name: string, columns: number): number {
  if (/\.(gain|bias|shift)$/.test(name)) return 0.1;
  if (['kinds', 'devices', 'phases', 'features'].includes(name)) return 0.3;
  return name === 'items' || name.endsWith('.distance') ? 1 : 2 / Math.sqrt(columns);
}
