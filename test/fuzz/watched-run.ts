import { Worker } from 'node:worker_threads';
import type { Finding } from './campaign.ts';
import { SharedInput } from './shared-input.ts';
import type { TargetName } from './target.ts';
import type { WorkerMessage, WorkerTask } from './worker.ts';

export interface WatchedRun {
  readonly target: TargetName;
  readonly seed: number;
  readonly milliseconds: number;
  readonly inputs: number;
  /** An input that takes more than so many milliseconds is a finding. */
  readonly patience: number;
  readonly onProgress: (tried: number, pool: number, blocks: number) => void;
  readonly onFinding: (finding: Finding) => void;
  readonly hangs?: boolean;
}

/** Starts targets are given so much more time: programs are read, servers begin to listen. */
const START = 60_000;

/** Tries one target in a thread of its own, which is ended when an input does not end. Resolves to how many were tried. */
export async function watchedRun(run: WatchedRun): Promise<number> {
  const endsAt = performance.now() + run.milliseconds;
  let tried = 0;
  for (let attempt = 0; ; attempt += 1) {
    const milliseconds = Math.max(0, endsAt - performance.now());
    const outcome = await oneThread(run, {
      milliseconds,
      inputs: run.inputs - tried,
      seed: run.seed + attempt,
    });
    tried += outcome.tried;
    if (outcome.isDone || performance.now() >= endsAt || tried >= run.inputs) return tried;
  }
}

function oneThread(
  run: WatchedRun,
  limits: { readonly milliseconds: number; readonly inputs: number; readonly seed: number },
): Promise<{ readonly tried: number; readonly isDone: boolean }> {
  const shared = new SharedInput();
  const task: WorkerTask = {
    ...limits,
    target: run.target,
    buffer: shared.buffer,
    ...(run.hangs === undefined ? {} : { hangs: run.hangs }),
  };
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => {
    let tried = 0;
    let seen = -1;
    let seenAt = performance.now();
    const watch = setInterval(
      () => {
        const { begun } = shared;
        const now = performance.now();
        if (begun !== seen) {
          seen = begun;
          seenAt = now;
        } else if (now - seenAt > (begun === 0 ? START : run.patience)) {
          clearInterval(watch);
          const { input } = shared;
          run.onFinding({
            target: run.target,
            message: `this input takes more than ${run.patience} ms`,
            input,
          });
          void worker
            .terminate()
            .then(() => resolve({ tried: Math.max(tried, begun), isDone: run.hangs === true }));
        }
      },
      Math.min(500, run.patience / 4),
    );
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'finding') return run.onFinding(message.finding);
      tried = message.tried;
      run.onProgress(message.tried, message.pool, message.blocks);
      if (message.kind === 'done') {
        clearInterval(watch);
        resolve({ tried, isDone: true });
      }
    });
    worker.on('error', (thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      // What ends the thread was brought about by the input at hand.
      clearInterval(watch);
      if (shared.begun === 0) return reject(error);
      run.onFinding({
        target: run.target,
        message: `the thread ended: ${error.stack ?? error.message}`,
        input: shared.input,
      });
      resolve({ tried: Math.max(tried, shared.begun), isDone: false });
    });
  });
}
