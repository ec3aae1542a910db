import type { KeyObject } from 'node:crypto';
import type { PolicyKeyConfiguration } from '../config/policy-key-configuration.ts';
import { readPublicKeys } from './policy-key-files.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { isSignedBy, type PolicySignature } from './policy-signature.ts';

/** Whose signatures count, and whether there must be one. */
export interface PolicyTrust {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly isRequired: boolean;
}

/** What trusts nobody and asks for nothing. */
export const NO_TRUST: PolicyTrust = { keys: new Map(), isRequired: false };

/** Reads the trusted keys of the configuration; throws a `StartError` that names what is wrong. */
export async function readPolicyTrust({ files, isRequired }: PolicyKeyConfiguration): Promise<PolicyTrust> {
  return { keys: await readPublicKeys(files), isRequired };
}

/** Whether a signature is good; undefined of one whose key is not known here. */
export function isGood(
  digest: string,
  { keyId, signature }: PolicySignature,
  { keys }: PolicyTrust,
): boolean | undefined {
  const key = keys.get(keyId);
  return key === undefined ? undefined : isSignedBy(key, digest, signature);
}

/** Throws a `PolicyRefusal` unless the signature that somebody publishes with is one that counts here. */
export function acceptSignature(
  digest: string,
  signature: PolicySignature | undefined,
  trust: PolicyTrust,
): void {
  if (signature === undefined) {
    if (trust.isRequired)
      throw new PolicyRefusal(
        'signature_missing',
        'a bundle must be signed by a trusted key, and this one is not',
      );
    return;
  }
  // Where no key is known nothing can be said of it; whoever knows one will.
  if (trust.keys.size === 0) return;
  const good = isGood(digest, signature, trust);
  if (good === undefined)
    throw new PolicyRefusal('signature_untrusted', `the key ${signature.keyId} is not trusted here`);
  if (!good)
    throw new PolicyRefusal(
      'signature_invalid',
      `the signature by ${signature.keyId} is not one of this content (${digest})`,
    );
}

/**
 * Throws a `PolicyRefusal` unless one of the stored signatures of a bundle counts here. One that counts is enough, whatever
 * stands beside it. Where none is required, a bundle without any may be used, and one with a bad signature still not.
 */
export function acceptStored(
  digest: string,
  signatures: readonly PolicySignature[],
  trust: PolicyTrust,
): void {
  const judged = signatures.map((one) => isGood(digest, one, trust));
  if (judged.includes(true)) return;
  if (trust.keys.size === 0 && !trust.isRequired) return;
  if (judged.includes(false))
    throw new PolicyRefusal(
      'signature_invalid',
      `the stored signature is not one of this content (${digest})`,
    );
  if (!trust.isRequired) return;
  throw signatures.length === 0
    ? new PolicyRefusal('signature_missing', `no stored signature vouches for ${digest}`)
    : new PolicyRefusal(
        'signature_untrusted',
        `${digest} is signed by ${signatures.map(({ keyId }) => keyId).join(', ')}, and none of these is trusted here`,
      );
}
