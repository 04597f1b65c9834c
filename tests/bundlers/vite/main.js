import { story } from './story.js';
import EncoderWorker from 'attune/worker?worker';

globalThis.told = () => story();
globalThis.toldByOwnWorker = () => story({ worker: () => new EncoderWorker() });
globalThis.toldWithoutWorker = () => story({ worker: false });
