// How these examples show a list: nothing of it is Attune's.

/** Fills the list `selector` finds, a place an entry: a title, a number beside it, a line below, and whatever follows. */
export function show(selector, entries) {
  const places = entries.map(({ title, value, note, more = [] }) => {
    const place = element('li');
    place.append(element('strong', title));
    if (value !== undefined) place.append(element('output', signed(value), value < 0 ? 'less' : ''));
    if (note) place.append(element('p', note, 'note'));
    if (more.length > 0) place.append(row(more));
    return place;
  });
  document.querySelector(selector).replaceChildren(...places);
}

/** A button that does one thing. */
export function button(label, onPress) {
  const made = element('button', label);
  made.type = 'button';
  made.addEventListener('click', onPress);
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
