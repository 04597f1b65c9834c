type Env = Readonly<Record<string, string | undefined>>;

const node = (globalThis as { process?: { env: Env } }).process?.env;
const browser = (import.meta as { env?: Env }).env;

/** `npm run soak` sets SOAK to how many times longer the repeating tests run; one otherwise. */
export const SOAK = Number(node?.['SOAK'] ?? browser?.['SOAK'] ?? 1);

/**
 * What is promised within a second, in ms: held to it by the soak, on a machine with nothing else to do. `npm test` also
 * runs where a whole second may be lost to others, and asks there that it comes by itself, soon.
 */
export const A_SECOND = SOAK > 1 ? 1000 : 15_000;
