const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "2 minutes ago". */
export function ago(at: number, now: number = Date.now()): string {
  for (const [unit, ms] of UNITS) if (now - at >= ms) return format.format(-Math.floor((now - at) / ms), unit);
  return 'just now';
}

const VERBS: Readonly<Record<string, string>> = {
  click: 'opened',
  read: 'read',
  save: 'saved',
  share: 'shared',
  hide: 'wanted less like',
  dislike: 'disliked',
  skip: 'skipped',
  view: 'saw',
  write: 'wrote',
  react: 'reacted to',
  bookmark: 'bookmarked',
  search: 'searched for',
  purchase: 'bought',
};

/** "You saved", for an interaction's kind. */
export function youDid(kind: string): string {
  return Object.hasOwn(VERBS, kind) ? `You ${VERBS[kind]}` : `You did “${kind}” on`;
}
