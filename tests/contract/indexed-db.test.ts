import 'fake-indexeddb/auto';
import { lastingStoreContract } from './lasting-store.js';

lastingStoreContract('fake-indexeddb');
