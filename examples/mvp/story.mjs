// What the page and the terminal share: three sliders, six items, five actions, and a clock that stands still.

/** 15 January 2026, 18:00 UTC: a fixed now gives the same numbers every time. */
const NOW = Date.UTC(2026, 0, 15, 18);
const hoursAgo = (hours) => NOW - hours * 3_600_000;

/** For `createAttune`: nothing is stored, as consent is left 'unknown'. */
export const options = {
  kinds: 'conversation',
  now: () => NOW,
  standardize: false, // six items have no spread to speak of: show the plain cosines
  sliders: [
    { id: 'pace', label: 'Pace', low: 'calm, slow, quiet', high: 'thrilling, fast, loud' },
    { id: 'setting', label: 'Setting', low: 'indoors, at home, cosy', high: 'outdoors, fresh air, nature' },
    { id: 'company', label: 'Company', low: 'alone, solo, by yourself', high: 'together, friends, party' },
  ],
};

export const items = [
  { id: 'run', title: 'Trail run', description: 'Ten fast kilometres through the forest on Saturday.' },
  { id: 'climb', title: 'North face climb', description: 'An exposed, thrilling day on the mountain.' },
  { id: 'garden', title: 'Garden morning', description: 'Weed the flower beds slowly, coffee in the sun.' },
  { id: 'quiz', title: 'Pub quiz', description: 'Loud music and six friends to a table.' },
  { id: 'read', title: 'Silent reading', description: 'Bring a novel and read quietly in the library.' },
  { id: 'bath', title: 'A long hot bath', description: 'Candles, calm music and an evening to yourself.' },
];

/** What this person did: items by their place above, or words of their own. */
export const acts = [
  { kind: 'read', about: items[0], at: hoursAgo(50) },
  { kind: 'save', about: items[0], at: hoursAgo(49) },
  { kind: 'click', about: items[1], at: hoursAgo(26) },
  { kind: 'write', about: 'Who comes hiking in the hills with me on Sunday?', at: hoursAgo(5) },
  { kind: 'dislike', about: items[3], at: hoursAgo(4) },
];

/** The four features of a score (dot: cosine), in the order in which they are shown. */
export const features = [
  { name: 'userToSlider', label: 'you · slider' },
  { name: 'itemToSlider', label: 'item · slider' },
  { name: 'userItem', label: 'you · item' },
  { name: 'recency', label: 'recency' },
];
