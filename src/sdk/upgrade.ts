import { AttuneError } from '../errors.js';
import { addEmbedding, createEmbeddingTable, embeddingOf, type EmbeddingTable } from '../domain/embedding-table.js';
import { readAlike, readAs } from '../domain/prompts.js';
import type { Slider } from '../domain/slider.js';
import {
  DAILY_MS,
  FAILED_MS,
  foretold,
  MOST_COST_MS,
  obstacle,
  readUpgrade,
  spend,
  type Surroundings,
  TOO_DEAR_MS,
  type UpgradeRecord,
} from '../domain/upgrade.js';
import { raceAbort } from '../encoder/abort.js';
import { databaseName } from '../storage/schema.js';
import type { Learner } from './learn.js';
import type { Refit } from './calibrate.js';
import type { EncoderChoice, Embeddings, Model, OpenEncoder } from './model.js';
import { createSliderReader } from './read-sliders.js';
import { shippedRows } from './shipped-rows.js';
import type { Standing } from './standing.js';
import { readOf } from './embed-events.js';
import type { Reading } from './texts.js';
import type { Upgrade } from './types.js';

/** `model: 'auto'`: a small encoder answers at once, a better one takes over when the device has the time. */

/** What the upgrade needs of an open Attune. */
export interface UpgradeParts {
  readonly standing: Standing;
  readonly model: Model;
  readonly learner: Learner;
  /** Sliders' poles. */
  readonly texts: readonly string[];
  readonly options: {
    readonly keepText: 'items' | 'none';
    readonly offLimits: { readonly topics: readonly string[] };
    readonly sliders: readonly Slider[];
    readonly standardize: boolean;
  };
  readonly now: () => number;
  readonly tell: (upgrade: Upgrade) => void;
  /** Makes the calibrators that go over with it. */
  readonly refit: (refit: Refit) => Promise<void>;
}

/** The log's setting with the record. */
const RECORD = 'upgrade';

/** After the start, ms: a page has other things to do first. Judgement. */
const DELAY_MS = 5000;

/** Until another tab that is at it is looked after again, ms. */
const AGAIN_MS = 30_000;

/** Texts encoded between two pauses, and for a first measure. Judgement: a fifth of a second of MiniLM. */
const SLICE = 16;

/** Waits at most so long for an idle moment, ms: a page that is never idle waits for ever else. */
const IDLE_MS = 2000;

/** The way of one Attune to a better encoder. */
export interface Upgrading {
  /** Has the model begin with the better encoder, where everything was brought under it on an earlier visit. */
  prefer(): Promise<void>;
  /** Goes over to it, unless that was begun with; see `upgrade`. Resolves when that is done, refused, put off or stopped. */
  run(): Promise<void>;
  stop(): void;
}

export function createUpgrade(parts: UpgradeParts, better: readonly EncoderChoice[]): Upgrading {
  const ending = new AbortController();
  const { signal } = ending;
  let isThere = false;
  return {
    async prefer() {
      const choices = await preferred(parts.standing, better, parts.now());
      isThere = choices.length > 0;
      if (isThere) parts.model.prefer(choices);
    },
    async run() {
      if (isThere) return;
      await upgrade(parts, better, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    stop: () => ending.abort(new AttuneError('closed', 'This Attune was closed.')),
  };
}

/** The encoders to begin with: better ones first where everything was brought under one on an earlier visit. */
async function preferred(
  standing: Standing,
  better: readonly EncoderChoice[],
  now: number,
): Promise<readonly EncoderChoice[]> {
  const { isDone, modelVersion } = await readRecord(standing, better, now);
  return isDone === true ? better.slice(better.findIndex((choice) => choice.modelVersion === modelVersion)) : [];
}

async function readRecord(standing: Standing, better: readonly EncoderChoice[], now: number): Promise<UpgradeRecord> {
  const stored = await standing.log.value(RECORD).catch(() => undefined);
  const found = better.find(({ modelVersion }) => modelVersion === (stored as UpgradeRecord | undefined)?.modelVersion);
  return readUpgrade(stored, (found ?? better[0]!).modelVersion, now);
}

/**
 * Brings everything stored under the first of `better` that opens, and goes over to it. Work is done in idle slices
 * that are kept (see `EmbeddingCache`), so that a page left in between loses none; by one tab at a time; up to
 * `DAILY_MS` a day; and only if what the site ships no rows of will cost no more than `MOST_COST_MS` in all. Nothing seen changes before everything
 * is there: then profile, sliders and rankings go over in one task.
 *
 * Rejects with `signal.reason`, or with an AttuneError when no encoder opens or one fails: the old one goes on.
 */
async function upgrade(parts: UpgradeParts, better: readonly EncoderChoice[], signal: AbortSignal): Promise<void> {
  const { standing, now, tell } = parts;
  await pause(DELAY_MS, signal);
  await standing.opened;
  const { locks } = device();
  for (let isMine = false; !isMine;) {
    const speaksAgainst = obstacle(surroundings(parts));
    const record = await readRecord(standing, better, now());
    const { modelVersion, refusedUntil } = record;
    if (speaksAgainst !== undefined) return tell({ state: 'refused', modelVersion, reason: speaksAgainst });
    if (refusedUntil !== undefined) {
      return tell({ state: 'refused', modelVersion, reason: 'it was too slow here, or failed, the last time' });
    }
    if (locks === undefined) return work(parts, better, record, signal);
    const name = `${databaseName(standing.user)}/upgrade`;
    isMine = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await work(parts, better, record, signal);
      return lock !== null;
    });
    if (!isMine) await pause(AGAIN_MS, signal);
  }
}

