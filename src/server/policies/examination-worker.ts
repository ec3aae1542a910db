import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ExaminationOrder } from './examine-bundle.ts';

/** What the thread that examines bundles is started with. */
export interface ExaminationWorkerData {
  /** Where compiled code is kept; undefined where it is not. */
  readonly compileCache: string | undefined;
}

// A thread does not take the cache over by itself, and has to have it before it loads the code.
const { compileCache } = workerData as ExaminationWorkerData;
if (compileCache !== undefined) module.enableCompileCache(compileCache);
const { examineBundle } = await import('./examine-bundle.ts');

parentPort?.on('message', (order: ExaminationOrder) => parentPort?.postMessage(examineBundle(order)));
