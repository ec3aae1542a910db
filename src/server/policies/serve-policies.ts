import type { Logger } from 'pino';
import type { PolicyRuntime } from '../bundles/policy-runtime.ts';
import { FindingsError, StartError } from '../config/start-error.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { Database } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { type FirstPolicies, firstPolicies } from './first-policies.ts';
import { folderPolicies, type PolicyAdministration } from './policy-administration.ts';
import { followPolicies } from './policy-follower.ts';
import { createPolicyService } from './policy-service.ts';
import type { PolicyTrust } from './policy-trust.ts';
import { recordLoaded, recordPolicyChanges, recordRefused } from './record-policy-change.ts';

interface Parts {
  readonly runtime: PolicyRuntime;
  readonly database: Database;
  readonly trust: PolicyTrust;
  readonly report: (text: string) => void;
}

/** Where the policies of a server come from. */
export type PolicyOrigin =
  | { readonly from: 'folder'; readonly folder: string }
  | ({ readonly from: 'database' } & Pick<FirstPolicies, 'activation'>);

/**
 * Loads what answers from the start on: the folder in development, that is where it is watched or facts come from a file, and
 * else what is active in the database. Throws a `StartError` when there is nothing that may answer.
 */
export async function loadFirstPolicies(
  options: {
    readonly policies: string;
    readonly facts?: string | undefined;
    readonly watch: boolean;
    readonly color?: boolean;
    readonly expectsNone?: boolean | undefined;
  },
  { runtime, database, trust, report }: Parts,
): Promise<PolicyOrigin> {
  const { policies, facts, watch, color = false, expectsNone } = options;
  if (watch || facts !== undefined) {
    const loaded = await runtime.load({ policies: true, facts: true });
    if (!loaded.ok) throw new FindingsError(loaded.findings);
    if (loaded.findings !== '') report(loaded.findings);
    return { from: 'folder', folder: policies };
  }
  const first = async (): Promise<FirstPolicies & { readonly findings: string }> => {
    const found = await firstPolicies({ database, folder: policies, trust, color, runtime, expectsNone });
    return { ...found, findings: await runtime.adopt(found.bundle) };
  };
  const { activation, notice, findings } = await first().catch((error: unknown) => {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    throw new StartError(`the policies in the database cannot be read: ${error.message}`);
  });
  if (findings !== '') report(findings);
  if (notice !== undefined) report(notice);
  return { from: 'database', activation };
}

export interface ServedPolicies {
  readonly administration: PolicyAdministration;
  /** To be told of the newest activation by whoever learns of it; undefined where nothing is followed. */
  readonly notice: ((activation: number) => void) | undefined;
  close(): Promise<void>;
}

/** Follows what is activated, where the policies come from the database, and gives operators what they do with it. */
export async function administerPolicies(
  origin: PolicyOrigin,
  options: Parts & { readonly clock: Clock; readonly audit: AuditLog; readonly log: Logger },
): Promise<ServedPolicies> {
  if (origin.from === 'folder')
    return {
      administration: folderPolicies(origin.folder),
      notice: undefined,
      close: () => Promise.resolve(),
    };
  const { runtime, database, trust, report, clock, audit, log } = options;
  recordLoaded(audit, clock, origin.activation);
  const follower = await followPolicies(
    {
      database,
      trust,
      runtime,
      clock,
      log,
      onLoaded(activation) {
        recordLoaded(audit, clock, activation);
        log.info({ version: activation.version, digest: activation.digest }, 'policies loaded');
        report(`velro: version ${activation.version} of the policies answers, activated by ${activation.by}`);
      },
      onRefused(refused) {
        recordRefused(audit, clock, refused);
        report(
          `velro: version ${refused.version} of the policies is not used: ${refused.detail}; what ran before still answers`,
        );
      },
    },
    origin.activation.id,
  );
  const service = createPolicyService({
    database,
    trust,
    record: recordPolicyChanges(audit, clock),
    async onActivated(version) {
      await follower.refresh();
      return runtime.current().published === version;
    },
  });
  return {
    administration: { ...service, status: () => follower.status() },
    notice: (activation) => follower.notice(activation),
    close: () => follower.close(),
  };
}
