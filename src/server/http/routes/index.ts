import type { Route } from '../route.ts';
import { activatePolicies } from './activate-policies.ts';
import { closeOverride } from './close-override.ts';
import { decide } from './decide.ts';
import { decideBatch } from './decide-batch.ts';
import { deleteEntity } from './delete-entity.ts';
import { emergencyStatus } from './emergency-status.ts';
import { enterMode } from './enter-mode.ts';
import { explain } from './explain.ts';
import { getEntity } from './get-entity.ts';
import { healthz } from './healthz.ts';
import { importEntities } from './import-entities.ts';
import { leaveMode } from './leave-mode.ts';
import { listEntities } from './list-entities.ts';
import { metrics } from './metrics.ts';
import { openOverride } from './open-override.ts';
import { openapi } from './openapi.ts';
import { policyActivations } from './policy-activations.ts';
import { policyVersion } from './policy-version.ts';
import { policyVersions } from './policy-versions.ts';
import { publishPolicies } from './publish-policies.ts';
import { putEntity } from './put-entity.ts';
import { readyz } from './readyz.ts';
import { rollBackPolicies } from './roll-back-policies.ts';

/** Every route, sorted by file name. */
export const ROUTES: readonly Route[] = [
  activatePolicies,
  closeOverride,
  decideBatch,
  decide,
  deleteEntity,
  emergencyStatus,
  enterMode,
  explain,
  getEntity,
  healthz,
  importEntities,
  leaveMode,
  listEntities,
  metrics,
  openOverride,
  openapi,
  policyActivations,
  policyVersion,
  policyVersions,
  publishPolicies,
  putEntity,
  readyz,
  rollBackPolicies,
];
