import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import type Mocha from 'mocha';

type Listener = (runnable: { err?: unknown } | undefined, error?: unknown) => void;
/** What is used of mocha's reporter for a process of several; its types leave it out. */
declare class BufferedReporter extends Mocha.reporters.Base {
  readonly listeners: Map<string, Listener>;
  createListener(eventName: string): Listener;
}

/** Of the errors within an error and the causes of a cause no more are shown. */
const MOST_CAUSES = 5;

const Buffered = createRequire(import.meta.url)(
  'mocha/lib/nodejs/reporters/parallel-buffered.cjs',
) as typeof BufferedReporter;

/**
 * Collects what happens in one of several processes for the reporter of the run. mocha sends an error as JSON, which knows
 * no causes and no errors within an error, and refuses a bigint: what is sent is the text of all that, and what a diff needs.
 */
export default class WorkerReporter extends Buffered {
  override createListener(eventName: string): Listener {
    const send = super.createListener(eventName);
    const listener: Listener = (runnable, error) => {
      if (runnable?.err instanceof Error) runnable.err = asText(runnable.err);
      send(runnable, error instanceof Error ? asText(error) : error);
    };
    this.listeners.set(eventName, listener);
    return listener;
  }
}

/** By now mocha has made texts of what was expected and of what there was. */
function asText(error: Error & { showDiff?: unknown; actual?: unknown; expected?: unknown }): Error {
  const { showDiff, actual, expected } = error;
  const text = new Error(error.message);
  text.stack = [error.stack, ...reasonsOf(error, MOST_CAUSES)].join('\n');
  if (typeof actual === 'string' && typeof expected === 'string')
    Object.assign(text, { showDiff, actual, expected });
  return text;
}

function reasonsOf(error: Error & { errors?: unknown }, most: number): readonly string[] {
  const within: readonly unknown[] = Array.isArray(error.errors) ? error.errors : [];
  const reasons = error.cause === undefined ? within : [...within, error.cause];
  return reasons
    .slice(0, most)
    .flatMap((reason) =>
      reason instanceof Error
        ? [`Caused by: ${reason.stack}`, ...reasonsOf(reason, most - 1)]
        : [`Caused by: ${inspect(reason)}`],
    );
}
