/** So long it waits between two looks, in milliseconds. */
const PAUSE = 20;
/** So often it looks, however long a look takes on a busy machine: at least for a minute. */
const LOOKS = 3_000;

/** Waits until something holds; fails with what was waited for, and with what is known, if it never does. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  known: () => string = () => '',
): Promise<void> {
  for (let looks = 0; !(await holds()); looks += 1) {
    if (looks > LOOKS) throw new Error(`never: ${what}; ${known().slice(0, 1_000)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
