import type { Attune, Experiment } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { closeAll, openLasting } from '../lasting.js';
import type { Song } from '../one-hot.js';

/** So many that no two deals agree on all of them by chance. */
const MANY = Array.from({ length: 24 }, (_, i): Experiment => ({ id: `many-${i}`, arms: ['now', 'next'] }));
const armsOf = (attune: Attune<Song>): Promise<(string | null)[]> =>
  Promise.all(MANY.map((experiment) => attune.exposure(experiment)));

afterEach(closeAll);

test.each([false, true])(
  'arms dealt before consent are the same after it, in another tab, and on the next visit; encrypted: %s',
  async (encrypt) => {
    const attune = await openLasting('default', { consent: 'unknown', encrypt });
    const arms = await armsOf(attune);
    expect(attune.data.storage).toBe('memory');
    await attune.data.setConsent('granted');
    await attune.flush();
    expect(await armsOf(await openLasting('default', { encrypt }))).toEqual(arms);
    await closeAll();
    const later = await openLasting('default', { encrypt });
    expect(await armsOf(later)).toEqual(arms);
    await later.data.erase();
    expect(await armsOf(later)).not.toEqual(arms);
    await later.data.erase();
    expect((await later.data.export()).interactions).toEqual([]);
  },
);
