import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Result, Suite } from './suite.ts';

/** What a process of its own is to measure. */
export interface Order {
  /** Name of the suite. */
  readonly suite: string;
  /** One of the suite's parts; undefined for a suite that is measured as a whole. */
  readonly part: string | undefined;
  readonly quick: boolean;
}

type Answer = { readonly results: readonly Result[] } | { readonly failure: string };

/**
 * Measures in a new process, of a program that answers with {@link answerOrder}; what it says goes where this process says
 * it. Rejects with why nothing was measured; an abort ends it, with the servers and programs that it started.
 */
export async function measureApart(
  program: string,
  order: Order,
  aborted: AbortSignal,
): Promise<readonly Result[]> {
  // It leads a group of processes, so that all of them can be ended.
  const child = fork(program, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const endAll = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGTERM');
  };
  let answer: Answer | undefined;
  child.once('message', (message) => {
    answer = message as Answer;
  });
  aborted.addEventListener('abort', endAll);
  child.send(order);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  aborted.removeEventListener('abort', endAll);
  if (answer === undefined) throw new Error(`its process ended with ${signal ?? `code ${code}`}`);
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.results;
}

/** In a process of its own: measures what is ordered and answers, or ends when whoever ordered it is gone. */
export function answerOrder(suites: readonly Suite[]): void {
  const end = (): void => process.exit(1);
  process.once('disconnect', end);
  process.once('message', (message) => {
    void measure(suites, message as Order).then((answer) => {
      process.off('disconnect', end);
      process.send?.(answer, () => process.disconnect());
    });
  });
}

async function measure(suites: readonly Suite[], { suite, part, quick }: Order): Promise<Answer> {
  try {
    const found = suites.find(({ name }) => name === suite);
    if (found === undefined) throw new Error(`there is no suite \`${suite}\``);
    const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
    return { results: await found.run({ part, quick, say }) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
