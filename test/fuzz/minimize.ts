/** A smaller input that still fails: parts are left out, halves first, as long as that helps and `attempts` last. */
export async function minimize(
  input: string,
  fails: (smaller: string) => Promise<boolean>,
  attempts: number,
): Promise<string> {
  let best = input;
  let left = attempts;
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; ) {
    let isSmaller = false;
    for (let at = 0; at < best.length && left > 0; ) {
      const smaller = best.slice(0, at) + best.slice(at + size);
      left -= 1;
      if (await fails(smaller)) {
        best = smaller;
        isSmaller = true;
      } else at += size;
    }
    if (size === 1 && !isSmaller) break;
    if (!isSmaller || size > best.length) size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return best;
}
