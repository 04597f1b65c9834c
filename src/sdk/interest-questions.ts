import { invalid } from '../errors.js';
import {
  addEdit,
  anchoredOf,
  changesOf,
  type InterestChange,
  type InterestEdits,
  MOST_NAME,
  readEdits,
  undoEdit,
} from '../domain/interest-edits.js';
import type { Intake } from './intake.js';
import type { AttuneInterests, Interest } from './interest-types.js';
import { EDITS_VALUE, type FoundInterests, type InterestParts, interestsOf } from './interests.js';
import { callOptions, objectOf } from './options.js';

/** What a person asks about their interests, and says of them. */
export interface InterestQuestions extends InterestParts {
  readonly intake: Pick<Intake<never>, 'settled' | 'inTurn' | 'kept'>;
}

/** Items by which an interest is told. Judgement: more is a list nobody asked for. */
const TOLD = 5;

/** See {@link AttuneInterests}. */
export async function interests(
  parts: InterestQuestions,
  ...[given]: Parameters<AttuneInterests['list']>
): Promise<readonly Interest[]> {
  const { signal } = callOptions(given);
  signal?.throwIfAborted();
  const found = await readFound(parts);
  signal?.throwIfAborted();
  return found === undefined ? [] : listOf(found, parts);
}

/** See {@link AttuneInterests}. */
export async function editInterest(
  parts: InterestQuestions,
  ...[id, given]: Parameters<AttuneInterests['edit']>
): Promise<readonly Interest[]> {
  const change = checkChange(given);
  const found = await readFound(parts);
  const interest = found?.interests.find((each) => each.id === id);
  const anchor = found?.edits.anchors[id];
  if (found === undefined || (interest === undefined && anchor === undefined)) {
    throw invalid('interest', id, 'Name one that `interests.list()` gives.');
  }
  const own = interest?.itemIds ?? anchor!.itemIds;
  const ids = [...new Set([...own, ...(anchor?.itemIds ?? [])])];
  const items = anchoredOf(own).flatMap((each) => found.items.get(each) ?? []);
  const next = { itemIds: ids, items: items.length === 0 ? anchor!.items : items.map(parts.intake.kept) };
  return write(parts, (edits) => addEdit(edits, { interest: id, at: parts.now(), ...change }, next));
}

/** See {@link AttuneInterests}. */
export async function undoInterest(parts: InterestQuestions): Promise<readonly Interest[]> {
  return (await readFound(parts)) === undefined ? [] : write(parts, undoEdit);
}

/** Changes what is stored, in a turn with whatever moves or erases it. */
async function write(
  parts: InterestQuestions,
  change: (edits: InterestEdits) => InterestEdits,
): Promise<readonly Interest[]> {
  const { standing, intake } = parts;
  await intake.inTurn(async () => {
    const edits = readEdits(await standing.log.value(EDITS_VALUE));
    const next = change(edits);
    if (next !== edits) await standing.log.setValue(EDITS_VALUE, next);
  });
  interestsOf(parts).drop();
  const found = await readFound(parts);
  parts.onProfile();
  return found === undefined ? [] : listOf(found, parts);
}

/** What the log says now; undefined where nothing may be read. `grouped` as in `Interests.read`. */
export async function readFound(parts: InterestQuestions, grouped = true): Promise<FoundInterests | undefined> {
  const { standing, intake, learner } = parts;
  await standing.opened;
  await intake.settled();
  await learner.settled();
  const isUnknown = learner.state === undefined; // reading after an erase would make a database again
  return isUnknown || standing.privacy === 'off' ? undefined : interestsOf(parts).read(grouped);
}

/** What is there, and what was edited and is no more. */
function listOf({ interests: here, edits, items }: FoundInterests, { texts }: InterestQuestions): Interest[] {
  const titled = (ids: readonly string[]): Interest['items'] =>
    ids
      .flatMap((id) => items.get(id) ?? [])
      .slice(0, TOLD)
      .map((item) => ({ id: item.id, title: texts.title(item) }));
  const told = (id: string, name: string, share: number, change: InterestChange, own: Interest['items']): Interest => ({
    ...{ id, name: change.name ?? name, share, items: own },
    excluded: change.excluded === true,
    more: change.more === true,
    renamed: typeof change.name === 'string',
  });
  const list = here.map(({ id, found, share, change, itemIds }) => told(id, found, share, change, titled(itemIds)));
  const listed = new Set(list.map(({ id }) => id));
  const gone = [...changesOf(edits)].filter(([id]) => !listed.has(id));
  return [
    ...list,
    ...gone.map(([id, change]) => {
      const own = edits.anchors[id]!.items.slice(0, TOLD).map((item) => ({ id: item.id, title: texts.title(item) }));
      return told(id, own[0]?.title ?? id, 0, change, own);
    }),
  ];
}

/** @throws AttuneError `input/invalid` */
function checkChange(given: InterestChange): InterestChange {
  const { excluded, more, name } = objectOf('change', given);
  for (const [what, flag] of Object.entries({ excluded, more })) {
    if (flag !== undefined && typeof flag !== 'boolean') throw invalid(what, flag, 'It is true or false.');
  }
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= MOST_NAME;
  if (name !== undefined && name !== null && !isName) {
    throw invalid('name', name, `Pass 1 to ${MOST_NAME} characters, or null for the found one.`);
  }
  if (excluded === undefined && more === undefined && name === undefined) {
    throw invalid('change', given, 'Pass { excluded: true }, { more: true } or { name }.');
  }
  return {
    ...(excluded !== undefined && { excluded }),
    ...(more !== undefined && { more }),
    ...(name !== undefined && { name }),
  };
}
