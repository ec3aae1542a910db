import { destination, type Logger, pino } from 'pino';
import type { CheckedBundle } from '../dsl/check/bundle.ts';
import { createApp } from './app.ts';
import { readOrCreateAuditSecret } from './audit/audit-secret.ts';
import { deleteExpiredSegments } from './audit/delete-expired-segments.ts';
import { createSegmentLog } from './audit/segment-log.ts';
import { fitDatabase } from './bundles/fit-database.ts';
import { createPolicyRuntime, type PolicyRuntime } from './bundles/policy-runtime.ts';
import type { FileWatch } from './bundles/watch-files.ts';
import { createCachedFactStore } from './cache/cached-fact-store.ts';
import type { CachedFactStore } from './cache/fact-cache.ts';
import { keepWarm } from './cache/keep-warm.ts';
import { openLevels } from './cache/shared/open-levels.ts';
import { type ApiKey, apiKeyAuthenticator, readOrCreateKey } from './config/api-key.ts';
import { dataPaths } from './config/configuration.ts';
import { prepareFolder } from './config/data-folder.ts';
import { createDatabaseFactStore } from './facts/database-fact-store.ts';
import { createMemoryFactStore } from './facts/memory-fact-store.ts';
import { listen } from './http/listen.ts';
import { stopListening } from './http/stop-listening.ts';
import { openEmergencyFile } from './live/emergency-file.ts';
import { createLimitBuckets } from './live/limit-buckets.ts';
import { createLossRegistry } from './live/loss-registry.ts';
import { configuredSources } from './media/configured-sources.ts';
import { openMediaKeys } from './media/media-keys.ts';
import { readPolicyTrust } from './policies/policy-trust.ts';
import { administerPolicies, loadFirstPolicies } from './policies/serve-policies.ts';
import { type Clock, type Ports, SCOPES } from './ports.ts';
import type { RunningServer, ServerOptions } from './start-server.ts';
import type { Database } from './store/database.ts';
import { keepDatabase } from './store/maintenance.ts';
import { describeDatabase } from './store/open-database.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';
import { worldSources } from './world/world-sources.ts';

const DAY = 86_400_000;
const GRACE = 300;
const LONGEST = 10_000;
/** Milliseconds from the start on until explanations are warmed up. */
const REST = 1_000;

/**
 * Starts a server over a database: everything else that it needs, up to listening. Throws as `startServer` does. `isNew` says
 * that the database is being made, as far as is known.
 */
export async function serveOver(
  database: Database,
  options: ServerOptions,
  isNew: boolean,
): Promise<RunningServer> {
  const { configuration } = options;
  const clock = options.clock ?? SYSTEM_CLOCK;
  const report = options.report ?? ((text: string) => void process.stderr.write(`${text}\n`));
  const log = options.log ?? pino({ level: configuration.logLevel }, destination(2));
  const paths = dataPaths(configuration.data);

  await prepareFolder(paths.audit);
  await openMediaKeys(configuration.mediaKeys, clock.now());
  const world = worldSources(configuredSources(configuration.mediaKeys));

  const store = createMemoryFactStore();
  const color = options.color ?? false;
  const runtime = createPolicyRuntime({
    policies: options.policies,
    facts: options.facts,
    store,
    clock,
    world,
    color,
    // Facts that come from the database are in the tables that a bundle maps.
    ...(options.facts === undefined
      ? { fit: (bundle: CheckedBundle) => fitDatabase(bundle, database, color) }
      : {}),
  });
  const trust = await readPolicyTrust(configuration.policyKeys);
  const first = await loadFirstPolicies(
    { ...options, expectsNone: isNew },
    { runtime, database, trust, report },
  );

  const key = configuration.apiKey ?? (await readOrCreateKey(paths.key));
  const auditSecret = await readOrCreateAuditSecret(paths.auditSecret);
  const emergency = await openEmergencyFile(paths.emergency, (err) =>
    log.error({ err }, 'emergency state not stored'),
  );
  const losses = createLossRegistry(clock, (dependency, lost) => {
    if (lost) log.error({ dependency }, 'dependency lost');
    else log.warn({ dependency }, 'dependency back');
  });
  const audit = createSegmentLog({
    folder: paths.audit,
    clock,
    onHealth(healthy, err) {
      losses.set('audit', !healthy);
      if (!healthy) log.error({ err }, 'audit log not written');
    },
  });
  const inDatabase = options.facts === undefined ? createDatabaseFactStore({ database, log }) : undefined;
  await inDatabase?.prepare(runtime.current().engine.bundle);
  const policies = await administerPolicies(first, { runtime, database, trust, clock, audit, log, report });
  const { redis } = configuration;
  const isKept = inDatabase !== undefined && configuration.cache.isOn;
  const table = isKept && configuration.cache.hasTable ? database : undefined;
  const shared = await openLevels({ redis, table, losses, log });
  const cache =
    inDatabase === undefined || !configuration.cache.isOn
      ? undefined
      : createCachedFactStore({
          store: inDatabase,
          database,
          clock,
          answers: (bundle) => runtime.current().engine.bundle === bundle,
          bounds: configuration.cache,
          shared:
            shared.levels.length === 0
              ? undefined
              : { levels: shared.levels, digestOf: runtimeDigest(runtime) },
          ...(policies.notice && { onActivation: policies.notice }),
          log,
        });
  const warmth =
    cache !== undefined && configuration.cache.isWarmed
      ? keepWarm({ cache, bundles: runtime, database, log })
      : undefined;
  const stopRetention = keepRetention(runtime, paths.audit, clock, log);

  const ports: Ports = {
    clock,
    bundles: runtime,
    facts: warmth?.facts ?? cache ?? inDatabase ?? store,
    cache,
    database,
    limits: createLimitBuckets(clock),
    emergency,
    losses,
    audit,
    authenticator: apiKeyAuthenticator(keysOf(key, configuration.decideKey)),
    world,
  };
  const app = createApp({
    ...(options.adapt?.(ports) ?? ports),
    policies: policies.administration,
    auditSecret,
    log,
  });
  const { server, url } = await listen(app.listener, configuration.host, configuration.port).catch(
    async (error: unknown) => {
      await policies.close();
      await shared.redis?.close();
      throw error;
    },
  );
  const stopMaintenance = keepDatabase(database, log);
  const finishing = finishWarmUp(runtime, log);
  if (cache !== undefined) startCache(cache, runtime, log);
  warmth?.start();
  const watching = options.watch ? await watchBundle(runtime, options, report, log) : undefined;
  const { version, digest, engine, published } = runtime.current();
  log.info({ url, version, digest, published }, 'started');

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    app.drain();
    await watching?.close();
    const pace = { grace: options.grace ?? GRACE, longest: options.longest ?? LONGEST };
    await stopListening(server, pace, () => app.finish());
    stopRetention();
    stopMaintenance();
    clearTimeout(finishing);
    await policies.close();
    await audit.close();
    await warmth?.stop();
    await cache?.stop();
    await shared.redis?.close();
    await database.close();
    log.info('stopped');
  };
  return {
    url,
    keyFile: configuration.apiKey === undefined ? paths.key : undefined,
    policy: { version, digest, layers: engine.bundle.layers.length, published },
    database: describeDatabase(database, configuration),
    close: () => (closing ??= close()),
  };
}

