import type { BundleFiles } from '../bundles/canonical-files.ts';
import type { LayerVersion, PolicyChanges } from '../http/schemas/policy-schema.ts';
import type { PolicySignature } from './policy-signature.ts';

/** A signature as it is kept. */
export interface StoredSignature extends PolicySignature {
  readonly by: string;
  readonly at: string;
}

/** A version as it is kept, without its files. Times in RFC 3339. */
export interface StoredVersion {
  readonly version: number;
  readonly digest: string;
  readonly layers: readonly LayerVersion[];
  readonly publishedBy: string;
  readonly publishedAt: string;
  readonly signatures: readonly StoredSignature[];
}

export interface StoredBundle extends StoredVersion {
  readonly files: BundleFiles;
}

/** What was made to answer; the newest is what answers. */
export interface StoredActivation {
  readonly id: number;
  readonly kind: 'activate' | 'rollback';
  readonly version: number;
  readonly digest: string;
  readonly previous: number | undefined;
  /** The activation that a rollback goes back to. */
  readonly back: number | undefined;
  readonly by: string;
  readonly at: string;
  readonly changes: PolicyChanges;
}
