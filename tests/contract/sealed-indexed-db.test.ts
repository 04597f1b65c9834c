import 'fake-indexeddb/auto';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { lastingStoreContract } from './lasting-store.js';

lastingStoreContract('sealed fake-indexeddb', (user, newId, onLost) => openOnDisk(user, newId, true, onLost));
