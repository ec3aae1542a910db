import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { readPolicyKeyConfiguration } from '../server/config/policy-key-configuration.ts';
import type {
  ActivationResult,
  PolicyActivations,
  PolicyVersions,
  PolicyVersionWithFiles,
  PublishedVersion,
} from '../server/http/schemas/policy-schema.ts';
import type { PolicyActor } from '../server/policies/policy-actor.ts';
import type { Page } from '../server/policies/policy-reader.ts';
import { createPolicyService } from '../server/policies/policy-service.ts';
import type { PolicySignature } from '../server/policies/policy-signature.ts';
import { readPolicyTrust } from '../server/policies/policy-trust.ts';
import { DatabaseInUse } from '../server/store/embedded/folder-lock.ts';
import { withDatabase } from './database.ts';
import { callServer } from './remote.ts';
import { notice } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The options of commands that work on published policies. */
export interface PolicyTargetOptions {
  readonly url?: string;
  readonly database?: string;
  readonly data?: string;
  readonly json?: true;
}

/** What a command can do with published policies, wherever they are. */
export interface PolicyTarget {
  publish(
    files: Readonly<Record<string, string>>,
    signature: PolicySignature | undefined,
  ): Promise<PublishedVersion>;
  activate(version: number): Promise<ActivationResult>;
  rollback(from: number | undefined): Promise<ActivationResult>;
  versions(page: Page): Promise<PolicyVersions>;
  version(version: number | 'active'): Promise<PolicyVersionWithFiles>;
  activations(page: Page): Promise<PolicyActivations>;
}

/** Where the policies are that a command means, for its help. */
export const TARGET_HELP = `
The policies are those of the server named by --url, else of --database, else of VELRO_URL, else of VELRO_DATABASE_URL, else of
the embedded database in the data folder. While a server has that one open, the server on this machine is asked.`;

/** Publishing and activating take their time: the bundle is checked and tested. */
const PATIENCE = 120_000;

/** Adds the options that say which policies are meant. */
export function addPolicyTargetOptions(command: Command): Command {
  return command
    .option('--url <url>', 'a running server')
    .option('--database <url>', 'postgres://…')
    .option(
      '--data <folder>',
      'the data folder, with the embedded database and the API key (default: VELRO_DATA or .velro)',
    )
    .option('--json', 'print JSON');
}

/** Does some work with the policies that the options mean. */
export async function withPolicies<T>(
  options: PolicyTargetOptions,
  work: (target: PolicyTarget) => Promise<T>,
): Promise<T> {
  if (options.url !== undefined && options.database !== undefined)
    throw new UsageError('--url and --database name two places; give one of them');
  const isRemote = options.url !== undefined || (options.database === undefined && process.env['VELRO_URL']);
  if (isRemote) return work(remoteTarget(options));
  try {
    return await withDatabase(options, 'apply', async (database) => {
      // What the server would not accept is not accepted here either.
      const trust = await readPolicyTrust(readPolicyKeyConfiguration(process.env));
      const service = createPolicyService({ database, trust, record: () => Promise.resolve(true) });
      const actor: PolicyActor = { id: accountId() };
      return work({
        ...service,
        publish: (files, signature) => service.publish(files, signature, actor),
        activate: (version) => service.activate(version, actor),
        rollback: (from) => service.rollback(from, actor),
      });
    });
  } catch (error) {
    if (!(error instanceof UsageError && error.cause instanceof DatabaseInUse)) throw error;
    notice('velro: the embedded database is open in another process; asking the server on this machine');
    return work(remoteTarget(options));
  }
}

/** The account that runs the command; in a container it may have no name. */
function accountId(): string {
  try {
    return `os:${userInfo().username}`;
  } catch {
    return `os:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

function remoteTarget(options: PolicyTargetOptions): PolicyTarget {
  const call = <T>(
    method: 'GET' | 'POST',
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<T> => callServer(options, method, path, body, { patience: PATIENCE }) as Promise<T>;
  return {
    publish: (files, signature) =>
      call('POST', '/policies/versions', {
        files,
        ...(signature === undefined
          ? {}
          : {
              signature: {
                keyId: signature.keyId,
                value: Buffer.from(signature.signature).toString('base64'),
              },
            }),
      }),
    activate: (version) => call('POST', `/policies/versions/${version}/activate`),
    rollback: (from) => call('POST', `/policies/rollback${from === undefined ? '' : `?from=${from}`}`),
    versions: (page) => call('GET', `/policies/versions?${pageQuery(page)}`),
    version: (version) => call('GET', `/policies/versions/${version}`),
    activations: (page) => call('GET', `/policies/activations?${pageQuery(page)}`),
  };
}

function pageQuery({ limit, cursor }: Page): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== undefined) query.set('cursor', String(cursor));
  return query.toString();
}
