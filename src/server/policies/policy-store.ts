import type { BundleFiles } from '../bundles/canonical-files.ts';
import type { LayerVersion, PolicyChanges } from '../http/schemas/policy-schema.ts';
import type { Database, Result, Row, Session, Statement } from '../store/database.ts';
import type { StoredActivation, StoredBundle, StoredSignature, StoredVersion } from './policy-records.ts';
import type { PolicySignature } from './policy-signature.ts';

/** Where notifications about policies go; they say only that something changed. */
export const POLICY_CHANNEL = 'velro_policies';

/** Any number that nothing else takes: who publishes or activates waits here for whoever does so already. */
const LOCK = 7_236_804_119;

const VERSION_COLUMNS = `
  version, versions.digest, layers, published_by, published_at,
  (select jsonb_agg(jsonb_build_object('keyId', key_id, 'value', encode(signature, 'hex'), 'by', signed_by, 'at',
      to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by signed_at, key_id)
   from velro_state.policy_signatures signatures where signatures.digest = versions.digest) as signatures`;
const ACTIVATIONS = `
  select id, kind, activations.version, versions.digest, previous, back, activated_by, activated_at, changes
  from velro_state.policy_activations activations join velro_state.policy_versions versions using (version)`;

/** What is kept of policies: reading, and, within `changing`, writing. */
export interface PolicyStore {
  /** The newest version, without its files. */
  newest(): Promise<StoredVersion | undefined>;
  version(version: number): Promise<StoredVersion | undefined>;
  withDigest(digest: string): Promise<StoredVersion | undefined>;
  /** A version with its files, as they are kept: nothing was verified. */
  bundle(version: number): Promise<StoredBundle | undefined>;
  /** Versions below `before`, the newest first. */
  versions(limit: number, before?: number): Promise<readonly StoredVersion[]>;
  /** The newest activation, … */
  active(): Promise<StoredActivation | undefined>;
  /** … and only which one it is: cheap, to be asked often. */
  head(): Promise<ActivationHead | undefined>;
  activation(id: number): Promise<StoredActivation | undefined>;
  /** Activations below `before`, the newest first. */
  activations(limit: number, before?: number): Promise<readonly StoredActivation[]>;
}

export interface ActivationHead {
  readonly id: number;
  readonly version: number;
}

/** What the database gives an id and a time. */
export type NewActivation = Omit<StoredActivation, 'id' | 'digest' | 'at'>;

export interface PolicyWriter extends PolicyStore {
  /** Keeps a content; where something else stands under its digest, that is replaced. */
  putFiles(digest: string, files: BundleFiles): Promise<void>;
  /** Makes a kept content the next version. */
  addVersion(digest: string, layers: readonly LayerVersion[], by: string): Promise<number>;
  /** Keeps a signature; one by the same key gives way where `replace` says so. */
  addSignature(digest: string, signature: PolicySignature, by: string, replace: boolean): Promise<void>;
  /** How many other keys than this one have a signature kept. */
  otherSignatures(digest: string, keyId: string): Promise<number>;
  addActivation(activation: NewActivation): Promise<number>;
}

type Ask = <R extends Row>(statement: Statement) => Promise<Result<R>>;

export function createPolicyStore(database: Database): PolicyStore {
  return readerOver((statement) => database.query('admin', statement));
}

/**
 * Changes policies as one transaction, one at a time among all instances. Everybody who listens is told when it is
 * committed.
 */
export function changePolicies<T>(database: Database, work: (store: PolicyWriter) => Promise<T>): Promise<T> {
  return database.transaction('admin', async (session) => {
    await session.query({ text: 'select pg_advisory_xact_lock($1)', values: [LOCK] });
    const result = await work(writerOver(session));
    await session.query({ text: 'select pg_notify($1, $2)', values: [POLICY_CHANNEL, ''] });
    return result;
  });
}

