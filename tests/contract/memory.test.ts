import { memoryStore } from 'attune/core';
import { rewritingContract } from './rewriting.js';
import { storeContract } from './store.js';

storeContract('memory', () => Promise.resolve(memoryStore()));
rewritingContract('memory', () => Promise.resolve(memoryStore()));
