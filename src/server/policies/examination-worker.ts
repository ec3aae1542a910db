// The thread in which bundles are examined.

import { parentPort } from 'node:worker_threads';
import { type ExaminationOrder, examineBundle } from './examine-bundle.ts';

parentPort?.on('message', (order: ExaminationOrder) => parentPort?.postMessage(examineBundle(order)));
