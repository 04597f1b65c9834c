// How these examples show a list: nothing of it is Attune's.

/**
 * Fills the list that `selector` finds, a place an entry: of a ranking with its score, or any item as it is. `why` is told of the
 * first; `actions`, a function of an item by label, are buttons.
 */
export function show(selector, entries, { why = '', actions = {} } = {}) {
  const places = entries.map((entry, i) => {
    const { item = entry, score, name } = entry;
    const place = element('li');
    place.append(element('strong', name === undefined ? item.title : `${name}: ${item.title}`));
    if (score !== undefined) place.append(element('output', signed(score), score < 0 ? 'less' : ''));
    const below = i === 0 && why ? `First because of: ${why}` : noteOf(entry);
    if (below) place.append(element('p', below, 'note'));
    const buttons = Object.entries(actions).map(([label, act]) => button(label, selector, () => act(item)));
    if (buttons.length > 0) place.append(row(buttons));
    return place;
  });
  document.querySelector(selector).replaceChildren(...places);
}

/** What a place says below its title: the rules that moved it, or else what the item is about. */
function noteOf({ item, terms = [], ...plain }) {
  const ruled = terms.filter(({ name, value }) => name.startsWith('rule:') && value !== 0);
  const named = ruled.map(({ label, value }) => `${label} ${value > 0 ? '+' : '−'}${Math.abs(value)}`).join(', ');
  const { description, summary } = item ?? plain;
  return named || description || summary;
}

/** A button that does one thing; what is done may renew the list, whose first button then has the focus. */
function button(label, selector, onPress) {
  const made = element('button', label);
  made.type = 'button';
  made.addEventListener('click', async () => {
    await onPress();
    document.querySelector(`${selector} button`)?.focus();
  });
  return made;
}

function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function row(children) {
  const made = element('div');
  made.append(...children);
  return made;
}

/** With its sign, and a true minus. */
function signed(value) {
  const hundredths = Math.round(value * 100);
  return `${hundredths < 0 ? '−' : '+'}${(Math.abs(hundredths) / 100).toFixed(2)}`;
}
