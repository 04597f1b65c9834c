import { expect, test } from 'vitest';
import { emptyProfile, updateProfile } from '../../src/domain/profile.js';
import { readSnapshot } from '../../src/sdk/snapshot.js';
import { oneHot, START } from '../one-hot.js';
import { RULES } from '../tab-world.js';

test('a snapshot of a version that did not know what was hidden is not believed', () => {
  const hide = { id: 'a', kind: 'hide', itemId: 'rock', at: START };
  const batch = [{ interaction: hide, embedding: oneHot('rock') }];
  const state = updateProfile(emptyProfile('one-hot-1', 8, RULES), batch, RULES, START);
  const snapshot = { epoch: 'log/1', lastKey: 3, state };
  expect(readSnapshot(snapshot, 'log/1', START)?.state?.hidden).toEqual(['rock']);
  const { hidden: _, ...earlier } = state;
  expect(readSnapshot({ ...snapshot, state: earlier }, 'log/1', START)).toBeUndefined();
});
