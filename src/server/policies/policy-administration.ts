import type { FollowerStatus } from './policy-follower.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import type { PolicyService } from './policy-service.ts';

/** What operators do with the policies of a server. */
export interface PolicyAdministration extends PolicyService {
  /** How this server follows what was activated; undefined where a folder answers. */
  status(): FollowerStatus | undefined;
}

/** Of a server that answers from a folder: what is published elsewhere would never count here. */
export function folderPolicies(folder: string): PolicyAdministration {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new PolicyRefusal(
        'policies_from_folder',
        `this server answers from the folder ${folder}, as --watch and --facts want it; it has no versions`,
      ),
    );
  return {
    publish: refuse,
    activate: refuse,
    rollback: refuse,
    versions: refuse,
    version: refuse,
    activations: refuse,
    status: () => undefined,
  };
}
