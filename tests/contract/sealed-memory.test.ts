import { memoryStore } from 'attune/core';
import type { Store } from 'attune';
import { createSealedStore } from '../../src/storage/sealed.js';
import { keysInMemory } from '../keys-in-memory.js';
import { rewritingContract } from './rewriting.js';
import { storeContract } from './store.js';

const open = (): Promise<Store> => createSealedStore(memoryStore(), keysInMemory());
storeContract('sealed memory', open);
rewritingContract('sealed memory', open);
