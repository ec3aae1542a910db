/**
 * Loads a bundle of as many rules as its argument says, from text to an engine that answers, in a process that has done
 * nothing before; prints milliseconds and the growth of the heap in megabytes as JSON. Needs `--expose-gc`.
 */
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { manyRules } from './many-rules.ts';

const sources = manyRules(Number(process.argv[2]), 'constant');
globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const before = performance.now();
const { bundle } = loadBundle(sources);
if (bundle === undefined) throw new Error('the bundle has errors');
const engine = createEngine(bundle);
const milliseconds = performance.now() - before;
globalThis.gc?.();
const megabytes = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
process.stdout.write(JSON.stringify({ milliseconds, megabytes, triples: engine.bundle.triples.length }));
