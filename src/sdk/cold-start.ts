import { cohortKeys, type VisitContext } from '../domain/cohort.js';
import { choosePrior, type PriorPart, withPrior } from '../domain/prior.js';
import { priorShare } from '../domain/prior-share.js';
import { askSite, type ItemRecord } from '../domain/item.js';
import type { ScalarTerm } from '../domain/ranking.js';
import { type AttuneError, invalid } from '../errors.js';
import type { DataParts } from './data.js';
import { lastLiked } from './last-acts.js';
import type { ResolvedOptions } from './options.js';
import { readPreferences } from './preferences.js';
import { type PriorFiles, readPriorFiles } from './prior-files.js';
import type { PriorWeights } from './prior-types.js';
import type { Basis, PriorTerms } from './rank.js';
import { placeOf, type Standing } from './standing.js';
import type { AttuneOptions } from './types.js';
import { within } from './waiting.js';

/** What ranks for a person of whom little is known, where the site gives `priors`. Loaded with the first ranking that does. */

/** What a cold start needs from the SDK. */
export interface ColdStartParts extends Pick<DataParts, 'standing' | 'intake' | 'model' | 'learner'> {
  readonly options: Pick<ResolvedOptions<never>, 'rules'>;
  readonly asked: Pick<AttuneOptions<never>, 'priors'>;
  readonly warnOnce: (key: string, warning: AttuneError) => void;
}

/** A scalar term by item id: an item that isn't named has 0. */
export interface SparseTerm extends Pick<ScalarTerm, 'name' | 'label'> {
  readonly values: ReadonlyMap<string, number>;
  readonly factor: number;
}

/** The terms of one person's cold start, as of the last `read`. */
export interface ColdStart extends PriorTerms {
  /** Reads what has to be known: files, once, and of the person what is new. */
  read(): Promise<void>;
  /** Terms by item id, as they stand now. */
  sparse(): readonly SparseTerm[];
  /** What the person says they like. */
  stated(): readonly string[];
  /** What the prior is now; empty is neutral. */
  prior(): readonly PriorPart[];
}

/** Factors of the three terms. The prior's is `profile`'s; the others' are judgement: see docs/cold-start.md. */
const WEIGHTS: PriorWeights = { prior: 1, popularity: 0.2, transitions: 1 };

/** How long rankings wait for the site's files at most, ms; what comes later is used from then on. Judgement. */
const PATIENCE_MS = 2000;

/** What of a person is known beside their profile. */
interface Known {
  /** Void once the learner says so: it was another person's, or was erased. */
  readonly since: object | undefined;
  readonly stated: readonly string[];
  readonly liked: readonly string[];
}

interface Made {
  readonly prior: readonly PriorPart[];
  readonly share: number;
  readonly sparse: readonly SparseTerm[];
  scalar?: readonly ScalarTerm[];
}

const starts = new WeakMap<Standing, ColdStart>();

/** The one of this Attune; undefined where the site asked for none. */
export function coldStart(parts: ColdStartParts): ColdStart | undefined {
  const { standing, asked } = parts;
  if (asked.priors === undefined) return undefined;
  let start = starts.get(standing);
  if (start === undefined) starts.set(standing, (start = createColdStart(parts)));
  return start;
}

function createColdStart({ standing, intake, model, learner, options, asked, warnOnce }: ColdStartParts): ColdStart {
  const { context = {}, weights: given, ...sources } = asked.priors!;
  const weights = { ...WEIGHTS, ...given };
  const files: PriorFiles = {};
  let reading: Promise<unknown> | undefined;
  let known: Known = { since: undefined, stated: [], liked: [] };
  /** By what an order rests on: whoever looks at it keeps the prior it was ranked by. */
  const made = new WeakMap<Basis, Made>();

  function readFiles(): Promise<unknown> {
    const isKept = placeOf(standing) === 'disk';
    const all = readPriorFiles(sources, isKept, files, (warning) => warnOnce(warning.message, warning));
    return within(all, PATIENCE_MS);
  }

  function groups(): readonly Float64Array[] {
    const { priors } = files;
    if (priors === undefined) return [];
    const visit = typeof context === 'function' ? askSite('priors.context', context) : context;
    return cohortKeys(Object(visit) as VisitContext).flatMap((key) => priors.groups.get(key) ?? []);
  }

  function statedTo(since: object): readonly string[] {
    return known.since === since ? known.stated : [];
  }

  function priorNow(since: object): readonly PriorPart[] {
    const { priors } = files;
    const isOther =
      priors !== undefined &&
      (priors.modelVersion !== model.modelVersion || priors.dim !== (model.table?.dim ?? priors.dim));
    if (isOther) warnOnce(`priors ${model.modelVersion}`, otherModel(priors.modelVersion, model.modelVersion));
    const rows = statedTo(since).map((text) => model.get(text));
    return choosePrior({
      stated: rows.filter((row) => row !== undefined),
      cohort: isOther ? [] : groups(),
      popular: isOther ? undefined : priors?.popular,
    });
  }

  function sparseAt(share: number, since: object): SparseTerm[] {
    const popularity = files.priors?.popularity ?? NOTHING;
    const after = known.since === since ? files.next?.after(known.liked) : undefined;
    return [
      { name: 'popularity', label: 'Liked by many', values: popularity, factor: share * weights.popularity },
      { name: 'transitions', label: 'What people go on to', values: after ?? NOTHING, factor: weights.transitions },
    ].filter(({ values, factor }) => values.size > 0 && factor > 0);
  }

  function madeFor(basis: Basis): Made {
    let found = made.get(basis);
    if (found === undefined) {
      const share = priorShare(basis.learned?.evidence ?? 0);
      found = { share, prior: priorNow(basis.since), sparse: sparseAt(share, basis.since) };
      made.set(basis, found);
    }
    return found;
  }

  return {
    async read() {
      const { since } = learner;
      const [stated] = await Promise.all([readPreferences(standing.log), (reading ??= readFiles()), intake.settled()]);
      stated.forEach((text) => standing.passing.add(text));
      await model.ensure(stated).finally(() => stated.forEach((text) => standing.passing.delete(text)));
      const liked = files.next === undefined ? [] : await lastLiked(standing.log, options.rules);
      known = { since, stated, liked };
    },
    linear(own, basis) {
      const { prior, share } = madeFor(basis);
      return prior.length === 0 ? own : withPrior(own, prior, share, weights.prior);
    },
    scalar(records, basis) {
      const found = madeFor(basis);
      return (found.scalar ??= found.sparse.map((term) => denseOf(term, records)).filter(isSomething));
    },
    sparse: () => sparseAt(priorShare(learner.vectors()?.evidence ?? 0), learner.since),
    stated: () => statedTo(learner.since),
    prior: () => priorNow(learner.since),
  };
}

const NOTHING: ReadonlyMap<string, number> = new Map();

function denseOf({ name, label, values, factor }: SparseTerm, records: readonly ItemRecord[]): ScalarTerm {
  return { name, label, values: Float64Array.from(records, ({ id }) => factor * (values.get(id) ?? 0)) };
}

function isSomething({ values }: ScalarTerm): boolean {
  return values.some((value) => value !== 0);
}

function otherModel(made: string, inUse: string): AttuneError {
  const wayOut = 'Groups and popular content are off; make the file anew with `attune priors --model`.';
  return invalid('priors', `they are of ${made}, the model in use is ${inUse}`, wayOut);
}
