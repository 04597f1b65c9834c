type Env = Readonly<Record<string, string | undefined>>;

const node = (globalThis as { process?: { env: Env } }).process?.env;
const browser = (import.meta as { env?: Env }).env;

/** `npm run soak` sets SOAK to how many times longer the repeating tests run; one otherwise. */
export const SOAK = Number(node?.['SOAK'] ?? browser?.['SOAK'] ?? 1);
