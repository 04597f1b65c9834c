import { finish } from '../../../core/steps.js';
import { addScaled } from '../../../core/vector.js';
import { findInterests, type InterestGroup, likingsOf, newestLikings } from '../../../domain/interest-groups.js';
import { centredDirection, type EmbeddedInteraction } from '../../../domain/profile.js';
import type { Ranker } from '../ranker.js';
import { createTastes, catalogueMean, type TasteOptions } from './taste.js';

/** How much longer a person's log must be for their interests to be found anew; the product does that when it is idle. Judgement. */
const GROWN = 1.1;

/** What is known of somebody's interests. */
interface Person {
  readonly liked: EmbeddedInteraction[];
  groups: readonly InterestGroup[];
  /** Likings that the groups were made of. */
  grouped: number;
}

/** A ranker that tells for how many people it has found several interests. */
interface InterestsRanker extends Ranker {
  several(): number;
}

/** What `rank` gives with the option `interests`: where there are several, the nearest one instead of the mean of all. */
export function interestsRanker(options: TasteOptions): InterestsRanker {
  const { rows } = options;
  const tastes = createTastes(options);
  const { weights, rules } = tastes;
  const mean = catalogueMean(options);
  const people: Person[] = [];

  function groupsOf(person: Person, at: number): readonly InterestGroup[] {
    if (person.liked.length < person.grouped * GROWN) return person.groups;
    person.liked.splice(0, person.liked.length, ...newestLikings(person.liked, rules).reverse());
    person.groups = finish(findInterests(likingsOf(person.liked, rules, at)));
    person.grouped = person.liked.length;
    return person.groups;
  }

  const score = tastes.along(({ user, known: { long, session, negative } }) => {
    const rest = new Float64Array(rows.dim);
    addScaled(rest, centredDirection(session, mean), weights.session);
    addScaled(rest, negative.direction, -weights.avoid);
    const groups = people[user] === undefined ? [] : groupsOf(people[user], long.sum.at);
    const sums = groups.length < 2 ? [long.sum] : groups;
    const most = Math.max(...sums.map(({ total }) => total));
    return sums.map(({ sum, total }) => {
      const q = rest.slice();
      const taste = { sum: { ...long.sum, sum, total }, direction: sum };
      addScaled(q, centredDirection(taste, mean), (weights.profile * total) / most);
      return q;
    });
  });
  return {
    name: 'attune + interests',
    follow(event) {
      tastes.follow(event);
      const { user, item } = event;
      const embedding = rows.data.subarray(item * rows.dim, (item + 1) * rows.dim);
      const person = (people[user] ??= { liked: [], groups: [], grouped: 0 });
      person.liked.push({ interaction: { ...event, id: '', itemId: String(item) }, embedding });
    },
    score,
    several: () => people.filter(({ groups }) => groups.length > 1).length,
  };
}
