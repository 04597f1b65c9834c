/** Longest pause within a visit, ms: 30 min, as is usual of web sessions. What comes after a longer one is of another. */
export const PAUSE_MS: number = 30 * 60_000;
