export const stories = [
  { id: 'rates', title: 'Banks raise their rates', summary: 'What a loan costs from March on.' },
  { id: 'reef', title: 'A reef comes back', summary: 'Corals and fish return to a bay after ten years.' },
  { id: 'final', title: 'Late goal wins the final', summary: 'Football: a header in the last minute.' },
  { id: 'comet', title: 'A comet for binoculars', summary: 'Where to look in the night sky this week.' },
  { id: 'rent', title: 'Rents rise again', summary: 'Landlords ask for four per cent more.' },
  { id: 'whales', title: 'Whales pass the coast', summary: 'Forty animals were counted from the cliffs.' },
  { id: 'transfer', title: 'Striker changes clubs', summary: 'The transfer is the most expensive of the season.' },
  { id: 'moon', title: 'Water on the Moon', summary: 'A probe finds ice in a crater near the pole.' },
  { id: 'pension', title: 'Pensions, explained', summary: 'How much to save, and when it pays.' },
  { id: 'wolves', title: 'Wolves in the forest', summary: 'A pack with pups lives near the village.' },
];
