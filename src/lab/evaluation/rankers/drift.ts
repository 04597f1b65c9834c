import { addToSum, emptySum } from '../../../core/decay.js';
import { finish } from '../../../core/steps.js';
import { normalize } from '../../../core/vector.js';
import {
  type ChangeReader,
  createChangeReader,
  type Kept,
  likingsByTime,
  newestBlocks,
  type TasteChange,
} from '../../../domain/drift.js';
import { interactionWeight } from '../../../domain/interaction.js';
import type { EmbeddedInteraction, ProfileVectors, Taste } from '../../../domain/profile.js';
import type { Ranker } from '../ranker.js';
import { catalogueMean, createTastes, ownDirection, type TasteOptions } from './taste.js';

/** What is known of somebody's changes. */
interface Person {
  readonly reader: ChangeReader;
  readonly all: EmbeddedInteraction[];
  liked: readonly EmbeddedInteraction[];
  changes: readonly TasteChange[];
  kept: Kept | undefined;
  /** Interactions that changes were looked for in. */
  looked: number;
}

/** A ranker that tells which changes it found, by the log's number of a person. */
export interface DriftRanker extends Ranker {
  changes(user: number): readonly TasteChange[];
}

/**
 * What `rank` gives with `adapt: { drift: true }`: where a change of taste is probable, what was liked before it weighs less for a while.
 *
 * @param threshold of the log odds; another one for measurements alone
 */
export function driftRanker(options: TasteOptions, threshold?: number): DriftRanker {
  const { rows } = options;
  const tastes = createTastes(options);
  const { rules } = tastes;
  const mean = catalogueMean(options);
  const people: Person[] = [];

  function look(person: Person): Person {
    if (person.looked < person.all.length) {
      person.liked = likingsByTime(person.all, rules);
      const newest = new Set(newestBlocks(person.liked.map(({ interaction }) => interaction)));
      const looked = person.liked.filter(({ interaction }) => newest.has(interaction));
      person.changes = finish(person.reader.find(looked, mean));
      person.kept = person.reader.keep([]);
      person.looked = person.all.length;
    }
    return person;
  }

  /** The tastes with what holds still of each liking. */
  function led(known: ProfileVectors, { liked, kept }: Person): ProfileVectors {
    if (kept === undefined) return known;
    const now = known.long.sum.at;
    const weighed = (taste: Taste): Taste => {
      const sum = emptySum(rows.dim, taste.sum.halfLifeMs);
      sum.at = now;
      for (const { interaction, embedding } of liked) {
        const weight = interactionWeight(interaction, rules.kinds, rules.temperature);
        addToSum(sum, embedding, weight * kept.share(interaction.at), Math.min(interaction.at, now));
      }
      return { sum, direction: normalize(sum.sum) };
    };
    return { ...known, long: weighed(known.long), session: weighed(known.session) };
  }

  return {
    name: 'attune + drift',
    follow(event) {
      tastes.follow(event);
      const { user, item } = event;
      const embedding = rows.data.subarray(item * rows.dim, (item + 1) * rows.dim);
      const person = (people[user] ??= {
        reader: createChangeReader(threshold),
        all: [],
        liked: [],
        changes: [],
        kept: undefined,
        looked: 0,
      });
      person.all.push({ interaction: { ...event, id: idOf(person.all.length), itemId: String(item) }, embedding });
    },
    score: tastes.along(({ user, known }) => {
      const person = people[user];
      return ownDirection(person === undefined ? known : led(known, look(person)), mean, tastes.weights);
    }),
    changes: (user) => (people[user] === undefined ? [] : look(people[user]).changes),
  };
}

/** In the order in which they were told of, also where instants are equal. */
function idOf(place: number): string {
  return String(place).padStart(9, '0');
}
