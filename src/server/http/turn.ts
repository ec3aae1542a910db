/** What is to be done next for one request. It must not throw. */
export type Step = () => void;

/** Takes a step of one request, and does it together with the steps of others. */
export type Turn = (step: Step) => void;

/** So many requests take their steps together at most: the answer of the first waits for the work on the last. */
const TOGETHER = 64;

/**
 * Takes the steps of all requests that are ready one after the other, and only then the steps that come of these: all are
 * decided, then all are answered. What code needs is still in the processor's caches when it runs again at once, and is
 * not when sockets are read and written in between. Nobody waits for requests to come: a step is taken as soon as the
 * event loop has handed out what has come.
 */
export function createTurn(onBug: (error: unknown) => void = throwLater): Turn {
  let ready: Step[] = [];
  /** Steps that come of those that are being taken; undefined between turns. */
  let following: Step[] | undefined;

  const take = (first: readonly Step[]): void => {
    let steps = first;
    while (steps.length > 0) {
      following = [];
      for (const step of steps) {
        try {
          step();
        } catch (error) {
          onBug(error);
        }
      }
      steps = following;
    }
    following = undefined;
  };

  const run = (): void => {
    const steps = ready;
    ready = [];
    for (let from = 0; from < steps.length; from += TOGETHER) take(steps.slice(from, from + TOGETHER));
  };

  return (step) => {
    if (following !== undefined) following.push(step);
    else if (ready.push(step) === 1) setImmediate(run);
  };
}

/** A bug is seen as any other, and does not keep the other requests from their answers. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
