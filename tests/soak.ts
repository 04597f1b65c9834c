/** `npm run soak` sets SOAK to how many times longer the repeating tests run; one otherwise, and in a browser. */
export const SOAK = Number((globalThis as { process?: { env: Record<string, string> } }).process?.env['SOAK'] ?? 1);
