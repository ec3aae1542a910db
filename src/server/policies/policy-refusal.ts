import type { PolicyFinding } from '../http/schemas/policy-schema.ts';

/** Why something was not done with policies; each is a code of a problem document too. */
export type PolicyRefusalCode =
  | 'audit_unavailable'
  | 'invalid_bundle'
  | 'layer_version_unchanged'
  | 'no_earlier_version'
  | 'policies_from_folder'
  | 'policy_changed'
  | 'policy_findings'
  | 'policy_tampered'
  | 'policy_tests_failed'
  | 'policy_too_slow'
  | 'signature_invalid'
  | 'signature_missing'
  | 'signature_untrusted'
  | 'too_many_signatures'
  | 'unknown_version';

/** Something was not done, for a reason that whoever asked can understand; the message is written for them. */
export class PolicyRefusal extends Error {
  override readonly name = 'PolicyRefusal';
  readonly code: PolicyRefusalCode;
  /** What was found in the files. */
  readonly findings: readonly PolicyFinding[];

  constructor(code: PolicyRefusalCode, message: string, findings: readonly PolicyFinding[] = []) {
    super(message);
    this.code = code;
    this.findings = findings;
  }
}
