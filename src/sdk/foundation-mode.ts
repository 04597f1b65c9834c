import { askSite } from '../domain/item.js';
import { invalid } from '../errors.js';
import type { FoundationMode, FoundationOptions } from './foundation-types.js';

export const MODES: readonly FoundationMode[] = ['off', 'shadow', 'on'];

/** What the site wants of its sequence model now. @throws AttuneError `input/invalid` where its function says anything else */
export function foundationMode(asked: FoundationOptions | undefined): FoundationMode {
  if (asked === undefined) return 'off';
  const { mode = 'shadow' } = asked;
  const said = (typeof mode === 'function' ? askSite('foundation.mode', mode) : mode) as FoundationMode;
  if (MODES.includes(said)) return said;
  throw invalid('foundation.mode', said, `It is one of ${MODES.join(', ')}.`);
}
