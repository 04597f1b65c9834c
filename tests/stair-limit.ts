import { mixSeeds, seeded } from '../src/core/random.js';

/** Staircases of one rough shape: as many levels, each in its share of [0, 1], each edge in its share of the scores. */
export interface Stairs {
  readonly levels: readonly number[];
  readonly edges: readonly number[];
  readonly score: (random: () => number) => number;
}

/** Fresh draws a staircase. */
const FRESH = 60;

/**
 * Mean |p̂ − p| of the best there can be: who is told the number of levels, in which share of [0, 1] each lies and between
 * which scores each edge, all places alike likely, and says the median of what is then possible. Nobody can be closer on
 * average over these staircases, so none is on the worst of them. Exact for each draw, by sums over all places of edges and
 * levels; shares end half-way to the next level or edge.
 *
 * @param places of a level within its share, all alike likely; the closer together than outcomes tell, the truer
 * @returns mean over `seeds` staircases and its standard error
 */
export function stairLimit(
  { levels, edges, score }: Stairs,
  outcomes: number,
  seeds: number,
  places = 40,
): [number, number] {
  const heights = sharesOf(levels).map(([low, high]) => {
    const [from, to] = [Math.max(0, low), Math.min(1, high)];
    return Array.from({ length: places }, (_, i) => from + ((i + 0.5) / places) * (to - from));
  });
  const errors = Array.from({ length: seeds }, (_, seed) => {
    const random = seeded(mixSeeds(32, seed));
    const level = heights.map((row) => row[Math.floor(random() * places)]!);
    const windows = sharesOf(edges);
    const edge = windows.map(([from, to]) => from + random() * (to - from));
    const truth = (x: number): number => level[edge.filter((at) => x >= at).length]!;
    const seen = Array.from({ length: outcomes }, () => {
      const x = score(random);
      return { x, y: random() < truth(x) ? 1 : 0, n: 1 };
    });
    const asked = Array.from({ length: FRESH }, () => ({ x: score(random), y: 0, n: 0 }));
    const points = [...seen, ...asked].sort((a, b) => a.x - b.x);
    const said = medians(points, heights, windows);
    const fresh = points.flatMap(({ x, n }, i) => (n === 0 ? [Math.abs(said[i]! - truth(x))] : []));
    return fresh.reduce((sum, error) => sum + error, 0) / FRESH;
  });
  const mean = errors.reduce((sum, x) => sum + x, 0) / seeds;
  return [mean, Math.sqrt(errors.reduce((sum, x) => sum + (x - mean) ** 2, 0) / seeds / (seeds - 1))];
}

/** From half-way to the one before to half-way to the next; at the ends as far out as in. */
function sharesOf(at: readonly number[]): [number, number][] {
  if (at.length === 1) return [[-1, 1]];
  return at.map((x, i) => {
    const before = (x - (at[i - 1] ?? 2 * x - at[i + 1]!)) / 2;
    const after = ((at[i + 1] ?? 2 * x - at[i - 1]!) - x) / 2;
    return [x - before, x + after];
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly n: number;
}

/** Posterior median of the probability at each point, points in ascending order. */
function medians(
  points: readonly Point[],
  heights: readonly number[][],
  windows: readonly [number, number][],
): number[] {
  const [shown, positive] = [[0], [0]];
  points.forEach(({ y, n }, i) => {
    shown.push(shown[i]! + n);
    positive.push(positive[i]! + y);
  });
  const logs = heights.map((places) => places.map((p) => [Math.log(p), Math.log(1 - p)] as const));
  /** Chance of the outcomes from `from` until before `to` at each place of a level. */
  const chances = (level: number, from: number, to: number): number[] => {
    const [n, y] = [shown[to]! - shown[from]!, positive[to]! - positive[from]!];
    return logs[level]!.map(([yes, no]) => Math.exp(y * yes + (n - y) * no) / heights[level]!.length);
  };
  const chance = (level: number, from: number, to: number): number =>
    chances(level, from, to).reduce((a, b) => a + b, 0);
  const places = windows.map((window) => placesOf(window, points));

  // before[l]: of all until a level begins at a point; behind[l]: of all after it ends at one
  const last = heights.length - 1;
  const before = [new Map([[0, 1]])];
  places.forEach((edge, l) =>
    before.push(summed(edge, before[l]!, (to, from) => (from <= to ? chance(l, from, to) : 0))),
  );
  const behind = [new Map([[points.length, 1]])];
  for (let l = last; l > 0; l--) {
    behind.unshift(summed(places[l - 1]!, behind[0]!, (from, to) => (from <= to ? chance(l, from, to) : 0)));
  }
  const gains = heights.flatMap((row) => row.map(() => new Float64Array(points.length + 1)));
  heights.forEach((row, l) => {
    const first = l * row.length;
    for (const [from, a] of before[l]!) {
      for (const [to, b] of behind[l]!) {
        if (from >= to) continue;
        chances(l, from, to).forEach((c, i) => {
          gains[first + i]![from]! += a * b * c;
          gains[first + i]![to]! -= a * b * c;
        });
      }
    }
  });
  const flat = heights.flat();
  const weights = new Float64Array(flat.length);
  return points.map((_, at) => {
    gains.forEach((gain, i) => (weights[i]! += gain[at]!));
    let left = weights.reduce((a, b) => a + b, 0) / 2;
    return flat[weights.findIndex((weight) => (left -= weight) <= 0)] ?? flat.at(-1)!;
  });
}

/** Chance of an edge in a window to fall just before each point. */
function placesOf([from, to]: readonly [number, number], points: readonly Point[]): ReadonlyMap<number, number> {
  const chances = new Map<number, number>();
  for (let i = 0; i <= points.length; i++) {
    const low = Math.max(from, points[i - 1]?.x ?? -Infinity);
    const high = Math.min(to, points[i]?.x ?? Infinity);
    if (high > low) chances.set(i, (high - low) / (to - from));
  }
  return chances;
}

function summed(
  edge: ReadonlyMap<number, number>,
  others: ReadonlyMap<number, number>,
  chance: (at: number, other: number) => number,
): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [at, own] of edge) {
    let sum = 0;
    for (const [other, weight] of others) sum += weight * chance(at, other);
    sums.set(at, own * sum);
  }
  return sums;
}
