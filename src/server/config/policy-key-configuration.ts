import type { Environment } from './environment.ts';
import { StartError } from './start-error.ts';

/** Whose signatures of policies count. */
export interface PolicyKeyConfiguration {
  /** Files of public keys. */
  readonly files: readonly string[];
  /** What no trusted key signed is not used. */
  readonly isRequired: boolean;
}

/** Reads VELRO_POLICY_KEYS and VELRO_REQUIRE_SIGNATURE; throws a `StartError` that names what is wrong. */
export function readPolicyKeyConfiguration(environment: Environment): PolicyKeyConfiguration {
  const files = (environment['VELRO_POLICY_KEYS'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const required = environment['VELRO_REQUIRE_SIGNATURE'] ?? '';
  if (!['', 'true', 'false'].includes(required))
    throw new StartError(
      `VELRO_REQUIRE_SIGNATURE must be true or false, and is ${JSON.stringify(required.slice(0, 64))}`,
    );
  if (required === 'true' && files.length === 0)
    throw new StartError('VELRO_REQUIRE_SIGNATURE needs VELRO_POLICY_KEYS: no signature could be good');
  return { files, isRequired: required === '' ? files.length > 0 : required === 'true' };
}
