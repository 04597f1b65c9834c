/** `npm run soak` sets SOAK to how many times longer the repeating tests run; one otherwise. */
export const SOAK = Number(process.env['SOAK'] ?? 1);
