import { createAttune } from 'attune';
import { acts, items, options } from './story.mjs';
import { showAll, showOne } from './tables.js';

const attune = await createAttune({ ...options, assetBase: new URL('./', document.baseURI), maxWaitMs: 30_000 });
for (const { kind, about, at } of acts) attune.track(kind, about, { at });
const ranking = await attune.rank(items);
const scored = await Promise.all(ranking.map(async ({ item }) => ({ item, scores: await attune.score(item) })));
showAll(scored);
showOne(scored, items[0]!.id);
