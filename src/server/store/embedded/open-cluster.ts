import { setFlagsFromString } from 'node:v8';
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { ROW_PARSERS } from '../row-values.ts';

/**
 * WebAssembly of this process is compiled by the quick compiler alone, and what never runs is not looked at. The other
 * compiler takes seconds of a core and 600 MB for the function that evaluates expressions, which is hot at once: longer than
 * all of a start, for statements that are faster by a fifth.
 */
const COMPILED_ONCE = ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up', '--wasm-lazy-validation'] as const;

const SETTINGS = Object.entries({
  // All of its shared memory is written to at each start, which waits for each page of it, and comes on top of what the system keeps of the same files.
  shared_buffers: '8MB',
  // Values are read in one form.
  timezone: 'UTC',
  datestyle: 'ISO',
  intervalstyle: 'iso_8601',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Opens the database in a folder, or makes it there; parameters go in and values come out as the text of their types. */
export async function openCluster(place: string, isNew: boolean): Promise<PGlite> {
  for (const flag of COMPILED_ONCE) setFlagsFromString(flag);
  if (isNew) (await import('./unpack-cluster.ts')).unpackCluster(place);
  const { PGlite } = await import('@electric-sql/pglite');
  const options: PGliteOptions = {
    dataDir: place,
    serializers: AS_TEXT,
    startParams: [...PGlite.defaultStartParams, ...SETTINGS],
  };
  /** Values stay text, so it need not ask for all types of arrays at each start, which takes longer than everything else. */
  class TextLite extends PGlite {
    override async _initArrayTypes(): Promise<void> {}
  }
  const lite = new TextLite(options);
  await lite.waitReady;
  // Types that it knows and others alike: what a value becomes is decided where rows of every database are read.
  lite.parsers = new Proxy({}, { get: () => String });
  return lite;
}

/** Parameters come as text already, which every type reads. */
const AS_TEXT = Object.fromEntries(Object.keys(ROW_PARSERS).map((type) => [type, String]));
