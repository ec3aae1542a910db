import type { Worker } from 'node:worker_threads';
import { startThread } from '../start-thread.ts';
import type { Examination, ExaminationOrder } from './examine-bundle.ts';
import { PolicyRefusal } from './policy-refusal.ts';

/** Checking, testing and comparing may take so many milliseconds … */
const LONGEST = 60_000;
/** … and so much memory, in MiB. */
const MEMORY = 1024;
/** The thread is kept for so many milliseconds: who publishes will activate, and starting it takes longer than its work. */
const KEPT = 10_000;

/** One at a time: each takes a core and memory of its own. */
let last: Promise<unknown> = Promise.resolve();
let kept: { readonly worker: Worker; readonly release: () => void } | undefined;

/**
 * Examines a bundle in a thread of its own, so that those who ask for decisions meanwhile do not wait. Throws a
 * `PolicyRefusal` when that takes too long or too much memory. An `unneeded` that is aborted ends it.
 */
export function examineApart(
  order: ExaminationOrder,
  longest = LONGEST,
  unneeded?: AbortSignal,
): Promise<Examination> {
  const turn = last.then(() => examine(order, longest, unneeded));
  last = turn.catch(() => {});
  return turn;
}

/** Starts the thread for whoever will examine a bundle soon. */
export function expectExamination(): void {
  last = last.then(() => {
    if (kept === undefined) keepWorker(startWorker());
  });
}

async function examine(
  order: ExaminationOrder,
  longest: number,
  unneeded: AbortSignal | undefined,
): Promise<Examination> {
  unneeded?.throwIfAborted();
  const worker = takeWorker();
  worker.ref();
  const { promise, resolve, reject } = Promise.withResolvers<Examination>();
  const refuse = (message: string): void => reject(new PolicyRefusal('policy_too_slow', message));
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      refuse(`checking and testing took more than ${MEMORY} MiB`);
    else reject(error);
  };
  const onExit = (): void => reject(new Error('the examination of a bundle ended without a result'));
  const onUnneeded = (): void => reject(unneeded?.reason);
  const timer = setTimeout(
    () => refuse(`checking and testing took longer than ${longest / 1_000} seconds`),
    longest,
  );
  worker.once('message', resolve).once('error', onError).once('exit', onExit);
  unneeded?.addEventListener('abort', onUnneeded);
  try {
    worker.postMessage(order);
    const examination = await promise;
    keepWorker(worker);
    return examination;
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', onError).off('exit', onExit);
    unneeded?.removeEventListener('abort', onUnneeded);
  }
}

function takeWorker(): Worker {
  if (kept === undefined) return startWorker();
  const { worker, release } = kept;
  release();
  return worker;
}

function startWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: MEMORY };
  return startThread('server/policies/examination-worker', { resourceLimits });
}

/** Idle, it keeps no process from ending. */
function keepWorker(worker: Worker): void {
  const release = (): void => {
    kept = undefined;
    clearTimeout(timer);
    worker.off('error', forget).off('exit', forget);
  };
  const forget = (): void => {
    release();
    // Whatever it still has to say is of no interest.
    worker.on('error', () => {});
    void worker.terminate();
  };
  const timer = setTimeout(forget, KEPT).unref();
  worker.once('error', forget).once('exit', forget).unref();
  kept = { worker, release };
}
