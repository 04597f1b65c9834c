import type { ConsentEffect } from '../domain/consent.js';
import { keptAnchors, readEdits } from '../domain/interest-edits.js';
import { MODEL_CACHE } from '../encoder/lite-release.js';
import { deleteCatalogues } from '../storage/catalogue-database.js';
import { eraseDisk } from './erase-disk.js';
import type { Intake } from './intake.js';
import { dropInterests, EDITS_VALUE } from './interests.js';
import type { Learner } from './learn.js';
import type { Log } from './log.js';
import { dropOrders } from './orders.js';
import type { Positions } from './positions.js';
import { type Place, placeOf, type Standing } from './standing.js';
import type { PrivacyMode } from './rights-types.js';

/**
 * Moves of the log: to where consent and privacy put it, and from one user to another. Each runs in a turn, and
 * `release`s what was tracked meanwhile as soon as the log lies where it should, before learning it anew.
 */
type Release = () => void;

/** What moves with the log. */
export interface MoveParts {
  readonly standing: Standing;
  readonly intake: Pick<Intake<never>, 'understood' | 'refused' | 'kept'>;
  readonly keepText: 'items' | 'none';
  readonly positions: Positions;
  readonly learner: Learner;
  readonly newId: () => string;
  readonly openLog: (user: string, place: Place) => Promise<Log>;
  /** Listens for the tabs of the user in force. */
  readonly listen: () => Promise<void>;
  readonly onProfile: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Takes texts out of a log that was kept with them, by an earlier version of the page. */
export async function stripTexts({ standing, intake, keepText }: MoveParts): Promise<void> {
  if (keepText !== 'none') return;
  await standing.log.embeddings?.clear();
  const edits = readEdits(await standing.log.value(EDITS_VALUE));
  const named = Object.values(edits.anchors).flatMap((anchor) => anchor.items);
  if (named.some(({ text, title }) => text !== '' || title !== '')) {
    await intake.refused(named);
    await standing.log.setValue(EDITS_VALUE, keptAnchors(edits, intake.kept));
  }
  const items = (await standing.log.items()).filter(({ text, title }) => text !== '' || title !== '');
  if (items.length === 0) return;
  await intake.refused(items); // makes their embeddings
  await standing.log.append([], items.map(intake.kept));
}

/** Reads everything again. */
export async function reread(parts: MoveParts): Promise<void> {
  const { standing, positions, learner } = parts;
  dropInterests(standing);
  await positions.settle(); // a slider moved just now stays moved
  await positions.read();
  if (standing.privacy !== 'off') await learner.replay();
  await stripTexts(parts);
}

/** Takes in what was missed while the page slept or was out of sight. */
export async function wake({ standing, positions, learner, onProfile }: MoveParts): Promise<void> {
  await positions.settle();
  await positions.read();
  if (standing.privacy !== 'off') await learner.sync();
  onProfile();
}

/** Moves the log, and learns it anew there. `carry` takes along what it holds. */
async function move(parts: MoveParts, place: Place, carry: boolean, release: Release): Promise<void> {
  const { standing, positions, learner, onFailure, onProfile } = parts;
  if (carry) await positions.settle();
  else {
    positions.clear();
    standing.forgotten.clear();
  }
  try {
    await standing.log.moveTo(place, carry);
  } catch (error) {
    if (place === 'disk') throw error;
    await standing.log.moveTo(place, false); // what can't be taken along stays: nothing more may get there
    onFailure(error);
  }
  standing.lies = place;
  learner.reset();
  release();
  await reread(parts);
  if (standing.privacy === 'off') onProfile();
}

/** Obeys an answer given in this tab. */
export async function obeyConsent(
  parts: MoveParts,
  effect: ConsentEffect,
  place: Place,
  release: Release,
): Promise<void> {
  const { standing, newId } = parts;
  if (effect === 'erase-disk') {
    release(); // memory goes on
    await eraseDisk(standing.user, newId);
  } else if (effect === 'erase') {
    try {
      await standing.log.erase();
    } finally {
      await move(parts, 'memory', false, release); // whatever became of what is there, nothing is added
    }
    await deleteModelCache();
  } else if (effect === 'store' && place === 'disk' && standing.lies !== 'disk' && standing.consent === 'granted') {
    await move(parts, 'disk', true, release);
  }
}

/** Takes what memory held back to the disk, once it can be had, if that is still where the log should lie. */
export async function comeBack(parts: MoveParts, release: Release): Promise<void> {
  const { standing } = parts;
  if (placeOf(standing) === 'disk' && standing.log.kind === 'memory') await move(parts, 'disk', true, release);
}

/** Leaves what another tab erases, or has erased. */
export async function leave(parts: MoveParts, release: Release): Promise<void> {
  await move(parts, 'memory', false, release);
}

/** Obeys a change of privacy. */
export async function obeyPrivacy(parts: MoveParts, next: PrivacyMode, place: Place, release: Release): Promise<void> {
  const { standing, positions, onProfile } = parts;
  if (next === 'off') {
    await positions.settle();
    onProfile();
  } else if (next === 'session') {
    standing.hadSession = true;
    await (place === standing.lies ? reread(parts) : move(parts, place, true, release));
  } else if (place === standing.lies && !standing.hadSession) await reread(parts);
  else {
    const carry = !standing.hadSession; // what a session had goes with it, and never gets to the disk
    standing.hadSession = false;
    await move(parts, place, carry, release);
  }
}

/** Closes one user's log and opens the other's; `refused`: who comes has said no, so nothing of an earlier yes stays. */
export async function obeyUser(
  parts: MoveParts,
  user: string,
  refused: boolean,
  place: Place,
  release: Release,
): Promise<void> {
  const { standing, intake, positions, learner, newId, openLog, listen, onProfile, onFailure } = parts;
  if (user === standing.user) return;
  await intake.understood(); // what the one did last goes to the one
  await positions.settle();
  if (refused) await eraseDisk(user, newId);
  const next = await openLog(user, place);
  const last = standing.log;
  positions.clear();
  learner.reset();
  standing.forgotten.clear();
  Object.assign(standing, { user, log: next, lies: place, hadSession: standing.privacy === 'session' });
  release();
  await listen();
  await positions.read();
  await last.close();
  if (standing.privacy !== 'off') await learner.open().catch(onFailure);
  await stripTexts(parts);
  onProfile();
}

/** The model's files, catalogues and orders of lists, which are kept with consent only. */
export async function deleteModelCache(): Promise<void> {
  dropOrders();
  if (globalThis.indexedDB !== undefined) await deleteCatalogues().catch(() => undefined); // a disk that can't be had kept none
  try {
    await globalThis.caches?.delete(MODEL_CACHE);
  } catch {
    // A browser that refuses the Cache API kept nothing in it.
  }
}