async function work(
  parts: UpgradeParts,
  better: readonly EncoderChoice[],
  before: UpgradeRecord,
  signal: AbortSignal,
): Promise<void> {
  const { standing, model, learner, now, tell } = parts;
  let record = before;
  const rows = new Map<string, Float32Array>();

  async function save(found: Partial<UpgradeRecord> = {}): Promise<void> {
    record = { ...record, ...found };
    if (standing.lies === 'disk') await standing.log.setValue(RECORD, record);
  }

  const { encoder, dim } = await openFirst(better, standing).catch(async (error: unknown) => {
    await save({ refusedUntil: now() + FAILED_MS });
    throw error;
  });
  const { modelVersion } = encoder;
  record = { ...record, modelVersion };

  /** Texts without a row yet; those kept from earlier, or shipped by the site, get theirs. */
  async function missing(): Promise<string[]> {
    const items = await standing.log.items();
    const texts = new Set([...parts.texts, ...items.map(({ text }) => text), ...(model.table?.offsets.keys() ?? [])]);
    if (encoder.said !== undefined) {
      const known = new Map(items.map((item) => [item.id, item]));
      const batches = await standing.log.read(0);
      for (const { kind, itemId } of batches.flatMap(({ interactions }) => interactions)) {
        const item = known.get(itemId);
        if (item !== undefined) texts.add(readOf(item, kind, encoder).text);
      }
    }
    const unknown = [...texts].filter((text) => !rows.has(text));
    for (const { texts: alike, places, ...how } of readAlike(unknown)) {
      const kept = await standing.log.embeddings?.read(modelVersion, alike, now(), readAs(how));
      for (const [i, text] of alike.entries()) {
        const row = kept?.get(text);
        if (row !== undefined) rows.set(unknown[places[i]!]!, row);
      }
    }
    const left = items.filter(({ text }) => !rows.has(text));
    const shipped = await shippedRows(standing, modelVersion, dim, left);
    for (const [text, row] of shipped) rows.set(text, row);
    if (shipped.size > 0) standing.log.embeddings?.write(modelVersion, shipped, now()).catch(() => undefined); // for later replays
    return unknown.filter((text) => !rows.has(text));
  }

  /** Encodes some, and counts the time. */
  async function encode(texts: readonly string[]): Promise<number> {
    const began = performance.now();
    const { data, dim } = await encoder.encode(texts, { signal, priority: 'background' });
    texts.forEach((text, i) => rows.set(text, data.slice(i * dim, (i + 1) * dim)));
    const ms = performance.now() - began;
    record = spend(record, ms, now());
    await save();
    return ms;
  }

  try {
    let waiting = await missing();
    const total = waiting.length + rows.size;
    if (waiting.length > SLICE) {
      const step = Math.floor(waiting.length / SLICE);
      const some = waiting.filter((_, i) => i % step === 0).slice(0, SLICE);
      const sample = { ms: await encode(some), texts: some.length, characters: lengthOf(some) };
      const cost = foretold(sample, waiting.length, lengthOf(waiting));
      if (cost > MOST_COST_MS) {
        await save({ refusedUntil: now() + TOO_DEAR_MS });
        const reason = `${waiting.length} texts would take ${Math.round(cost / 1000)} s here`;
        return tell({ state: 'refused', modelVersion, reason });
      }
    }
    for (waiting = await missing(); waiting.length > 0; waiting = await missing()) {
      for (let from = 0; from < waiting.length; from += SLICE) {
        tell({ state: 'embedding', modelVersion, done: Math.max(0, total - waiting.length + from), total });
        await idle(signal);
        const reason = obstacle(surroundings(parts));
        if (reason !== undefined) return tell({ state: 'refused', modelVersion, reason });
        if (record.spentMs >= DAILY_MS) {
          return tell({ state: 'paused', modelVersion, reason: 'enough was done for today' });
        }
        await encode(waiting.slice(from, from + SLICE));
      }
    }
    const reading: Reading = {
      said: encoder.said,
      async embed(records) {
        const unknown = records.map(({ text }) => text).filter((text) => !rows.has(text));
        if (unknown.length > 0) await encode(unknown);
        return new Map(records.map(({ id, text }) => [id, rows.get(text)!]));
      },
    };
    const table = tableOf(rows, dim, parts);
    const embeddings: Embeddings = { modelVersion, table, get: (text) => embeddingOf(table, text) };
    await parts.refit({
      modelVersion,
      sliders: createSliderReader(parts.options.sliders, embeddings),
      standardize: parts.options.standardize,
      ...reading,
      stands: () => !signal.aborted,
    });
    await learner.replayUnder(reading, () => {
      signal.throwIfAborted();
      model.swapTo(encoder, tableOf(rows, dim, parts));
    });
    await save({ isDone: true });
    tell({ state: 'done', modelVersion });
  } catch (error) {
    if (!signal.aborted) await save({ refusedUntil: now() + FAILED_MS }).catch(() => undefined);
    throw error;
  } finally {
    if (model.modelVersion !== modelVersion) encoder.close();
  }
}

