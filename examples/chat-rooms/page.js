import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { rooms, transcript } from './rooms.js';

const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ kinds: 'conversation', assetBase, maxWaitMs: 30_000 });
await attune.data.import(transcript); // the newest eight messages of the user
const ranking = await attune.rank(rooms);

show(
  '#said',
  transcript.map(({ role, content, at }) => ({ title: content, note: `${role}, ${at.slice(11, 16)}` })),
);
show(
  '#rooms',
  ranking.map(({ item, score }) => ({ title: item.title, note: item.description, value: score })),
);
