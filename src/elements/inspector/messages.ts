import type {
  CalibrationDecision,
  Consent,
  CurveKind,
  LearnedReport,
  PrivacyMode,
  SliderCalibration,
} from '../../index.js';

/** Every text of `<attune-inspector>`. Numbers and dates come formatted for the language of the page. */
export interface InspectorMessages {
  readonly title: string;
  readonly sections: Readonly<Record<InspectorSection, string>>;
  readonly reading: string;
  readonly waiting: string;
  readonly failed: (reason: string) => string;
  readonly again: string;
  readonly undo: string;
  readonly undone: string;
  readonly consent: Readonly<Record<Consent, string>>;
  readonly off: string;

  readonly kind: string;
  readonly anyKind: string;
  readonly nothing: string;
  readonly more: string;
  /** What a person did, as a phrase that ends before the item's title. */
  readonly did: (kind: string) => string;
  readonly forget: string;
  readonly forgetOne: (did: string, title: string) => string;
  readonly forgotten: (title: string) => string;

  readonly noInterests: string;
  readonly share: (share: string) => string;
  readonly moreOf: string;
  readonly notMe: string;
  readonly rename: string;
  readonly renameOne: (name: string) => string;
  readonly save: string;
  readonly undoInterest: string;

  readonly slider: string;
  readonly noSliders: string;
  readonly tooFew: (outcomes: string) => string;
  readonly calibrated: (judged: string, stray: string | null, brier: string) => string;
  readonly diagram: string;
  readonly given: string;
  readonly cameTrue: string;
  readonly interval: (low: string, high: string) => string;
  readonly outcomes: string;
  readonly asTable: string;

  readonly noChanges: string;
  readonly curves: string;
  readonly decided: (decision: CalibrationDecision['decision'], kind: CurveKind) => string;
  readonly cause: Readonly<Record<CalibrationDecision['cause'], string>>;
  readonly after: (outcomes: string) => string;
  readonly tastes: string;
  readonly changed: (from: string, to: string) => string;
  readonly takenBack: string;
  readonly notSo: string;
  readonly learned: string;
  readonly part: Readonly<Record<'gate' | 'adapter', string>>;
  readonly reason: Readonly<Record<LearnedReport['reason'], string>>;
  readonly unlearn: string;

  readonly kept: Readonly<Record<'indexed-db' | 'memory', string>>;
  readonly facts: Readonly<Record<Fact, string>>;
  readonly yesNo: (is: boolean) => string;
  readonly unknown: string;

  readonly noRequests: string;
  readonly sameSite: (host: string) => string;
  readonly elsewhere: (host: string) => string;
  readonly notSeen: string;
  readonly newest: string;

  readonly privacy: string;
  readonly modes: Readonly<Record<PrivacyMode, string>>;
  readonly keep: string;
  readonly stop: string;
  readonly stopAsk: string;
  readonly exportAll: string;
  readonly exported: string;
  readonly erase: string;
  readonly eraseAsk: string;
  readonly eraseNote: string;
  readonly cancel: string;
  readonly erased: string;
}

/** The parts of the inspector. */
export type InspectorSection = 'timeline' | 'interests' | 'reliability' | 'changes' | 'storage' | 'requests' | 'rights';

/** What the storage section tells. */
export type Fact = 'where' | 'actions' | 'things' | 'noted' | 'since' | 'bytes' | 'lasting' | 'model';

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

const KINDS: Readonly<Record<SliderCalibration['calibration'], string>> = {
  none: 'no curve',
  platt: 'a smooth curve (Platt)',
  temperature: 'one number (temperature)',
  isotonic: 'a rising curve (isotonic)',
};

