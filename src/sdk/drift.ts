import { hashText } from '../core/hash.js';
import { addScaled, dot, type Vector } from '../core/vector.js';
import {
  type ChangeReader,
  createChangeReader,
  isUndone,
  type Kept,
  likingsByTime,
  newestBlocks,
} from '../domain/drift.js';
import type { InterestEdits } from '../domain/interest-edits.js';
import { findInterests, type InterestGroup, likingsOf } from '../domain/interest-groups.js';
import { nameInterests } from '../domain/interest-names.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { EmbeddedInteraction, ProfileRules } from '../domain/profile.js';
import type { AdaptationReport, DriftChange } from './adaptation-types.js';
import { createBreath, inBreaths } from './idle.js';
import type { Log } from './log.js';
import type { ItemTexts } from './texts.js';

/** Changes of taste as a log has them. */
export interface FoundDrift {
  readonly report: AdaptationReport['drift'];
  /** What holds still of likings; undefined where all does. */
  readonly kept: Kept | undefined;
}

/** What changes are read with. */
export interface DriftParts {
  readonly texts: Pick<ItemTexts, 'title'>;
  readonly rules: ProfileRules;
  /** For the mean of all items. */
  readonly sliders: { mean(): Vector };
  readonly events: { emit(type: 'drift', change: DriftChange): void };
}

/** Changes of taste in a log. */
export interface DriftReader {
  /** Finds them anew only where likings are others. `entries` has those of the newest blocks of `likings`, embedded. */
  read(
    likings: readonly Interaction[],
    entries: readonly EmbeddedInteraction[],
    items: readonly ItemRecord[],
    edits: InterestEdits,
  ): Promise<FoundDrift>;
  /** Tells of each change once, also over visits. */
  tell(found: FoundDrift, log: Log): Promise<void>;
}

/** Under this name a log keeps up to when changes of taste were told of, epoch ms. */
const TOLD_VALUE = 'derived/drift';

/** Squared distance from which on another mean of all items is worth looking at everything anew. Judgement: a tenth of a nat in a hundred likings. */
const MEAN_MOVED = 1e-4;

export function createDriftReader({ texts, rules, sliders, events }: DriftParts): DriftReader {
  const reader = createChangeReader();
  let made = '';
  let changes: readonly DriftChange[] = [];
  let mean: Vector = new Float64Array();

  /** The mean that was taken before, while it has hardly moved: with another all visits are looked at anew. */
  function steadyMean(): Vector {
    const now = sliders.mean();
    const moved = now.slice();
    if (now.length === mean.length) addScaled(moved, mean, -1);
    if (now.length !== mean.length || dot(moved, moved) > MEAN_MOVED) mean = now.slice();
    return mean;
  }

  return {
    async read(likings, entries, items, { undone = [] }) {
      const newest = new Set(newestBlocks(likings).map(({ id }) => id));
      const own = entries.filter(({ interaction }) => newest.has(interaction.id));
      const liked = likingsByTime(own, rules);
      const of = hashText(liked.map(({ interaction, embedding }) => `${interaction.id} ${embedding[0]}`).join());
      if (made !== of) {
        const records = new Map(items.map((item) => [item.id, item]));
        const naming = namedChanges(reader, liked, steadyMean(), records, rules, (item) => texts.title(item));
        [changes, made] = [
          await inBreaths(
            naming,
            createBreath(() => undefined),
          ),
          of,
        ];
      }
      const trail = changes.map((change) => ({ ...change, undone: isUndone(change, undone) })).reverse();
      const kept = reader.keep(undone);
      const since = kept === undefined ? {} : { since: kept.from };
      return { report: { changes: trail, leading: kept !== undefined, ...since }, kept };
    },
    async tell({ report }, log) {
      const told = await log.value(TOLD_VALUE);
      const until = typeof told === 'number' ? told : -Infinity;
      const fresh = report.changes.filter(({ detectedAt }) => detectedAt > until);
      if (fresh.length > 0) await log.setValue(TOLD_VALUE, fresh[0]!.detectedAt);
      for (const { undone, ...change } of fresh.reverse()) if (!undone) events.emit('drift', change);
    },
  };
}

/** The changes among likings, with the names of what was liked before and since. */
function* namedChanges(
  reader: ChangeReader,
  liked: readonly EmbeddedInteraction[],
  mean: Vector,
  items: ReadonlyMap<string, ItemRecord>,
  rules: ProfileRules,
  title: (item: ItemRecord) => string,
): Generator<void, DriftChange[]> {
  const named: DriftChange[] = [];
  for (const { before, after, ...change } of yield* reader.find(liked, mean)) {
    const groups: InterestGroup[][] = [];
    for (const ids of [before, after].map((each) => new Set(each))) {
      const own = liked.filter(({ interaction }) => ids.has(interaction.itemId));
      groups.push(yield* findInterests(likingsOf(own, rules, change.detectedAt)));
    }
    const records = groups.flat().map(({ itemIds }) => itemIds.flatMap((id) => items.get(id) ?? []));
    const names = nameInterests(
      records.map((list) => list.map(({ text }) => text)),
      records.map(([first]) => (first === undefined ? '' : title(first))),
    );
    const count = groups[0]!.length;
    named.push({ ...change, id: `drift:${change.at}`, from: names.slice(0, count), to: names.slice(count) });
  }
  return named;
}
