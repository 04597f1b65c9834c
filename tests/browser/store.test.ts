import { lastingStoreContract } from '../contract/lasting-store.js';

lastingStoreContract('indexed-db');
