import type {
  PolicyActivations,
  PolicyVersion,
  PolicyVersions,
  PolicyVersionWithFiles,
} from '../http/schemas/policy-schema.ts';
import type { StoredVersion } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import type { PolicyStore } from './policy-store.ts';
import { isGood, type PolicyTrust } from './policy-trust.ts';

/** A page ends after `limit`; the next begins where `next` of this one says. */
export interface Page {
  readonly limit: number;
  readonly cursor?: number | undefined;
}

/** Looking at what was published and activated. */
export interface PolicyReader {
  versions(page: Page): Promise<PolicyVersions>;
  /** With its files, as they are kept. */
  version(version: number | 'active'): Promise<PolicyVersionWithFiles>;
  activations(page: Page): Promise<PolicyActivations>;
}

export function createPolicyReader(store: PolicyStore, trust: PolicyTrust): PolicyReader {
  return {
    async versions({ limit, cursor }) {
      const active = (await store.head())?.version;
      const found = await store.versions(limit + 1, cursor);
      const versions = found.slice(0, limit).map((one) => versionAnswer(one, trust, active));
      const last = versions.at(-1);
      return found.length <= limit || last === undefined
        ? { versions }
        : { versions, next: String(last.version) };
    },
    async version(asked) {
      const active = (await store.head())?.version;
      const number = asked === 'active' ? active : asked;
      const stored = number === undefined ? undefined : await store.bundle(number);
      if (stored === undefined)
        throw new PolicyRefusal(
          'unknown_version',
          number === undefined ? 'no version was activated yet' : `there is no version ${number}`,
        );
      return { ...versionAnswer(stored, trust, active), files: Object.fromEntries(stored.files) };
    },
    async activations({ limit, cursor }) {
      const found = await store.activations(limit + 1, cursor);
      const activations = found.slice(0, limit).map(({ back: _back, previous, ...one }) => ({
        ...one,
        ...(previous === undefined ? {} : { previous }),
      }));
      const last = activations.at(-1);
      return found.length <= limit || last === undefined
        ? { activations }
        : { activations, next: String(last.id) };
    },
  };
}

/** A version as it is shown. */
export function versionAnswer(
  stored: StoredVersion,
  trust: PolicyTrust,
  active: number | undefined,
): PolicyVersion {
  const { version, digest, layers, publishedBy, publishedAt } = stored;
  return {
    version,
    digest,
    layers: [...layers],
    signatures: stored.signatures.map(({ keyId, signature, by, at }) => {
      const good = isGood(digest, { keyId, signature }, trust);
      return { keyId, by, at, ...(good === undefined ? {} : { good }) };
    }),
    publishedBy,
    publishedAt,
    active: version === active,
  };
}
