/** What a race yields when time ran out first. */
export const EXPIRED: unique symbol = Symbol('expired');

/** The outcome of a promise, or `EXPIRED` after so many milliseconds. What comes too late is dropped, failures included. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof EXPIRED> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<typeof EXPIRED>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds), EXPIRED);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}
