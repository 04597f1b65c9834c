import { test } from '@playwright/test';
import { SOAK } from '../soak.js';

/** One for `npm run soak`: a variant of another, or most of a minute of a software GPU. */
export const slowTest = SOAK > 1 ? test : test.skip;
