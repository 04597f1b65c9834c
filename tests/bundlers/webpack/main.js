import { story } from './story.js';

globalThis.told = () => story();
