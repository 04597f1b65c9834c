export const sliders = [{ id: 'energy', low: 'calm, rest, quiet', high: 'sport, running, energetic' }];

/** Parts of the day, with where the slider would stand: busy in the morning, calm at night. */
export const hours = [
  { name: '8:00', energy: 1 },
  { name: '11:00', energy: 0.5 },
  { name: '15:00', energy: 0 },
  { name: '19:00', energy: -0.5 },
  { name: '21:00', energy: -1 },
];

export const liked = [
  { id: 'paint', title: 'Watercolours', description: 'An hour of painting, alone with the radio.' },
  { id: 'museum', title: 'Gallery of modern art', description: 'Paintings, and cake in the museum’s garden.' },
];

export const activities = [
  { id: 'bath', title: 'A hot bath', description: 'Quiet, candles and an early night.' },
  { id: 'run', title: 'Run by the river', description: 'Five fast kilometres, then stretch.' },
  { id: 'sketch', title: 'Sketch the market', description: 'Pencil, paper and a bench: draw and paint what passes.' },
  { id: 'swim', title: 'Lengths in the pool', description: 'Swimming as sport: forty minutes without a rest.' },
  { id: 'book', title: 'A novel on the sofa', description: 'Calm reading under a blanket.' },
  { id: 'exhibition', title: 'Exhibition of prints', description: 'An hour in the museum of art.' },
  { id: 'tax', title: 'The tax return', description: 'Receipts, forms and a calculator.' },
  { id: 'climb', title: 'Climbing hall', description: 'Energetic, with ropes and a friend.' },
];
