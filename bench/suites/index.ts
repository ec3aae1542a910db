import type { Suite } from '../support/suite.ts';
import { cache } from './cache.ts';
import { cacheTrace } from './cache-trace.ts';
import { facts } from './facts.ts';
import { http } from './http.ts';
import { loading } from './loading.ts';
import { manyRulesSuite } from './many-rules.ts';
import { start } from './start.ts';
import { subsetPeers } from './subset-peers.ts';
import { tenLayers } from './ten-layers.ts';

/** All suites, by name. */
export const SUITES: readonly Suite[] = [
  cache,
  cacheTrace,
  facts,
  http,
  loading,
  manyRulesSuite,
  start,
  subsetPeers,
  tenLayers,
];
