import { AttuneError, asAttuneError, invalid } from '../errors.js';
import type { CatalogueLayout } from '../core/catalogue-format.js';
import { type RowsSource, threadKernel } from '../compute/held-rows.js';
import type { ItemRecord } from '../domain/item.js';
import { raceAbort } from '../encoder/abort.js';
import { type CatalogueFile, type FileUse, openCatalogueFile } from '../storage/catalogue-file.js';
import { type CatalogueChange, type KeptCatalogue, openCatalogueDatabase } from '../storage/catalogue-database.js';
import { addSome, applyChanges, AT_ONCE, embedAnew, jsonOf, type OpenCatalogue } from './catalogue-changes.js';
import { type CatalogueRows, createCatalogueRows } from './catalogue-rows.js';
import { fetchFile, nameOf } from './catalogue-source.js';
import type { Model } from './model.js';
import { createLargeScan, type LargeScan } from './large-scan.js';
import { computeOf } from './own-compute.js';
import { callOptions, type ResolvedOptions } from './options.js';
import { shelve } from './shipped-rows.js';
import type { Standing } from './standing.js';
import type { Catalogue, CatalogueOptions } from './catalogue-types.js';

/** What a catalogue needs of its Attune. */
export interface CatalogueParts<T> {
  readonly model: Model;
  readonly standing: Standing;
  readonly options: Pick<ResolvedOptions<T>, 'worker'>;
  readonly recordOf: (item: T) => ItemRecord;
  readonly warnOnce: (key: string, warning: AttuneError) => void;
  readonly check: () => void;
}

const opened = new WeakMap<object, OpenCatalogue<never>>();

/** What is behind it. @throws AttuneError `input/invalid` for what is no catalogue */
export function insideOf<T>(catalogue: Catalogue<T> | readonly T[]): OpenCatalogue<T> {
  const isObject = catalogue !== null && typeof catalogue === 'object';
  const inside = isObject ? opened.get(catalogue) : undefined;
  if (inside === undefined) throw invalid('items', catalogue, 'Pass an array of your items, or a catalogue.');
  return inside;
}

/** Says that a catalogue is of another model than the one in use, once. */
export function warnOfModel<T>(
  { modelVersion }: OpenCatalogue<T>,
  { model, warnOnce }: Pick<CatalogueParts<T>, 'model' | 'warnOnce'>,
): void {
  const what = `its rows are of ${modelVersion}, the model in use is ${model.modelVersion}`;
  const wayOut = 'It is off until a file of that model is opened, or `reembed()` is done: ranked in its own order.';
  warnOnce(`catalogue of ${modelVersion}`, invalid('catalogue', what, wayOut));
}

/** Up to so many bytes of f32 rows, and as many of items, lie in memory: 10,000 rows of 384 are 15 MB. Judgement. */
const MOST_RESIDENT_BYTES = 2 ** 24;

/** Numbers from which on the kernel is worth compiling: below, plain JavaScript takes about a millisecond. Judgement. */
const FEWEST_FOR_KERNEL = 2 ** 20;

function useOf({ dim, count, sections }: CatalogueLayout): FileUse {
  const keepsEntries = sections.entries.length <= MOST_RESIDENT_BYTES;
  const elsewhere = sections.rows.length > MOST_RESIDENT_BYTES;
  const module = elsewhere || dim * count < FEWEST_FOR_KERNEL ? null : threadKernel();
  return { module, elsewhere, keepsRows: !elsewhere, keepsEntries };
}

/** What scans large catalogues of an Attune. */
function scanFor<T>({ standing, options, warnOnce }: CatalogueParts<T>): (source: RowsSource) => LargeScan {
  const onRefused = (error: AttuneError): void => {
    const message = `${error.message} Large catalogues are scanned on the page, in slices.`;
    warnOnce('compute', new AttuneError(error.code, message, { cause: error }));
  };
  const compute = computeOf(standing, options.worker);
  return (source) => createLargeScan(source, compute, onRefused);
}

/**
 * Opens a catalogue, from what is kept of its source where that is the same.
 *
 * Rejects with AttuneError `input/invalid`, `model/corrupt` for a file that can't be believed, `catalogue/unavailable` for
 * one that can't be fetched while none is kept, or with `signal.reason`.
 */
