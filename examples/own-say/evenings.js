/** The same list that Attune is made with: the words at the ends of each slider. */
export const sliders = [
  { id: 'pace', label: 'Pace', low: 'calm, quiet, slow', high: 'thrilling, fast, loud' },
  { id: 'company', label: 'Company', low: 'alone, solo, by yourself', high: 'together, friends, party' },
  { id: 'place', label: 'Place', low: 'at home, indoors, cosy', high: 'outdoors, fresh air, nature' },
];

export const evenings = [
  { id: 'bath', title: 'A long bath with a book', summary: 'Quiet water, candles, and a chapter by yourself.' },
  { id: 'ceilidh', title: 'Ceilidh in the town hall', summary: 'A fast band, a caller, and partners for everyone.' },
  { id: 'stars', title: 'Stars from the hill', summary: 'A blanket, a flask of tea and a slow look upwards.' },
  { id: 'board', title: 'Board games at home', summary: 'Friends around the kitchen table until late.' },
  { id: 'climb', title: 'Climbing under floodlights', summary: 'Outdoor walls, ropes and a quick heart.' },
  { id: 'piano', title: 'Piano at dusk', summary: 'One player, soft pieces, the windows open.' },
  { id: 'match', title: 'Night match', summary: 'A loud stand, a quick game and a song on the way home.' },
  { id: 'soup', title: 'Soup for one', summary: 'A pot that simmers, the radio on low, nobody to please.' },
];
