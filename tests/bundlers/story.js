// What each project runs, as a newcomer's own code would: the main job with the default model, then everything gone.
import { createAttune } from 'attune';

const ITEMS = [
  { slug: 'bread', title: 'Sourdough bread at home', summary: 'Flour, water, salt and a day of patience' },
  { slug: 'pasta', title: 'Fresh pasta by hand', summary: 'Eggs and flour, rolled thin and cooked for two minutes' },
  { slug: 'soup', title: 'Onion soup', summary: 'Slowly browned onions, broth and toasted cheese' },
  { slug: 'cake', title: 'Lemon cake', summary: 'Butter, sugar, eggs and two lemons, baked golden' },
  { slug: 'trains', title: 'Night trains across Europe', summary: 'Sleeper cars, borders and timetables' },
  { slug: 'football', title: 'The cup final', summary: 'A late goal decides the football match' },
  { slug: 'chess', title: 'An opening for beginners', summary: 'Pawns, bishops and the centre of the chess board' },
  { slug: 'stars', title: 'A telescope for the balcony', summary: 'Planets, moons and double stars in a town’s sky' },
];

/** Resolves with what a test asks for. `options` are the project's own. */
export async function story(options = {}) {
  const warnings = [];
  const attune = await createAttune({
    consent: 'granted',
    id: (item) => item.slug,
    text: ({ title, summary }) => `${title}. ${summary}`,
    sliders: [{ id: 'pace', low: 'calm, slow, quiet', high: 'fast, loud, thrilling' }],
    ...options,
  });
  attune.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
  attune.track('save', ITEMS[0]);
  attune.track('save', ITEMS[1]);
  await attune.flush();
  const ranking = await attune.rank(ITEMS, { excludeSeen: true, maxWaitMs: 60_000 });
  attune.setSlider('pace', 1);
  const moved = attune.rerank(ranking);
  const { modelVersion } = attune.profile();
  await attune.data.erase();
  await attune.close();
  return {
    order: ranking.map(({ id }) => id),
    moved: moved.map(({ id }) => id),
    isPartial: ranking.partial ?? false,
    modelVersion,
    warnings,
    databases: (await indexedDB.databases()).map(({ name }) => name),
  };
}
