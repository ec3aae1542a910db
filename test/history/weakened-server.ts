// Takes the place of `velro serve` where a safeguard of kept facts is to be left out, named by VELRO_WITHOUT: so is shown that the
// history notices.
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createCachedFactStore } from '../../src/server/cache/cached-fact-store.ts';
import type { CachedFactStore, Safeguard } from '../../src/server/cache/fact-cache.ts';
import { GuardedLevel } from '../../src/server/cache/shared/guarded-level.ts';
import { openRedis } from '../../src/server/cache/shared/redis-connection.ts';
import { createRedisLevel } from '../../src/server/cache/shared/redis-level.ts';
import { readConfiguration } from '../../src/server/config/configuration.ts';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import type { Ports } from '../../src/server/ports.ts';
import { startServer } from '../../src/server/start-server.ts';
import { stopOnSignals } from '../../src/server/stop-on-signals.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    policies: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string', multiple: true },
  },
});
const without = new Set((process.env['VELRO_WITHOUT'] ?? '').split(',') as Safeguard[]);
/** A machine that is busy must not look like a Redis that does not answer, or nothing is tried. */
const LEVEL_TIMEOUT = 5_000;
const log = pino({ level: 'silent' });
const configuration = readConfiguration(
  { ...process.env, VELRO_CACHE: 'off' },
  { port: Number(values.port?.at(-1)), data: values.data },
);
const { redis: configured } = configuration;
const redis = configured && (await openRedis({ configuration: configured, onHealth() {} }));
let made: { readonly ports: Ports; readonly cache: CachedFactStore } | undefined;
const server = await startServer({
  configuration,
  policies: values.policies ?? '',
  watch: false,
  adapt(ports) {
    const { database, clock, bundles } = ports;
    const cache = createCachedFactStore({
      store: createDatabaseFactStore({ database, log }),
      database,
      clock,
      answers: (bundle) => bundles.current().engine.bundle === bundle,
      bounds: configuration.cache,
      shared: redis && {
        levels: [new GuardedLevel(createRedisLevel(redis), LEVEL_TIMEOUT)],
        digestOf(bundle) {
          const { engine, digest } = bundles.current();
          return engine.bundle === bundle ? digest : undefined;
        },
      },
      log,
      without,
    });
    made = { ports: { ...ports, facts: cache, cache }, cache };
    return made.ports;
  },
});
await made?.cache.start(made.ports.bundles.current().engine.bundle);
process.stdout.write(`answers at ${server.url}\n/openapi.json\n`);
await stopOnSignals(server);
await made?.cache.stop();
await redis?.close();
