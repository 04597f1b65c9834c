/**
 * Maker of time-ordered ids: 9 base-36 digits of epoch ms, 4 of a counter that grows within a millisecond (and while
 * the clock stands still or runs back), 8 of chance. Ids of one maker sort in the order they were made.
 *
 * @param random uniform in [0, 1)
 */
export function createIdMaker(random: () => number): (now: number) => string {
  let lastAt = 0;
  let time = digits(0, 9);
  let count = 0;
  return (now) => {
    const at = Math.max(lastAt, Math.floor(now), 0);
    count = at === lastAt ? count + 1 : 0;
    if (at !== lastAt) time = digits(at, 9);
    lastAt = at;
    return time + digits(count, 4) + digits(Math.floor(random() * 36 ** 8), 8);
  };
}

function digits(value: number, length: number): string {
  return value.toString(36).padStart(length, '0').slice(-length);
}
