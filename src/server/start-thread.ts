import module from 'node:module';
import { dirname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread that runs the module `name` beside the module `from` (its `import.meta.url`); `name` has no extension, since
 * the sources run as they are, or built.
 */
export function startThread(
  from: string,
  name: string,
  options: Pick<WorkerOptions, 'workerData' | 'resourceLimits'>,
): Worker {
  const entry = new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from).href;
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
