// Invented people for bench/drift.ts: visits to a lab's world in which they like one thing, and from a moment on another.
import { drawSessions } from '../src/lab/sessions.js';
import type { TastePeriod, World, WorldPerson } from '../src/lab/world.js';

/** What becomes of a person's taste after their first likings. */
export type Case = 'opposite' | 'another' | 'neighbouring' | 'one of two' | 'gift' | 'none' | 'none, two tastes';

/** Likings before the change and after it. */
export const [BEFORE, AFTER] = [60, 40];
/** Visits for a gift, in which everything is of another taste. */
const ERRANDS = 3;
const DAY = 86_400_000;

/** What a person of the world did, and where in it they changed. */
export interface Life {
  readonly person: WorldPerson;
  readonly acts: readonly { readonly itemId: string; readonly kind: string; readonly at: number; readonly y: 0 | 1 }[];
  /** Epoch ms from which on another taste holds; that of the likings counted from. */
  readonly changedAt: number;
  /** The taste held at the end, and before; several hold in turn. */
  readonly now: readonly TastePeriod[];
  readonly tastesBefore: readonly TastePeriod[];
}

/** A life of `BEFORE + AFTER` likings; `world` draws a second taste for everybody (`driftAt`). */
export function lifeOf(world: World, given: WorldPerson, kind: Case, after: number = AFTER): Life {
  const [own, other] = given.periods.map(({ positions, shift }) => ({ from: -Infinity, positions, shift })) as [
    TastePeriod,
    TastePeriod,
  ];
  const hasTwo = kind === 'one of two' || kind === 'none, two tastes';
  const tastesBefore = hasTwo ? [own, other] : [own];
  const now = { ...afterwards(kind, own, other) };
  const first = actsOf(world, { ...given, periods: inTurn(tastesBefore, world) }, BEFORE);
  const changedAt = first.at(-1)!.at + 1;
  const still = inTurn(tastesBefore, world).filter(({ from }) => from < changedAt);
  const later =
    hasTwo && kind !== 'one of two'
      ? inTurn(tastesBefore, world).filter(({ from }) => from >= changedAt)
      : [{ ...now, from: changedAt }];
  const errandsEnd = kind === 'gift' ? changedAt + ERRANDS * 0.8 * DAY : changedAt;
  const periods =
    kind === 'gift' ? [own, { ...other, from: changedAt }, { ...own, from: errandsEnd }] : [...still, ...later];
  const person = { ...given, periods };
  return {
    person,
    acts: actsOf(world, person, BEFORE + after),
    changedAt,
    tastesBefore,
    now: kind === 'none, two tastes' ? tastesBefore : [now],
  };
}

function afterwards(kind: Case, own: TastePeriod, other: TastePeriod): TastePeriod {
  if (kind === 'opposite') return { ...own, positions: own.positions.map((x) => -x) };
  if (kind === 'another') return other;
  if (kind === 'one of two') return other;
  if (kind !== 'neighbouring') return own;
  const strongest = own.positions.reduce((most, x, s, all) => (Math.abs(x) > Math.abs(all[most]!) ? s : most), 0);
  return { ...own, positions: own.positions.map((x, s) => (s === strongest ? -x : x)) };
}

/** One after the other, each for about a visit. */
function inTurn(tastes: readonly TastePeriod[], world: World): TastePeriod[] {
  if (tastes.length === 1) return [...tastes];
  return Array.from({ length: 1000 }, (_, n) => ({
    ...tastes[n % tastes.length]!,
    from: n === 0 ? -Infinity : world.startAt + n * 0.8 * DAY,
  }));
}

function actsOf(world: World, person: WorldPerson, likings: number): Life['acts'] {
  const acts: Life['acts'][number][] = [];
  let left = likings;
  for (const { impressions } of drawSessions(world, person, { count: 10_000 })) {
    for (const { item, act, y } of impressions) {
      if (act === null) continue;
      acts.push({ itemId: item.id, kind: act.kind, at: act.at, y });
      left -= y;
      if (left === 0) return acts;
    }
  }
  throw new Error(`${person.id} acted too seldom`);
}
