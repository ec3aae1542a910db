import module from 'node:module';
import { dirname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { threadEntry } from './places.ts';

/** Starts a thread with a module, which is named as `threadEntry` does. */
export function startThread(
  name: string,
  options: Pick<WorkerOptions, 'workerData' | 'resourceLimits'>,
): Worker {
  const entry = threadEntry(name);
  const cache = module.getCompileCacheDir();
  // A thread does not take the cache over by itself, and needs it before it reads its first module: without it the types of
  // that one are stripped anew, which takes longer than all the rest. Below the folder that was asked for is one for each
  // version of Node.
  const useCache =
    cache === undefined
      ? ''
      : `require('node:module').enableCompileCache(${JSON.stringify(dirname(cache))});\n`;
  return new Worker(`${useCache}import(${JSON.stringify(entry)});`, { ...options, eval: true });
}
