import { openOnDisk } from '../../src/storage/on-disk.js';
import { lastingStoreContract } from '../contract/lasting-store.js';

lastingStoreContract('sealed indexed-db', (user, newId, onLost) => openOnDisk(user, newId, true, onLost));
