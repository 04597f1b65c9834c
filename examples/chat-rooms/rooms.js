export const transcript = [
  { role: 'user', content: 'My laptop is slow, any idea?', at: '2026-01-15T07:40:00Z' },
  { role: 'assistant', content: 'Close what you don’t need, and look at the disk.', at: '2026-01-15T07:41:00Z' },
  { role: 'user', content: 'Better. I want to bake bread this weekend.', at: '2026-01-15T17:55:00Z' },
  { role: 'assistant', content: 'Lovely! With yeast or with sourdough?', at: '2026-01-15T17:56:00Z' },
  { role: 'user', content: 'Sourdough, if the starter is ready by then.', at: '2026-01-15T17:58:00Z' },
  { role: 'user', content: 'And which flour for a crisp crust in my oven?', at: '2026-01-15T18:02:00Z' },
];

export const rooms = [
  { id: 'laptops', title: 'Laptops and phones', description: 'Slow computers, broken screens, backups.' },
  { id: 'running', title: 'Running club', description: 'Training plans, shoes and the next half marathon.' },
  { id: 'bread', title: 'Bread bakers', description: 'Dough, yeast, flour and ovens that get hot enough.' },
  { id: 'gardens', title: 'Allotment', description: 'Seeds, compost and what to plant in spring.' },
  { id: 'films', title: 'Film night', description: 'What to watch together on Friday.' },
  { id: 'money', title: 'Money matters', description: 'Saving, taxes and rent.' },
];