function readerOver(ask: Ask): PolicyStore {
  const versions = async (
    condition: string,
    values: readonly (number | string)[],
  ): Promise<StoredVersion[]> => {
    const text = `select ${VERSION_COLUMNS} from velro_state.policy_versions versions ${condition}`;
    return (await ask<VersionRow>({ text, values })).rows.map(versionOf);
  };
  const activations = async (condition: string, values: readonly number[]): Promise<StoredActivation[]> =>
    (await ask<ActivationRow>({ text: `${ACTIVATIONS} ${condition}`, values })).rows.map(activationOf);
  return {
    newest: async () => (await versions('order by version desc limit 1', []))[0],
    version: async (version) => (await versions('where version = $1', [version]))[0],
    withDigest: async (digest) => (await versions('where digest = $1', [digest]))[0],
    async bundle(version) {
      const { rows } = await ask<VersionRow & { readonly files: Readonly<Record<string, unknown>> }>({
        text: `select ${VERSION_COLUMNS}, files from velro_state.policy_versions versions
               join velro_state.policy_bundles bundles on bundles.digest = versions.digest where version = $1`,
        values: [version],
      });
      const [row] = rows;
      if (row === undefined) return undefined;
      // Whatever else somebody put there has another digest.
      const files = new Map(Object.entries(row.files).map(([path, text]) => [path, String(text)]));
      return { ...versionOf(row), files };
    },
    versions: (limit, before = Number.MAX_SAFE_INTEGER) =>
      versions('where version < $1 order by version desc limit $2', [before, limit]),
    async head() {
      const { rows } = await ask<Row & ActivationHead>({
        text: 'select id, version from velro_state.policy_activations order by id desc limit 1',
      });
      return rows[0];
    },
    active: async () => (await activations('order by id desc limit 1', []))[0],
    activation: async (id) => (await activations('where id = $1', [id]))[0],
    activations: (limit, before = Number.MAX_SAFE_INTEGER) =>
      activations('where id < $1 order by id desc limit $2', [before, limit]),
  };
}

function writerOver(session: Session): PolicyWriter {
  return {
    ...readerOver((statement) => session.query(statement)),
    async putFiles(digest, files) {
      await session.query({
        text: `insert into velro_state.policy_bundles (digest, files) values ($1, $2)
               on conflict (digest) do update set files = excluded.files where policy_bundles.files <> excluded.files`,
        values: [digest, JSON.stringify(Object.fromEntries(files))],
      });
    },
    async addVersion(digest, layers, by) {
      const { rows } = await session.query<{ version: number }>({
        text: `insert into velro_state.policy_versions (digest, layers, published_by) values ($1, $2, $3)
               returning version`,
        values: [digest, JSON.stringify(layers), by],
      });
      return (rows[0] as { version: number }).version;
    },
    async addSignature(digest, { keyId, signature }, by, replace) {
      const otherwise = replace
        ? `update set signature = excluded.signature, signed_by = excluded.signed_by, signed_at = now()
           where policy_signatures.signature <> excluded.signature`
        : 'nothing';
      await session.query({
        text: `insert into velro_state.policy_signatures (digest, key_id, signature, signed_by) values ($1, $2, $3, $4)
               on conflict (digest, key_id) do ${otherwise}`,
        values: [digest, keyId, signature, by],
      });
    },
    async otherSignatures(digest, keyId) {
      const { rows } = await session.query<{ count: number }>({
        text: 'select count(*)::int as count from velro_state.policy_signatures where digest = $1 and key_id <> $2',
        values: [digest, keyId],
      });
      return (rows[0] as { count: number }).count;
    },
    async addActivation({ kind, version, previous, back, by, changes }) {
      const { rows } = await session.query<{ id: number }>({
        text: `insert into velro_state.policy_activations (kind, version, previous, back, activated_by, changes)
               values ($1, $2, $3, $4, $5, $6) returning id`,
        values: [kind, version, previous, back, by, JSON.stringify(changes)],
      });
      return (rows[0] as { id: number }).id;
    },
  };
}

interface VersionRow extends Row {
  readonly version: number;
  readonly digest: string;
  readonly layers: readonly LayerVersion[];
  readonly published_by: string;
  readonly published_at: string;
  readonly signatures:
    | readonly { readonly keyId: string; readonly value: string; readonly by: string; readonly at: string }[]
    | null;
}

function versionOf(row: VersionRow): StoredVersion {
  return {
    version: row.version,
    digest: row.digest,
    layers: row.layers,
    publishedBy: row.published_by,
    publishedAt: row.published_at,
    signatures: (row.signatures ?? []).map(
      ({ keyId, value, by, at }): StoredSignature => ({
        keyId,
        signature: Buffer.from(value, 'hex'),
        by,
        at,
      }),
    ),
  };
}

interface ActivationRow extends Row {
  readonly id: number;
  readonly kind: StoredActivation['kind'];
  readonly version: number;
  readonly digest: string;
  readonly previous: number | null;
  readonly back: number | null;
  readonly activated_by: string;
  readonly activated_at: string;
  readonly changes: PolicyChanges | null;
}

const NO_CHANGES: PolicyChanges = { added: 0, removed: 0, changed: 0, list: [] };

function activationOf(row: ActivationRow): StoredActivation {
  return {
    id: row.id,
    kind: row.kind,
    version: row.version,
    digest: row.digest,
    previous: row.previous ?? undefined,
    back: row.back ?? undefined,
    by: row.activated_by,
    at: row.activated_at,
    // For people; whoever wrote something else there has changed nothing that counts.
    changes: Array.isArray(row.changes?.list) ? row.changes : NO_CHANGES,
  };
}
