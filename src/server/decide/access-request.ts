import type { AccessRequest } from '../../engine/decide/types.ts';
import { type Consistency, readConsistency } from '../cache/consistency.ts';
import type { AccessQuestion } from '../http/schemas/access-schema.ts';

/** A valid body as the engine takes it: fields that nobody declared are left behind, `null` is absence. */
export function accessRequestOf({ subject, action, resource, context }: AccessQuestion): AccessRequest {
  return {
    subject: { type: subject.type, id: String(subject.id), properties: subject.properties ?? undefined },
    action: { name: action.name, properties: action.properties ?? undefined },
    resource: { type: resource.type, id: String(resource.id), properties: resource.properties ?? undefined },
    context: context ?? undefined,
  };
}

/** What a valid body demands of the facts. */
export function consistencyOf({ consistency }: Pick<AccessQuestion, 'consistency'>): Consistency | undefined {
  return consistency === undefined || consistency === null ? undefined : readConsistency(consistency);
}
