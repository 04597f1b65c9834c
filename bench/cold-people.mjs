// Invented people for bench/cold-start.mjs: what they do, say and are, as plain data.
import { createWorld, drawSessions, seeded } from '../dist/lab.js';

/** How far everybody leans to the high ends of the first two axes, so that something is popular: most people lean so. */
const LEAN = 0.5;
/** Texts each person states, the strongest of their wishes; of one person in five one of them is the opposite of the truth. */
const TEXTS = 3;
const WRONG = 0.2;
const DAY_MS = 86_400_000;

/**
 * `people` and as many others, whose logs came before: each acts positively `warm + asked` times on what they are shown
 * at random, and skips some of the rest.
 */
export function drawPeople({ seed, people, items, warm, asked, curve }) {
  const random = seeded(seed);
  const startAt = Date.UTC(2026, 0, 1);
  const [early, late] = [startAt, startAt + 400 * DAY_MS].map((at) =>
    createWorld({ seed, items, people: 2 * people, startAt: at, curve }),
  );
  const own = late.people.slice(0, people).map(leaning);
  return {
    world: late,
    people: own.map((person) => ({
      person,
      rows: rowsOf(late, person, warm + asked),
      stated: statedBy(late, person, random),
    })),
    others: early.people.slice(people).flatMap((person) => rowsOf(early, leaning(person), warm)),
  };
}

function leaning(person) {
  const positions = tasteOf(person).map((x, s) => Math.max(-1, Math.min(1, x + (s < 2 ? LEAN : 0))));
  return { ...person, periods: [{ ...person.periods[0], positions }] };
}

function tasteOf(person) {
  return person.periods[0].positions;
}

/** Rows of a log until the last of `count` positive actions, with what a site may know: to which ends of two axes one leans. */
function rowsOf(world, person, count) {
  const segment = [0, 2].map((s) => (tasteOf(person)[s] > 0 ? 'high' : 'low')).join('-');
  const rows = [];
  let left = count;
  for (const { impressions } of drawSessions(world, person, { count: 10_000 })) {
    for (const { item, act, y } of impressions) {
      if (act === null) continue;
      rows.push({ user: person.id, itemId: item.id, kind: act.kind, at: act.at, context: { segment } });
      left -= y;
      if (left === 0) return rows;
    }
  }
  throw new Error(`${person.id} acted too seldom`);
}

function statedBy(world, person, random) {
  const taste = tasteOf(person);
  const strongest = [...taste.keys()].sort((a, b) => Math.abs(taste[b]) - Math.abs(taste[a])).slice(0, TEXTS);
  const wrong = random() < WRONG ? Math.floor(random() * TEXTS) : -1;
  return strongest.map((s, n) => {
    const { low, high } = world.sliders[s].definition;
    return taste[s] > 0 === (n !== wrong) ? high : low;
  });
}
