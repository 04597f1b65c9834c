import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { rooms, transcript } from './rooms.js';

const attune = await createAttune({ kinds: 'conversation', assetBase: '../../dist/', maxWaitMs: 30_000 });
await attune.data.import(transcript); // the newest eight messages of the user
const said = transcript.map(({ role, content, at }) => ({ title: content, summary: `${role}, ${at.slice(11, 16)}` }));
show('#said', said);
show('#rooms', await attune.rank(rooms));
