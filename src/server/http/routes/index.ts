import type { Route } from '../route.ts';
import { closeOverride } from './close-override.ts';
import { decide } from './decide.ts';
import { emergencyStatus } from './emergency-status.ts';
import { enterMode } from './enter-mode.ts';
import { explain } from './explain.ts';
import { healthz } from './healthz.ts';
import { leaveMode } from './leave-mode.ts';
import { metrics } from './metrics.ts';
import { openOverride } from './open-override.ts';
import { openapi } from './openapi.ts';
import { readyz } from './readyz.ts';

/** Every route, sorted by file name. */
export const ROUTES: readonly Route[] = [
  closeOverride,
  decide,
  emergencyStatus,
  enterMode,
  explain,
  healthz,
  leaveMode,
  metrics,
  openOverride,
  openapi,
  readyz,
];
