export const sliders = [
  { id: 'heat', low: 'mild, sweet', high: 'spicy, hot, chilli' },
  { id: 'richness', low: 'light, fresh, salad', high: 'rich, creamy, butter' },
  { id: 'meat', low: 'vegetables', high: 'meat, fish' },
];

export const tweaks = [
  { id: 'chilli', title: 'Chilli oil', description: 'Hot red chilli flakes, spicy enough to notice.' },
  { id: 'cream', title: 'A cup of cream', description: 'Rich and creamy, with a knob of butter at the end.' },
  { id: 'basil', title: 'Raw tomato and basil', description: 'Light and fresh: chop, salt, toss like a salad.' },
  { id: 'sausage', title: 'Fried sausage', description: 'Pork meat, browned until it is crisp.' },
  { id: 'aubergine', title: 'Roast aubergine', description: 'Vegetables from a hot tray, soft and smoky.' },
  { id: 'carrot', title: 'Grated carrot', description: 'A mild, sweet sauce that children like.' },
  { id: 'tuna', title: 'Tuna and capers', description: 'Tinned fish, lemon and parsley.' },
  { id: 'peas', title: 'Peas and spinach', description: 'Green vegetables for the last two minutes.' },
];
