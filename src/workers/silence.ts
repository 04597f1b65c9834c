/** `promise`, or a rejection with `error()` once it was silent for so long: a Worker that was killed says nothing. */
export function beforeSilence<T>(promise: Promise<T>, ms: number, error: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error()), ms);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}
