import { afterAll, vi } from 'vitest';

// Files share their modules, and one that failed to load is not loaded again: a file that ended while Attune was still
// fetching what may be needed later would leave the next ones without it.
afterAll(() => vi.dynamicImportSettled());
