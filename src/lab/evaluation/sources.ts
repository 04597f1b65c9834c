import { EXPOSURE } from '../../domain/experiment.js';
import { type Interaction, KIND_PRESETS, type KindWeights, makeInteraction } from '../../domain/interaction.js';
import { textItem } from '../../domain/item.js';
import { AttuneError, invalid } from '../../errors.js';
import { collector, readInstant } from '../../sdk/import-rows.js';
import type { AttuneExport } from '../../sdk/rights-types.js';
import type { LogRow } from './log.js';

/** What a file says before it is put in order. */
export interface LogSource {
  readonly rows: readonly LogRow[];
  /** By item id; items without a text are left out. */
  readonly texts: ReadonlyMap<string, string>;
  readonly kindWeights: KindWeights;
  /** Rows left out, by number from 0, and why. */
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
}

/** Which fields of a table's rows hold what. */
export interface TableColumns {
  readonly user: string;
  readonly item: string;
  /** Epoch ms, epoch seconds or ISO 8601. */
  readonly at: string;
  /** Default: every row is a 'click'. */
  readonly kind?: string | undefined;
  readonly weight?: string | undefined;
  /** Stars, which make the kinds of {@link RATING_WEIGHTS}. */
  readonly rating?: string | undefined;
  /** Of the visit: see `cohortKeys`. */
  readonly segment?: string | undefined;
  readonly device?: string | undefined;
  readonly hour?: string | undefined;
  readonly weekday?: string | undefined;
  /** What the site calls the part of a visit or of a life it is; read by the sequence model. */
  readonly phase?: string | undefined;
  /** How long the person stayed, ms. */
  readonly dwell?: string | undefined;
  /** Items are texts themselves, as in action logs. */
  readonly isText?: boolean;
}

/**
 * What stars say: 4 and more liked, 3 and more rated, less disliked. Weights as in the reference of SPEC §8's protocols; to be
 * asked of whoever rated everything they ever saw, a middling rating says more for an item than none.
 */
const RATING_WEIGHTS: KindWeights = { liked: 1, rated: 0.3, disliked: -0.3 };

/** Names by which tables are known to call their columns, the first found taken. */
const NAMES = {
  user: ['user_id', 'userid', 'user', 'visitorid', 'visitor_id', 'customer_id', 'session_id', 'sessionid'],
  item: ['item_id', 'itemid', 'item', 'movieid', 'movie_id', 'product_id', 'productid', 'article_id', 'content'],
  at: ['timestamp', 'at', 'time', 'event_time', 'datetime', 'ts'],
  kind: ['action_type', 'kind', 'event', 'event_type', 'action'],
  weight: ['weight'],
  rating: ['rating', 'stars'],
  segment: ['segment', 'cohort'],
  device: ['device', 'device_type'],
  hour: ['hour', 'local_hour'],
  weekday: ['weekday'],
  phase: ['phase'],
  dwell: ['dwell_ms', 'dwellms', 'dwell'],
} as const;

/** One person's export: docs/export.md. Interactions that make no sense are left out and told. @throws AttuneError `input/invalid` for anything else */
export function sourceOfExport(
  file: AttuneExport,
  user: string,
  kindWeights: KindWeights = KIND_PRESETS.feed,
): LogSource {
  const { format, version, interactions, items } = file ?? {};
  if (format !== 'attune-export' || version !== 1 || !Array.isArray(interactions) || !Array.isArray(items)) {
    throw invalid('log', format ?? file, "Pass an object with format 'attune-export' and version 1.");
  }
  const texts = new Map((items as AttuneExport['items']).map(({ id, text }) => [id, text]));
  const { rows, rejected, keep } = collector();
  for (const [row, entry] of (interactions as AttuneExport['interactions']).entries()) {
    keep(row, () => {
      const { id, kind, itemId, at, weight, dwellMs, context, metadata } = entry ?? {};
      if (!texts.has(itemId)) throw invalid('itemId', itemId, 'Its item is not in the file.');
      const y = metadata?.['y'];
      const details = {
        at,
        ...(weight !== undefined && { weight }),
        ...(dwellMs !== undefined && { dwellMs }),
        ...(context !== undefined && { context }),
        ...((y === 0 || y === 1) && { metadata: { y } }),
      };
      return makeInteraction(id, kind, itemId, details, NaN);
    });
  }
  const told = rows.filter(({ kind }) => kind !== EXPOSURE); // an experiment is no item
  return { rows: told.map((row) => rowOf(row, user)), texts, kindWeights, rejected };
}

/** An interaction as a row of somebody's log, with what the site said came of it. */
export function rowOf({ kind, itemId, at, weight, dwellMs, context, metadata }: Interaction, user: string): LogRow {
  const y = metadata?.['y'] as 0 | 1 | undefined;
  const told = {
    ...(weight !== undefined && { weight }),
    ...(dwellMs !== undefined && { dwellMs }),
    ...(context !== undefined && { context }),
  };
  return { user, itemId, kind, at, ...told, ...(y !== undefined && { y }) };
}

