/** Rules of `model: 'auto'`: when a better encoder may take over from the one that answers at once. */

/** Most CPU that bringing everything stored under the better encoder may cost, ms (SPEC §2). */
export const MOST_COST_MS = 60_000;

/** Most CPU a day for work that nobody waits for, ms. Judgement: a minute is a hundredth of a phone's battery. */
export const DAILY_MS = 60_000;

/** Least memory of a device, GB, for an encoder of tens of MB beside the page. Browsers round to powers of two. Judgement. */
const LEAST_MEMORY_GB = 4;

const DAY_MS = 86_400_000;

/** Until an encoder that was too dear here is measured again, and one that failed is tried again, ms. Judgement. */
export const TOO_DEAR_MS: number = 30 * DAY_MS;
export const FAILED_MS: number = DAY_MS;

/** What is known of the device and its connection; undefined where the browser doesn't tell. */
export interface Surroundings {
  /** Whether the log, and with it the encoder's files, is kept on disk: else each visit would fetch them again. */
  readonly onDisk: boolean;
  /** Whether stored items have their texts. */
  readonly hasTexts: boolean;
  /** Whether topics are off-limits: how close is too close was found out for the small encoder. */
  readonly hasTopics: boolean;
  readonly saveData: boolean | undefined;
  readonly effectiveType: string | undefined;
  readonly deviceMemoryGb: number | undefined;
}

/** Why no better encoder is fetched here, or undefined when nothing speaks against it. */
export function obstacle(given: Surroundings): string | undefined {
  const { onDisk, hasTexts, hasTopics, saveData, effectiveType, deviceMemoryGb } = given;
  if (!onDisk) return 'nothing may be kept on this device';
  if (!hasTexts) return 'the texts of items are not kept';
  if (hasTopics) return 'off-limits topics are told by the small encoder';
  if (saveData === true) return 'the person asked to save data';
  if (effectiveType !== undefined && effectiveType !== '4g') return `the connection is slow (${effectiveType})`;
  if (deviceMemoryGb !== undefined && deviceMemoryGb < LEAST_MEMORY_GB) return `the device has ${deviceMemoryGb} GB`;
  return undefined;
}

/** What some texts cost, as a measure of what others will. */
export interface Sample {
  readonly ms: number;
  readonly texts: number;
  readonly characters: number;
}

/** A text costs an encoder as much as so many characters, whatever its length. Measured with MiniLM: 5 ms and 0.09 ms a character. */
const CHARACTERS_A_TEXT = 56;

/** What so many texts will cost, ms, by a sample's rate; a sample of nothing foretells nothing. */
export function foretold(sample: Sample, texts: number, characters: number): number {
  const rate = sample.ms / (sample.characters + CHARACTERS_A_TEXT * sample.texts || 1);
  return rate * (characters + CHARACTERS_A_TEXT * texts);
}

/** What was found out about an encoder here, and what it used up of a day. Kept as a setting of the log. */
export interface UpgradeRecord {
  readonly modelVersion: string;
  /** Everything stored was brought under it: the next start begins with it. */
  readonly isDone?: boolean;
  /** Epoch ms until which it is left alone, because it was too dear or failed. */
  readonly refusedUntil?: number;
  /** Days since the epoch, and what was spent on that day, ms. */
  readonly day: number;
  readonly spentMs: number;
}

/** What is stored, as a record for `modelVersion`; what was found out about another encoder holds for that one alone. */
export function readUpgrade(stored: unknown, modelVersion: string, now: number): UpgradeRecord {
  const today = dayOf(now);
  const { modelVersion: of, isDone, refusedUntil: until, day, spentMs } = (stored ?? {}) as Partial<UpgradeRecord>;
  const isKnown = of === modelVersion;
  const isRefused = isKnown && typeof until === 'number' && now < until && until <= now + TOO_DEAR_MS;
  return {
    modelVersion,
    day: today,
    spentMs: day === today && typeof spentMs === 'number' && spentMs > 0 ? spentMs : 0,
    ...(isKnown && isDone === true && { isDone }),
    ...(isRefused && { refusedUntil: until }),
  };
}

/** The record after `ms` more; a new day begins at nothing. */
export function spend(record: UpgradeRecord, ms: number, now: number): UpgradeRecord {
  const today = dayOf(now);
  return { ...record, day: today, spentMs: (today === record.day ? record.spentMs : 0) + ms };
}

const dayOf = (now: number): number => Math.floor(now / DAY_MS);
