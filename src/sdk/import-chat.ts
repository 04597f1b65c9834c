import { decay } from '../core/decay.js';
import { invalid } from '../errors.js';
import { NO_EDITS } from '../domain/interest-edits.js';
import { makeInteraction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import { collector, contentItem, idOf, type ParsedImport, readInstant } from './import-rows.js';
import type { ChatMessage } from './rights-types.js';

/** Half-life of what was said in a chat, measured once from the newest message taken in: 6 h (SPEC §1). */
const HALF_LIFE_MS = 6 * 3_600_000;

/** However long ago it was said, it counts for this much (SPEC §1). */
const LEAST = 0.001;

/** How many of the newest messages are taken in (SPEC §1). */
const NEWEST = 8;

/** What the person did who wrote under a role; other roles are not the person's. */
const ROLES: Readonly<Record<string, string>> = { user: 'write' };

/**
 * The newest messages of a chat transcript as interactions: of those whose role is named in `roles`, by the kind given
 * there, each with the weight that its age leaves it. Messages of other roles are not reported: they make sense, and
 * are not the person's.
 */
export function parseChat(
  messages: readonly unknown[],
  roles: unknown,
  redact: (text: string) => string,
  now: number,
): ParsedImport {
  const kinds = checkRoles(roles);
  const { rows, rejected, keep } = collector();
  const items = new Map<string, ItemRecord>();
  messages.forEach((message, row) => {
    if (!isOfOthers(message, kinds)) keep(row, () => read(message));
  });
  const newest = rows
    .map((interaction, order) => ({ interaction, order }))
    .sort((a, b) => b.interaction.at - a.interaction.at || b.order - a.order)
    .slice(0, NEWEST)
    .map(({ interaction }) => interaction)
    .reverse();
  const end = newest.at(-1)?.at ?? 0;
  const interactions = newest.map((interaction) => {
    const left = Math.max(LEAST, decay(end - interaction.at, HALF_LIFE_MS));
    return { ...interaction, weight: (interaction.weight ?? 1) * left };
  });
  const used = new Set(interactions.map(({ itemId }) => itemId));
  return {
    interactions,
    items: [...items.values()].filter(({ id }) => used.has(id)),
    sliders: {},
    interests: NO_EDITS,
    rejected,
  };

  function read(message: unknown): ReturnType<typeof makeInteraction> {
    if (message === null || typeof message !== 'object') throw invalid('message', message, 'Messages are objects.');
    const { id, role, content, at, timestamp, weight } = message as Partial<ChatMessage>;
    if (typeof role !== 'string') throw invalid('role', role, 'It is a text, such as user.');
    if (id !== undefined && (typeof id !== 'string' || id === ''))
      throw invalid('id', id, 'It is a text, or left out.');
    const item = contentItem(content, redact);
    const saidAt = readInstant(at ?? timestamp);
    const details = { at: saidAt, ...(weight !== undefined && { weight }) };
    const own = id ?? idOf(saidAt, role, item.id);
    const interaction = makeInteraction(own, kinds.get(role), item.id, details, now);
    items.set(item.id, item);
    return interaction;
  }
}

function isOfOthers(message: unknown, kinds: ReadonlyMap<string, string>): boolean {
  const role = message !== null && typeof message === 'object' ? (message as Partial<ChatMessage>).role : undefined;
  return typeof role === 'string' && !kinds.has(role);
}

function checkRoles(roles: unknown = ROLES): ReadonlyMap<string, string> {
  const entries = roles !== null && typeof roles === 'object' ? Object.entries(roles) : [];
  if (entries.length === 0 || !entries.every(([, kind]) => typeof kind === 'string' && kind !== '')) {
    throw invalid('roles', roles, "Pass kinds by role, such as { user: 'write', assistant: 'read' }.");
  }
  return new Map(entries as [string, string][]);
}
