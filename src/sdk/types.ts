import type { Calibrator } from '../domain/calibrator.js';
import type { Consent } from '../domain/consent.js';
import type { AttuneError } from '../errors.js';
import type { Encoder, Encrypt, Store, TextRole } from '../domain/ports.js';
import type { Device, Dtype } from '../encoder/device.js';
import type { PresetName } from '../encoder/presets.js';
import type { KindPreset, KindWeights, TrackDetails } from '../domain/interaction.js';
import type { ContextRule, ScoreContext, Segments } from '../domain/context.js';
import type { Experiment } from '../domain/experiment.js';
import type { Exploration } from '../domain/exploration.js';
import type { HiddenItem, RankedItem } from '../domain/ranking.js';
import type { Prompts } from '../domain/prompts.js';
import type { Rule } from '../domain/rule.js';
import type { SliderScore } from '../domain/score.js';
import type { ExcludeSeen } from '../domain/seen.js';
import type { SliderDefinition } from '../domain/slider.js';
import type { SliderCalibration } from '../domain/track-record.js';
import type { Matches, MatchOptions } from './matches.js';
import type { Preferences, PriorOptions } from './prior-types.js';
import type { Catalogue, CatalogueOptions } from './catalogue-types.js';
import type { Explanation } from './explanation-types.js';
import type { HistoryOptions, HistoryPoint } from './history-types.js';
import type { AdaptOptions, AttuneAdaptation, DriftChange } from './adaptation-types.js';
import type { AttuneFoundation, FoundationOptions } from './foundation-types.js';
import type { AttuneInterests } from './interest-types.js';
import type { AttuneData, PrivacyMode } from './rights-types.js';

