import { AttuneError } from '../errors.js';
import { normalize } from './vector.js';

/**
 * What many people like, as a site ships it for those it knows nothing of: directions of groups under one model, and how
 * many people liked each item, which is of no model. A JSON file; directions are whole numbers from −127 to 127, because
 * only where they point matters.
 */
export interface PriorsFile {
  readonly format: 'attune-priors';
  readonly version: 1;
  /** Of the directions; under another model they are off. */
  readonly modelVersion: string;
  readonly dim: number;
  /** People counted, and the newest action counted, epoch ms: who is asked about earlier ones would be told the answer. */
  readonly people: number;
  readonly until: number;
  /** Fewest people that anything here is of. */
  readonly least: number;
  /** By key, such as `segment=student`. */
  readonly groups: Readonly<Record<string, { readonly people: number; readonly direction: readonly number[] }>>;
  /** Mean of what is liked, each item as often as people liked it; null where nothing is known. */
  readonly popular: readonly number[] | null;
  /** Item ids with the people who liked them, most first. */
  readonly items: readonly (readonly [id: string, people: number])[];
}

/** The same as rankings use it. */
export interface Priors extends Pick<PriorsFile, 'modelVersion' | 'dim' | 'until'> {
  /** Unit length. */
  readonly groups: ReadonlyMap<string, Float64Array>;
  readonly popular: Float64Array | undefined;
  /** People as a share of those who liked the most popular item, by item id, in (0, 1]. */
  readonly popularity: ReadonlyMap<string, number>;
}

/** Largest number of a coded direction. */
const LARGEST = 127;

/** A direction as whole numbers, the largest ±127. All zeros stay so. */
export function codeDirection(direction: Float64Array): number[] {
  const most = direction.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  return Array.from(direction, (x) => (most === 0 ? 0 : Math.round((LARGEST * x) / most) || 0)); // no −0, which JSON loses
}

/** @throws AttuneError `model/corrupt` for anything but the text of such a file of this version, or what it holds */
export function readPriors(given: unknown): Priors {
  const file = Object(typeof given === 'string' ? parse(given) : given) as Partial<PriorsFile>;
  const { format, version, modelVersion, dim, until, groups, popular, items } = file;
  if (format !== 'attune-priors' || version !== 1)
    throw damaged(`it is of format ${String(format)} ${String(version)}`);
  if (typeof modelVersion !== 'string' || !(Number.isInteger(dim) && dim! > 0) || typeof until !== 'number') {
    throw damaged('it does not say of what it is');
  }
  const isDirection = (row: unknown): row is number[] =>
    Array.isArray(row) &&
    row.length === dim &&
    row.every((x) => Number.isInteger(x) && Math.abs(x as number) <= LARGEST);
  const unit = (row: readonly number[]): Float64Array => normalize(Float64Array.from(row));
  const found = Object.entries(groups ?? {});
  if (!found.every(([, group]) => isDirection(group?.direction)) || !(popular === null || isDirection(popular))) {
    throw damaged(`a direction is not ${dim} whole numbers`);
  }
  if (!Array.isArray(items) || !items.every(isCount)) throw damaged('its items are not counted');
  const most = items.reduce((largest, [, people]) => Math.max(largest, people), 0);
  return {
    ...{ modelVersion, dim: dim!, until },
    groups: new Map(found.map(([key, { direction }]) => [key, unit(direction)])),
    popular: popular === null ? undefined : unit(popular),
    popularity: new Map(items.map(([id, people]) => [id, people / most])),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('it is no JSON');
  }
}

function isCount(entry: unknown): entry is [string, number] {
  const [id, people, ...more] = Array.isArray(entry) ? (entry as unknown[]) : [];
  return typeof id === 'string' && Number.isInteger(people) && (people as number) > 0 && more.length === 0;
}

function damaged(why: string): AttuneError {
  return new AttuneError('model/corrupt', `This is no file of priors: ${why}. Make it anew with attune priors.`);
}