/** The key for everything, and the one for decisions. */
function keysOf(key: string, decideKey: string | undefined): readonly ApiKey[] {
  const all: ApiKey = { key, scopes: SCOPES };
  return decideKey === undefined ? [all] : [all, { key: decideKey, scopes: ['decide'] }];
}

/** The digest of the bundle that answers, and of no other. */
function runtimeDigest(runtime: PolicyRuntime): (bundle: CheckedBundle) => string | undefined {
  return (bundle) => {
    const { engine, digest } = runtime.current();
    return engine.bundle === bundle ? digest : undefined;
  };
}

/** Warms up what no first request asks for, after those who waited for the start. */
function finishWarmUp(runtime: PolicyRuntime, log: Logger): NodeJS.Timeout {
  const run = (): void => {
    runtime.finishWarmUp().catch((err: unknown) => log.error({ err }, 'not warmed up'));
  };
  return setTimeout(run, REST).unref();
}

/** Lets the cache listen. Until it does, which may never be, nothing is kept. */
function startCache(cache: CachedFactStore, runtime: PolicyRuntime, log: Logger): void {
  cache.start(runtime.current().engine.bundle).catch((err: unknown) => {
    log.warn({ err }, 'changes of facts are not listened for; nothing is kept');
  });
}

/** Loads what changes, and says what came of it. */
async function watchBundle(
  runtime: PolicyRuntime,
  { policies, facts }: ServerOptions,
  report: (text: string) => void,
  log: Logger,
): Promise<FileWatch> {
  const { watchFiles } = await import('./bundles/watch-files.ts');
  const roots = facts === undefined ? [policies] : [policies, facts];
  return watchFiles(roots, async (changed) => {
    try {
      const result = await runtime.load({
        policies: changed.has(policies),
        facts: facts !== undefined && changed.has(facts),
      });
      if (result.findings !== '') report(result.findings);
      if (!result.ok) report('velro: the change is not used; what ran before still answers');
      if (result.changed) {
        const { version, digest } = runtime.current();
        report(`velro: loaded version ${version} (${digest.slice(0, 19)})`);
      }
    } catch (err) {
      log.error({ err }, 'loading a change failed');
    }
  });
}

/** Deletes what the policy no longer keeps, now and daily; the result ends that. */
function keepRetention(runtime: PolicyRuntime, folder: string, clock: Clock, log: Logger): () => void {
  const run = async (): Promise<void> => {
    const { retention } = runtime.current().engine.bundle;
    if (retention === undefined) return;
    try {
      const deleted = await deleteExpiredSegments(folder, retention, clock.now());
      if (deleted > 0) log.warn({ deleted }, 'audit segments past their retention deleted');
    } catch (err) {
      log.error({ err }, 'audit segments past their retention not deleted');
    }
  };
  void run();
  const timer = setInterval(() => void run(), DAY);
  timer.unref();
  return () => clearInterval(timer);
}