/**
 * Which column holds what, by their names.
 *
 * @param given names to take instead, in any case
 * @throws AttuneError `input/invalid` naming the columns where user, item or time is not among them
 */
export function columnsOf(header: readonly string[], given: Partial<TableColumns> = {}): TableColumns {
  const find = (what: keyof typeof NAMES): string | undefined => {
    const names: readonly string[] = given[what] === undefined ? NAMES[what] : [given[what].toLowerCase()];
    const found = names.map((name) => header.find((column) => column.trim().toLowerCase() === name));
    const column = found.find((name) => name !== undefined);
    if (column === undefined && (given[what] !== undefined || ['user', 'item', 'at'].includes(what))) {
      throw invalid('columns', header.join(','), `None is ${names.join(', ')}; name the one that holds the ${what}.`);
    }
    return column;
  };
  const item = find('item')!;
  return {
    ...{ user: find('user')!, item, at: find('at')! },
    ...{ kind: find('kind'), weight: find('weight'), rating: find('rating') },
    ...{ segment: find('segment'), device: find('device'), hour: find('hour'), weekday: find('weekday') },
    ...{ phase: find('phase'), dwell: find('dwell') },
    isText: item.toLowerCase() === 'content',
  };
}

/** Rows of a table, such as a CSV file or an action log in JSON (SPEC §1). Rows that make no sense are left out and told. */
export function sourceOfTable(
  table: readonly Readonly<Record<string, unknown>>[],
  columns: TableColumns,
  kindWeights: KindWeights = columns.rating === undefined ? KIND_PRESETS.feed : RATING_WEIGHTS,
): LogSource {
  const texts = new Map<string, string>();
  const rejected: { row: number; reason: string }[] = [];
  const rows: LogRow[] = [];
  const cell = (row: Readonly<Record<string, unknown>>, name: string | undefined): unknown =>
    name === undefined || row[name] === '' || row[name] === null ? undefined : row[name];
  table.forEach((row, number) => {
    try {
      const rating = cell(row, columns.rating);
      const content = cell(row, columns.item);
      const item = columns.isText === true && typeof content === 'string' ? textItem(content) : undefined;
      const kind = rating === undefined ? (cell(row, columns.kind) ?? 'click') : kindOfRating(Number(rating));
      const weight = cell(row, columns.weight);
      const dwell = cell(row, columns.dwell);
      const details = {
        at: readInstant(cell(row, columns.at)),
        ...(weight !== undefined && { weight: Number(weight) }),
        ...(dwell !== undefined && { dwellMs: Number(dwell) }),
      };
      const { itemId, at } = makeInteraction('row', kind, item?.id ?? nameOf(content), details, NaN);
      const user = nameOf(cell(row, columns.user)) || 'default';
      rows.push({
        user,
        itemId,
        kind: kind as string,
        at,
        ...(details.weight !== undefined && { weight: details.weight }),
        ...(details.dwellMs !== undefined && { dwellMs: details.dwellMs }),
        ...contextOf((name) => cell(row, columns[name])),
      });
      if (item !== undefined) texts.set(item.id, item.text);
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      rejected.push({ row: number, reason: error.message });
    }
  });
  return { rows, texts, kindWeights, rejected };
}

/** What a row tells of the visit; numbers may stand as texts, as they do in CSV. */
function contextOf(
  cell: (name: 'segment' | 'device' | 'phase' | 'hour' | 'weekday') => unknown,
): Pick<LogRow, 'context'> {
  const texts = (['segment', 'device', 'phase'] as const).map((name) => [name, nameOf(cell(name))] as const);
  const numbers = (['hour', 'weekday'] as const).flatMap((name) => {
    const value = cell(name);
    return value === undefined || !Number.isFinite(Number(value)) ? [] : [[name, Number(value)] as const];
  });
  const told = [...texts.filter(([, text]) => text !== ''), ...numbers];
  return told.length === 0 ? {} : { context: Object.fromEntries(told) };
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** @throws AttuneError `input/invalid` for what is no number of stars */
function kindOfRating(rating: number): string {
  if (!Number.isFinite(rating)) throw invalid('rating', rating, 'It is a number of stars.');
  return rating >= 4 ? 'liked' : rating >= 3 ? 'rated' : 'disliked';
}

/** Sources as one, such as the exports of several people. Where two know an item the later one's text stands. */
export function joinSources(sources: readonly LogSource[]): LogSource {
  return {
    rows: sources.flatMap(({ rows }) => rows),
    texts: new Map(sources.flatMap(({ texts }) => [...texts])),
    kindWeights: Object.assign({}, ...sources.map((source) => source.kindWeights)) as KindWeights,
    rejected: sources.flatMap(({ rejected }) => rejected),
  };
}
