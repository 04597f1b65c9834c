import { memoryStore } from 'attune/core';
import { storeContract } from './store.js';

storeContract('memory', () => Promise.resolve(memoryStore()));