/** The rows of what is resident and of the sliders, and which of them are items. */
function tableOf(
  rows: ReadonlyMap<string, Float32Array>,
  dim: number,
  { model: { table }, texts }: UpgradeParts,
): EmbeddingTable {
  const fresh = createEmbeddingTable(dim);
  for (const text of [...texts, ...(table?.offsets.keys() ?? [])]) {
    const row = rows.get(text);
    if (row === undefined) continue;
    const offset = addEmbedding(fresh, text, row);
    if (offset >= 0 && table?.items.has(table.offsets.get(text) ?? -1)) fresh.items.add(offset);
  }
  return fresh;
}

/** A text that is no item's: a cached encoder opens only for one it has not kept. */
const PROBE = 'Attune asks whether this encoder works';

/** The first that opens, warm, with the length of its rows. */
async function openFirst(
  [first, ...others]: readonly EncoderChoice[],
  standing: Standing,
): Promise<{ readonly encoder: OpenEncoder; readonly dim: number }> {
  try {
    const encoder = await first!.open();
    standing.passing.add(PROBE); // so that it never is kept
    return { encoder, dim: (await encoder.encode([PROBE])).dim };
  } catch (error) {
    if (others.length === 0 || !(error instanceof AttuneError)) throw error;
    return openFirst(others, standing);
  }
}

/** What a browser tells, each of them only some browsers. */
function device(): {
  readonly locks?: LockManager;
  readonly connection?: { readonly saveData?: boolean; readonly effectiveType?: string };
  readonly deviceMemory?: number;
} {
  return globalThis.navigator ?? {};
}

function surroundings({ standing, options: { keepText, offLimits } }: UpgradeParts): Surroundings {
  const { connection, deviceMemory } = device();
  const { saveData, effectiveType } = connection ?? {};
  return {
    onDisk: standing.lies === 'disk' && standing.privacy !== 'off',
    hasTexts: keepText === 'items',
    hasTopics: offLimits.topics.length > 0,
    saveData,
    effectiveType,
    deviceMemoryGb: deviceMemory,
  };
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return raceAbort(new Promise<void>((resolve) => void setTimeout(resolve, ms)), signal);
}

function idle(signal: AbortSignal): Promise<void> {
  if (typeof requestIdleCallback !== 'function') return pause(50, signal);
  return raceAbort(
    new Promise<void>((resolve) => void requestIdleCallback(() => resolve(), { timeout: IDLE_MS })),
    signal,
  );
}
