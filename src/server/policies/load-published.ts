import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { digestOf } from '../bundles/bundle-digest.ts';
import { sourcesOf } from '../bundles/canonical-files.ts';
import { checkInTurns } from '../bundles/check-in-turns.ts';
import { type LoadedBundle, versionOf } from '../bundles/load-bundle-folder.ts';
import type { StoredBundle } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { acceptStored, type PolicyTrust } from './policy-trust.ts';

/**
 * Throws a `PolicyRefusal` unless the files are those of the digest and a signature that counts here vouches for it: whoever
 * can write the database must not be able to slip a bundle in.
 */
export function verifyStored({ version, digest, files, signatures }: StoredBundle, trust: PolicyTrust): void {
  const found = digestOf(files);
  if (found !== digest)
    throw new PolicyRefusal(
      'policy_tampered',
      `the stored files of version ${version} are not those that were published: their digest is ${found}`,
    );
  acceptStored(digest, signatures, trust);
}

/**
 * A published version, verified and checked but for its tests while others are served; rejects with a `PolicyRefusal` when it must not be
 * used, or cannot. `known` is a bundle that was checked already, with the digest of its files.
 */
export async function loadPublished(
  stored: StoredBundle,
  trust: PolicyTrust,
  known?: { readonly digest: string; readonly bundle: CheckedBundle },
): Promise<LoadedBundle> {
  verifyStored(stored, trust);
  const bundle = known?.digest === stored.digest ? known.bundle : await checked(stored);
  return {
    ok: true,
    bundle,
    version: versionOf(bundle),
    digest: stored.digest,
    published: stored.version,
  };
}

async function checked({ version, files }: StoredBundle): Promise<CheckedBundle> {
  const { bundle, diagnostics } = await checkInTurns(sourcesOf(files));
  if (bundle !== undefined) return bundle;
  const [first] = diagnostics;
  throw new PolicyRefusal(
    'policy_findings',
    `version ${version} does not check here: ${first === undefined ? 'no reason given' : `${first.code} ${first.message}`}`,
  );
}
