export const liked = [
  { id: 'noir', title: 'Ten films in black and white', description: 'Crime films for a dark evening.' },
  {
    id: 'director',
    title: 'A director looks back',
    description: 'Forty years of cinema, and what she would film now.',
  },
];

export const articles = [
  {
    id: 'twist',
    title: 'That crime film, explained',
    description: 'We go through the ending scene by scene.',
    tags: ['film'],
    daysOld: 2,
  },
  {
    id: 'projector',
    title: 'A cinema in your living room',
    description: 'The best film evenings begin with this projector.',
    tags: ['film', 'Sponsored'],
    daysOld: 12,
  },
  {
    id: 'festival',
    title: 'The festival’s best films',
    description: 'Seven to see in the cinema this winter.',
    tags: ['film'],
    daysOld: 20,
  },
  {
    id: 'archive',
    title: 'Silent film is loud again',
    description: 'Old cinema with a live band.',
    tags: ['film', 'music'],
    daysOld: 3,
  },
  {
    id: 'soup',
    title: 'Soup for four',
    description: 'Leeks, potatoes and half an hour.',
    tags: ['food'],
    daysOld: 1,
  },
  {
    id: 'tyres',
    title: 'When to change your tyres',
    description: 'A coin tells you.',
    tags: ['cars', 'sponsored'],
    daysOld: 30,
  },
];
