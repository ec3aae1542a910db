import { setImmediate as turn } from 'node:timers/promises';

/** Work that takes long without waiting lets others have their turn after so many milliseconds. */
const SLICE = 5;

/** Call the result between two pieces of such work: it resolves once others have had their turn, if that is due. */
export function takeTurns(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE) return undefined;
    return turn().then(() => {
      since = performance.now();
    });
  };
}