export const INSPECTOR_MESSAGES: InspectorMessages = {
  title: 'What this device knows',
  sections: {
    timeline: 'What you did',
    interests: 'What you seem to like',
    reliability: 'How far its chances can be trusted',
    changes: 'What it changed by itself',
    storage: 'What is kept, and where',
    requests: 'What this page asked for',
    rights: 'Yours to decide',
  },
  reading: 'Reading…',
  waiting: 'This page is not ready yet.',
  failed: (reason) => `This could not be read: ${reason}`,
  again: 'Try again',
  undo: 'Undo',
  undone: 'It is back.',
  consent: {
    granted: 'You agreed that this device keeps what you do.',
    unknown: 'You were not asked yet: nothing is stored, and all of this lasts until the page closes.',
    denied: 'You said no: nothing is stored, and all of this lasts until the page closes.',
    withdrawn: 'You took your yes back: nothing is stored, and all of this lasts until the page closes.',
  },
  off: 'Personalization is switched off: nothing is noted, and things stand in the site’s own order.',

  kind: 'Show',
  anyKind: 'everything',
  nothing: 'Nothing yet.',
  more: 'Show more',
  did: (kind) => (Object.hasOwn(VERBS, kind) ? `You ${VERBS[kind]}` : `You did “${kind}” on`),
  forget: 'Forget',
  forgetOne: (did, title) => `Forget: ${did} ${title}`,
  forgotten: (title) => `Forgotten: ${title}.`,

  noInterests: 'Nothing yet: interests show once you liked some things.',
  share: (share) => `${share} of what you liked lately`,
  moreOf: 'More',
  notMe: 'Not me',
  rename: 'Rename',
  renameOne: (name) => `New name for ${name}`,
  save: 'Save',
  undoInterest: 'Undo the last of these changes',

  slider: 'Slider',
  noSliders: 'This page has no sliders.',
  tooFew: (outcomes) =>
    `${outcomes} of 100 outcomes so far. Until there are 100, scores order this page and nothing is called a chance.`,
  calibrated: (judged, stray, brier) =>
    `Over the last ${judged} outcomes foretold, chances lay ${stray === null ? 'no further from what happened than luck alone would put them' : `about ${stray} from what happened`}. Brier score ${brier}; lower is better.`,
  diagram: 'On the dashed line a chance comes true as often as it says; upright lines are 95 % intervals.',
  given: 'Chance given',
  cameTrue: 'Came true',
  interval: (low, high) => `${low} to ${high}`,
  outcomes: 'Outcomes',
  asTable: 'The same as a table',

  noChanges: 'Nothing was changed so far.',
  curves: 'How chances are worked out',
  decided: (decision, kind) =>
    `${{ adopted: 'Adopted', 're-fitted': 'Fitted anew', kept: 'Kept' }[decision]}: ${KINDS[kind]}`,
  cause: {
    first: 'there were enough outcomes for a first curve',
    growth: 'there were enough outcomes for a firmer curve',
    change: 'outcomes no longer came as foretold',
    age: 'it was long enough since the last look',
  },
  after: (outcomes) => `after ${outcomes} outcomes`,
  tastes: 'Changes of taste',
  changed: (from, to) => `From ${from} to ${to}`,
  takenBack: 'taken back',
  notSo: 'That was no change',
  learned: 'What outcomes taught',
  part: { gate: 'Which parts of a score count when', adapter: 'How things are compared' },
  reason: {
    off: 'switched off by this site',
    'few outcomes': 'not in use: too few outcomes to tell',
    'not better': 'not in use: it did no better',
    better: 'in use: it did better on outcomes it had not seen',
  },
  unlearn: 'Forget what was taught',

  kept: { 'indexed-db': 'on this device', memory: 'in this page’s memory, until it closes' },
  facts: {
    where: 'Kept',
    actions: 'Actions',
    things: 'Things',
    noted: 'Noted that something was shown, or what came of it',
    since: 'Since',
    bytes: 'Space this whole site takes, models and its own data included',
    lasting: 'Safe from the browser’s own tidying up',
    model: 'Read by',
  },
  yesNo: (is) => (is ? 'yes' : 'no'),
  unknown: 'this browser does not tell',

  noRequests: 'None that the browser tells of.',
  sameSite: (host) => `This site (${host})`,
  elsewhere: (host) => `Elsewhere: ${host}`,
  notSeen:
    'As the browser tells this page, whoever asked. It does not tell of the page itself, of what Workers ask for (such as the one that reads texts), of other pages, or of open lines such as WebSockets; and of what was asked before this was opened, it remembers the first 250.',
  newest: 'The newest',

  privacy: 'Learn from me',
  modes: { device: 'On this device', session: 'This session only', off: 'Off' },
  keep: 'Yes, keep what I do on this device',
  stop: 'Stop keeping it',
  stopAsk: 'Stop, and erase what was kept?',
  exportAll: 'Export everything',
  exported: 'Everything kept is in the file.',
  erase: 'Forget everything',
  eraseAsk: 'Forget everything?',
  eraseNote:
    'Every action, every slider and the cached model are removed from this browser, in every tab. This cannot be undone.',
  cancel: 'Keep it',
  erased: 'Everything is gone.',
};
