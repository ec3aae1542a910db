import type { Suite } from '../support/suite.ts';
import { tenLayers } from './ten-layers.ts';

/** All suites, by name. */
export const SUITES: readonly Suite[] = [tenLayers];
