import { DatabaseUnavailable } from '../database-unavailable.ts';

/** Lets one at a time through, in the order of their coming; whoever waits too long is sent away as `busy`. */
export interface Turnstile {
  pass<T>(work: () => Promise<T>, patience: number): Promise<T>;
  readonly waiting: number;
  readonly isTaken: boolean;
}

export function createTurnstile(): Turnstile {
  const queue: (() => void)[] = [];
  let isTaken = false;
  const enter = (patience: number): Promise<void> => {
    if (!isTaken) {
      isTaken = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(admit), 1);
        reject(
          new DatabaseUnavailable('busy', 'the embedded database is in use; it does one thing at a time'),
        );
      }, patience);
      const admit = (): void => {
        clearTimeout(timer);
        resolve();
      };
      queue.push(admit);
    });
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) isTaken = false;
    else next();
  };
  return {
    async pass(work, patience) {
      await enter(patience);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    get waiting() {
      return queue.length;
    },
    get isTaken() {
      return isTaken;
    },
  };
}