export async function openCatalogue<T>(
  source: string | URL | Blob | undefined,
  given: CatalogueOptions | undefined,
  parts: CatalogueParts<T>,
): Promise<Catalogue<T>> {
  parts.check();
  const { name = 'default', signal } = callOptions(given);
  if (typeof name !== 'string') throw invalid('name', name, 'Pass a string.');
  signal?.throwIfAborted();
  const { standing, warnOnce, check } = parts;
  const scanOf = scanFor(parts);
  await standing.opened;
  const mayKeep = (): boolean => standing.lies === 'disk';
  const database = openCatalogueDatabase();
  const wanted = source === undefined ? undefined : await nameOf(source);
  const failed = (error: unknown): undefined => {
    warnOnce(`catalogue ${name}`, asAttuneError(error, 'storage/unavailable', 'The catalogue is not kept'));
  };

  /** A file with its rows where they are scanned; all of it but rows and items on disk was checked then. */
  async function openFile(blob: Blob): Promise<{ file: CatalogueFile; rows: CatalogueRows<T> }> {
    const file = await openCatalogueFile(blob, useOf, signal);
    const rows = createCatalogueRows<T>(file, file.index.layout.dim, scanOf);
    try {
      if (rows.scan !== undefined) await raceAbort(rows.scan.ready(), signal);
    } catch (error) {
      rows.scan?.drop();
      throw error;
    }
    return { file, rows };
  }

  /** A kept one as it opens, or undefined where there is none to be had. */
  async function openKept(): Promise<{ kept: KeptCatalogue; rows: CatalogueRows<T> | undefined } | undefined> {
    const kept = await database.read(name).catch(failed);
    if (kept === undefined) return undefined;
    try {
      return { kept, rows: kept.file && (await openFile(kept.file)).rows };
    } catch (error) {
      signal?.throwIfAborted();
      failed(error);
      await database.remove(name).catch(failed);
      return undefined;
    }
  }

  async function openFresh(): Promise<OpenCatalogue<T> | undefined> {
    if (source === undefined) return undefined;
    const blob = source instanceof Blob ? source : await fetchFile(wanted!, signal);
    const { file, rows } = await openFile(blob);
    const { modelVersion } = file.index;
    if (!mayKeep()) return { rows, modelVersion };
    try {
      await database.replace(name, { source: wanted!, file: blob, modelVersion });
      const kept = await database.read(name);
      if (kept?.source === wanted && kept?.file !== undefined) file.readFrom(kept.file); // the download's own copy can go
    } catch (error) {
      failed(error);
    }
    return { rows, modelVersion };
  }

  const before = mayKeep() ? await openKept() : undefined;
  let base = wanted ?? before?.kept.source ?? '';
  let changes = before?.kept.changes ?? [];
  let inside: OpenCatalogue<T> = { rows: before?.rows, modelVersion: before?.kept.modelVersion ?? '' };
  if (before === undefined || (wanted !== undefined && before.kept.source !== wanted)) {
    try {
      inside = (await openFresh()) ?? { rows: undefined, modelVersion: '' };
      changes = [];
      before?.rows?.scan?.drop();
    } catch (error) {
      signal?.throwIfAborted();
      if (before === undefined || !(error instanceof AttuneError) || error.code !== 'catalogue/unavailable')
        throw error;
      base = before.kept.source;
      warnOnce(`catalogue ${wanted}`, new AttuneError(error.code, `${error.message} Going on with ${base}.`));
    }
  }
  check();

  const dim = changes.find(({ made }) => made !== null)?.made?.row.length;
  if (dim !== undefined) inside.rows ??= createCatalogueRows<T>(undefined, dim);
  await applyChanges(inside, changes);

  async function keep(made: readonly CatalogueChange[]): Promise<void> {
    if (!mayKeep()) return;
    try {
      if (base === '') await keepEmpty(inside.modelVersion);
      if (await database.change(name, base, made)) return;
      const what = `Another catalogue is kept as ${name} now; what changed here lasts as long as this page.`;
      throw new AttuneError('storage/unavailable', what);
    } catch (error) {
      failed(error);
    }
  }

  /** A catalogue that began without a file is kept as its changes. */
  async function keepEmpty(version: string): Promise<void> {
    const kept = await database.read(name);
    if (kept === undefined) await database.replace(name, { source: '', file: undefined, modelVersion: version });
  }

  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<R>(task: () => Promise<R>): Promise<R> {
    const done = turn.then(task);
    turn = done.catch(() => undefined);
    return done;
  }

  const catalogue: Catalogue<T> = {
    get size() {
      return inside.rows?.size ?? 0;
    },
    get modelVersion() {
      return inside.modelVersion;
    },
    async get(ids) {
      const { rows } = inside;
      const slots = ids.map((id) => rows?.slotOf(id) ?? -1).filter((slot) => slot >= 0);
      return slots.length === 0 ? [] : (await rows!.readItems(slots)).map(({ item }) => item);
    },
    async add(items, given) {
      check();
      const { signal } = callOptions(given);
      if (!Array.isArray(items)) throw invalid('items', items, 'Pass an array of your items.');
      const records = items.map((item) => ({ record: parts.recordOf(item), json: jsonOf(item) }));
      await inTurn(async () => {
        for (let first = 0; first < records.length; first += AT_ONCE) {
          await keep(await addSome(inside, parts.model, records.slice(first, first + AT_ONCE), signal));
        }
      });
    },
    async remove(ids) {
      check();
      return inTurn(async () => {
        const there = [...new Set(ids)].filter((id) => inside.rows !== undefined && inside.rows.slotOf(id) >= 0);
        const changes = there.map((id) => ({ id, made: null }));
        await applyChanges(inside, changes);
        await keep(changes);
        return there.length;
      });
    },
    async reembed(given) {
      check();
      const { signal } = callOptions(given);
      await inTurn(async () => {
        if (inside.rows === undefined) return;
        const blob = await embedAnew(inside.rows, parts, signal);
        const { file, rows } = await openFile(blob);
        const made = file.index.modelVersion;
        if (mayKeep()) await database.replace(name, { source: base, file: blob, modelVersion: made }).catch(failed);
        inside.rows.scan?.drop();
        inside.rows = rows;
        inside.modelVersion = made;
      });
    },
  };
  opened.set(catalogue, inside as OpenCatalogue<never>);
  shelve(standing, inside as OpenCatalogue<never>);
  return catalogue;
}