/** Options of `createAttune`. Everything has a default except what your items need. */
export interface AttuneOptions<T> {
  /** Default 'unknown'. */
  readonly consent?: Consent;
  /** Default 'device'. */
  readonly privacy?: PrivacyMode;
  /** Whose log this is, when people share a device: any string you choose. Default 'default'. */
  readonly user?: string;
  /** An item's id: a non-empty string that stays the same. Default: its `id`, `slug` or `url`. */
  readonly id?: (item: T) => string;
  /** The text that stands for an item. Default: title, description (or summary), vendor, tags and the `alt` of `images`. */
  readonly text?: (item: T) => string;
  /** 3 to 7 short, single-idea axes are the advice; what works badly is a warning, once. Default none. */
  readonly sliders?: readonly SliderDefinition[];
  /** Weights of kinds of interactions: a preset, or your own map (negative weights repel). Default 'feed'. */
  readonly kinds?: KindPreset | KindWeights;
  /** Exponent on interaction weights, > 0. Default 1. */
  readonly temperature?: number;
  /** Long half-life in ms, > 0. Default 14 days. */
  readonly halfLifeMs?: number;
  /** Session half-life in ms, > 0. Default 6 hours. */
  readonly sessionHalfLifeMs?: number;
  /** Compare slider features by their spread over the catalogue. Default true; false gives the plain cosines. */
  readonly standardize?: boolean;
  /** Factors on slider feature weights, by segment name. */
  readonly segments?: Segments;
  /** Factors on the same by weekday, hour and device of a score's context. Default none. */
  readonly contextRules?: readonly ContextRule[];
  /** Your own penalties and boosts, as named terms of rankings and scores. Default none. */
  readonly rules?: readonly Rule<T>[];
  /**
   * What stands in for the taste of a person of whom little is known: what they say (`preferences`), what others like. Needed
   * for `preferences`; {} is enough. Default none. See docs/cold-start.md.
   */
  readonly priors?: PriorOptions;
  /**
   * A sequence model that the site ships: what people go on to, from everything they did. In shadow until the site says otherwise.
   * Default none. See docs/foundation.md.
   */
  readonly foundation?: FoundationOptions;
  /** Factors of the ranking's terms. Defaults in `docs/decisions.md`. */
  readonly weights?: Partial<RankWeights>;
  /** Runs over every text before anything is stored or encoded: return it without what must not be kept. */
  readonly redact?: (text: string) => string;
  /** What is never tracked, stored or learned from. Default nothing. */
  readonly offLimits?: OffLimits<T>;
  /** 'none' stores no text and no title of an item, only its id and what the model made of it. Default 'items'. */
  readonly keepText?: 'items' | 'none';
  /**
   * Seals what is stored: `true` with a key that the browser keeps beside it, `{ secret }` with one made of a text that
   * you bring at each start and Attune never stores. A log once sealed stays so until it is erased; see docs/privacy.md
   * for what this protects. Default false.
   */
  readonly encrypt?: Encrypt;
  /** Where Attune's own files are served from (`models/lite/…` below it). Default '/attune/'. */
  readonly assetBase?: string | URL;
  /**
   * 'lite' (default), 'lexical' (no file at all), a preset by name from `assetBase`, a preset with changes, or any
   * transformer as described. 'auto' begins with lite and goes over to 'minilm' where the device can afford it; the same
   * for another one by `auto: true` in its description. See docs/models.md.
   */
  readonly model?: 'lite' | 'lexical' | 'auto' | PresetName | PresetModel | TransformerModel;
  /**
   * What is put before a text that was acted on, by kind, for the encoder asked for: phrases of your own over its own
   * ('' takes one away), true for Attune's phrases, false for none. Default: what its description says, which is
   * phrases for encoders trained with instructions (e5, bge, multilingual), else none. See docs/models.md.
   */
  readonly prompts?: boolean | Prompts;
  /**
   * Ranks by each of several interests instead of by the mean of all: an item then counts by the one that it is closest
   * to. Changes nothing for a person with one interest. Default false; see docs/interests.md.
   */
  readonly interests?: boolean;
  /** What Attune adapts to by itself; default nothing. See docs/adaptation.md. */
  readonly adapt?: AdaptOptions;
  /** How long `rank` waits for missing embeddings, ms ≥ 0. Default 200. */
  readonly maxWaitMs?: number;
  /**
   * Workers of your own making (for bundlers without worker support): the encoder's, or with 'compute' the one that scans
   * large catalogues (`attune/worker`, `attune/compute-worker`); or false to do both on the page's thread.
   */
  readonly worker?: ((part?: 'compute') => Worker) | false;
  /** For tests and special hosts: an encoder or a store used instead of Attune's own. */
  readonly encoder?: Encoder;
  readonly store?: Store;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Items to be left alone, such as those that would tell of health, belief or sex life. Topics are found by likeness of
 * meaning, which misses some and takes others: where it matters, say which items by `items`. See docs/privacy.md.
 */
export interface OffLimits<T> {
  /** Short texts, an idea each. An item close to any of them in meaning is off-limits. */
  readonly topics?: readonly string[];
  /** Whether an item is off-limits. */
  readonly items?: (item: T) => boolean;
}

/** Factors of the linear terms of a ranking; each ≥ 0. */
export interface RankWeights {
  /** On the cosine to everything liked, less what all items share. */
  readonly profile: number;
  /** On the same for what was liked lately. */
  readonly session: number;
  /** β: on the cosine to what was refused, subtracted. */
  readonly avoid: number;
  /** On position × standardized lean, for a position the person set. */
  readonly slider: number;
  /** The same for an inferred position. */
  readonly inferred: number;
  /** γ of Rocchio's rule on the profile; 0 is off. */
  readonly rocchio: number;
}

/** A sentence encoder in ONNX with its tokenizer, in the layout of a model hub. */
export interface TransformerModel {
  /** Hub id such as 'Xenova/all-MiniLM-L6-v2', or a folder name below `host`. */
  readonly id: string;
  /**
   * Where `{id}/resolve/{revision}/…` lives; or 'self': the files lie below `{assetBase}models/{id}/`. Default
   * 'https://huggingface.co'.
   */
  readonly host?: string;
  /** Default 'main'. */
  readonly revision?: string;
  /** 'auto' (default) is the GPU where the browser has a real one, else WASM. A GPU that fails or is wrong gives way to WASM. */
  readonly device?: 'auto' | Device;
  /** One for every device, or one for each. Default q8 on WASM; on WebGPU fp16 where the GPU knows it, else fp32. */
  readonly dtype?: Dtype | Readonly<Partial<Record<Device, Dtype>>>;
  /** Default 'mean'. */
  readonly pooling?: 'mean' | 'cls';
  /** Layer normalization after pooling, as Nomic's models want it. Default false. */
  readonly layerNorm?: boolean;
  /** Keeps the first so many numbers, ≥ 1, of a model trained to be cut (Matryoshka). Default all. */
  readonly dims?: number;
  /** Put before every text, or by what the text is. Default none. */
  readonly prefix?: string | Readonly<Partial<Record<TextRole, string>>>;
  /**
   * What is put before a text that was acted on, behind its prefix: phrases by kind, or true for Attune's. Default none
   * by kind; what was acted on is then read as behaviour where `prefix` tells that from content. False: as content.
   */
  readonly prompts?: boolean | Prompts;
  /** SHA-256 in hex by path, such as 'onnx/model.onnx'. Files without one are trusted when first seen. */
  readonly sha256?: Readonly<Record<string, string>>;
  /** Begin with lite, and go over to this one when everything stored is embedded by it, if that is cheap enough. Default false. */
  readonly auto?: boolean;
}

/** How `model: 'auto'` gets on with the better encoder, `modelVersion`. */
export type Upgrade =
  | { readonly state: 'embedding'; readonly modelVersion: string; readonly done: number; readonly total: number }
  | { readonly state: 'done'; readonly modelVersion: string }
  /** Not now: for today, or until the reason is gone. */
  | { readonly state: 'paused' | 'refused'; readonly modelVersion: string; readonly reason: string };

/** A known model by name, with what is to be otherwise. */
export interface PresetModel extends Partial<Omit<TransformerModel, 'id'>> {
  readonly preset: PresetName;
}

/** Options of one `rank` call. */
export interface RankOptions<T> {
  /** How many places to fill; default all. */
  readonly limit?: number;
  /** Items to keep: those it says false of are left out, and listed in `hidden`. */
  readonly filter?: (item: T) => boolean;
  /** Leaves out what the person acted on before; see {@link ExcludeSeen}. `true` is whatever they did, whenever. */
  readonly excludeSeen?: true | ExcludeSeen;
  /** Leaves out items below this score, in the unit of `score`. Not while nothing is known, or while `partial`. */
  readonly minRelevance?: number;
  /** Lets chance give some places to items from further down; see {@link Exploration}. Default none. */
  readonly explore?: Exploration;
  /** 0 (default) to 1: how much to avoid showing near-copies together. Moves places, never scores. */
  readonly diversity?: number;
  /** Named scalar terms of your own, such as freshness: a finite number for every item, 0 for no opinion. */
  readonly boosts?: Readonly<Record<string, (item: T) => number>>;
  /** Rules for this call, beside those of `createAttune` and instead of the ones of the same name. */
  readonly rules?: readonly Rule<T>[];
  readonly signal?: AbortSignal;
}

/** What `rerank` may change for a "what if", without changing anything that is kept. */
export interface RankChange {
  /** Positions in [-1, 1], or null for the inferred one, by slider id. */
  readonly sliders?: Readonly<Record<string, number | null>>;
  /** Factors of the terms. */
  readonly weights?: Partial<RankWeights>;
  readonly limit?: number;
  readonly diversity?: number;
  /**
   * Takes in what was learned since, as a new `rank` would: for a command of the person's own, such as "show my new
   * order". Default false: what they look at moves by sliders and "less like this" alone.
   */
  readonly refresh?: boolean;
}

/** A ranking: your items best first, as plain data. */
export type Ranking<T> = readonly RankedItem<T>[] & {
  /** True when some items were not understood in time: listed as given, behind nothing; rank again on 'ready'. */
  readonly partial: boolean;
  /** True when nothing went into the order: the items stand as given. */
  readonly neutral: boolean;
  readonly modelVersion: string;
  /** What was left out, and why: what the person turned down first, what the filter took last; at most 200. */
  readonly hidden: readonly HiddenItem<T>[];
};

/** A slider as it stands for this person. */
export interface SliderState {
  readonly id: string;
  readonly label: string;
  /** From actions, in (-1, 1); 0 for a newcomer. */
  readonly inferred: number;
  /** Set by the person, in [-1, 1]; null when they left it to the inferred one. */
  readonly override: number | null;
  /** The one in force. */
  readonly position: number;
}

/** What this device knows. */
export interface Profile {
  /** Unit length, or all zeros when nothing is known. */
  readonly embedding: Float32Array;
  readonly interactionCount: number;
  /** Epoch ms of the newest interaction; null when there is none. */
  readonly lastUpdated: number | null;
  readonly modelVersion: string;
  readonly sliders: readonly SliderState[];
  /** Σ of positive weights, 90-day half-life. */
  readonly evidence: number;
  /** How much of the order is not yet the person's own: `20 / (evidence + 20)`, from 1 (newcomer) to 0. */
  readonly priorShare: number;
}

/** What `embed` gives. */
export interface Embedding {
  /** Unit length, or all zeros when the encoder knows nothing of the text. */
  readonly embedding: Float32Array;
  readonly modelVersion: string;
  readonly latencyMs: number;
}

/** What happened to a download. */
export interface Progress {
  readonly file: string;
  readonly loadedBytes: number;
  /** 0 when the server didn't say. */
  readonly totalBytes: number;
}

/** Events and what their listeners receive. */
export interface AttuneEvents {
  /** The profile changed; once a batch. */
  profile: Profile;
  /** Items that a partial ranking could not place are understood now: rank again. */
  ready: { readonly modelVersion: string };
  /** Something degraded; the SDK goes on. */
  warning: AttuneError;
  progress: Progress;
  upgrade: Upgrade;
  /** The person's taste was found to have changed; once a change, with the option `adapt`. */
  drift: DriftChange;
}

/** The SDK in the hand. */
export interface Attune<T> {
  /**
   * Records that the person did `kind` to `item` (or wrote or searched a text, given as a string) and learns from it.
   * Returns the interaction's id at once; '' when privacy is 'off' or the item off-limits. `flush()` resolved means stored.
   *
   * @throws AttuneError `input/invalid`, `closed`
   */
  track(kind: string, item: T | string, details?: TrackDetails): string;
  /**
   * "Less like this": tracks a 'hide'. The next `rerank` leaves the item out (see `hidden`) and ranks what is like it
   * lower. Listed by `data.recent(20, { kinds: ['hide'] })`; `data.forget` of the returned id takes it back.
   */
  lessLike(item: T, details?: TrackDetails): string;
  /** Leaves an item (or a text) alone, in the tabs that are open: nothing more is kept of it, and what was kept goes. */
  ignore(item: T | string): Promise<void>;
  /**
   * Ranks items, or a catalogue's (then `limit` is 50 unless given), for this person. Answers within `maxWaitMs`; see
   * {@link Ranking} `partial`.
   */
  rank(items: readonly T[] | Catalogue<T>, options?: RankOptions<T>): Promise<Ranking<T>>;
  /**
   * Opens a catalogue: a file made by `attune index` from its URL or as a Blob, or without a source the one that is
   * kept, or an empty one. A URL stands for its content: what is kept of it is not fetched again.
   */
  openCatalogue(source?: string | URL | Blob, options?: CatalogueOptions): Promise<Catalogue<T>>;
  /**
   * The same candidates ranked again, with sliders where they stand now and without what was turned down meanwhile;
   * optionally with a change. What else was learned since moves nothing. Pure, synchronous, within a frame.
   */
  rerank(ranking: Ranking<T>, change?: RankChange): Ranking<T>;
  /**
   * The ranking with its next page behind it: what it shows stays as it is, and `limit` more (default as many as the last
   * page has) follow in order, none of them shown already. `rerank` then ranks all of its pages together. A catalogue's
   * is read on within the pool it was ranked from, and refused (`input/invalid`) behind that.
   */
  more(ranking: Ranking<T>, options?: { readonly limit?: number; readonly signal?: AbortSignal }): Promise<Ranking<T>>;
  /** Items that mean the like of an item (or a text): by cosine, without itself, its copies and what the person hid. */
  related(item: T | string, options?: MatchOptions<T>): Promise<Matches<T>>;
  /** Items by free text, by cosine. */
  search(text: string, options?: MatchOptions<T>): Promise<Matches<T>>;
  /**
   * Watches an element that shows an item of a ranking: once at least half of it (or half a viewport, if it is larger) was
   * in sight for a second, that is noted as an impression, once. Returns the end of it; an element that is removed ends
   * by itself. What is shown weighs nothing and is no action; it only makes probabilities honest.
   *
   * @throws AttuneError `input/invalid` for a ranking that didn't come from this Attune
   */
  observe(element: Element, ranking: Ranking<T>, id: string): () => void;
  /**
   * The same for a site that knows by itself when an item was seen, and, where that is not its place in the ranking, at which
   * `position` from 0. Resolves with its id; '' where `track` gives ''.
   */
  impression(ranking: Ranking<T>, id: string, shown?: { readonly position?: number }): Promise<string>;
  /**
   * Says what came of showing an item (or one shown or acted on before, by its id), where its actions don't tell: 1 is
   * good. Answers the item's last impression within 30 min, else stands by itself. Resolves as `impression` does.
   */
  outcome(item: T | string, y: 0 | 1): Promise<string>;
  /**
   * Deals the person to an arm of an experiment, the same whenever it is asked, and notes that they met it, with `noted`
   * beside it, such as { latencyMs: 40 }: call it as the arm's effect begins. Resolves with the arm; null for who takes
   * no part, refused, or switched personalization off. See docs/experiments.md.
   */
  exposure(experiment: Experiment, noted?: Readonly<Record<string, string | number | boolean>>): Promise<string | null>;
  /**
   * How each slider's probabilities have done, from the impressions and outcomes of the log up to a minute ago: each
   * outcome is judged by the curve that was in force before it.
   */
  calibration(slider?: string): Promise<readonly SliderCalibration[]>;
  /**
   * How this item does on each slider; calibrated by what came of earlier impressions once there are 100 outcomes, or by
   * calibrators of your own (see `observeOutcome` of attune/core).
   */
  score(
    item: T,
    options?: {
      readonly context?: ScoreContext;
      readonly calibrators?: readonly Calibrator[];
      readonly signal?: AbortSignal;
    },
  ): Promise<readonly SliderScore[]>;
  /**
   * What the person says they like, in texts of an idea each (at most 20), such as their answers when they first come: read,
   * or with `texts` put in the place of what they said before ([] takes it back). Ranks until actions tell more; kept,
   * exported and erased with the log. Refused (`input/invalid`) without the option `priors`. See docs/cold-start.md.
   */
  preferences(texts?: readonly string[]): Promise<Preferences>;
  /** Embeds a text or an item. */
  embed(input: string | T, options?: { readonly signal?: AbortSignal }): Promise<Embedding>;
  /** Sets a slider by hand, in [-1, 1]; null leaves it to the inferred position again. */
  setSlider(id: string, position: number | null): void;
  profile(): Profile;
  /** Terms of an entry with the interactions that brought them. */
  explain(ranking: Ranking<T>, id: string, options?: { readonly signal?: AbortSignal }): Promise<Explanation>;
  /**
   * How the person came to be read as they are: instants evenly from their first action to now, the log replayed up to
   * each. It is the log as it is: what was forgotten is in none, nor what was said of interests since.
   */
  history(options?: HistoryOptions): Promise<readonly HistoryPoint[]>;
  /** Returns its own unsubscribe. */
  on<K extends keyof AttuneEvents>(type: K, listener: (event: AttuneEvents[K]) => void): () => void;
  /** Resolves when everything tracked so far is learned from and stored, and sliders are where they were set. */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Stores what is queued, ends Workers, closes the database. Safe to call twice. */
  close(): Promise<void>;
  /** What the person likes, as they can read and change it. */
  readonly interests: AttuneInterests;
  /** What was adapted to by itself: a changed mind, and what outcomes taught. */
  readonly adaptation: AttuneAdaptation;
  /** What the sequence model makes of the person, and whether it helps. */
  readonly foundation: AttuneFoundation;
  readonly data: AttuneData;
}
