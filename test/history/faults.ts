import { createSecretKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer } from '../support/redis-server.ts';
import type { HistoryEnvironment } from './environment.ts';
import { captureRedis, poisonRedis, type RedisDump, restoreRedis } from './redis-dump.ts';
import type { HistoryServer } from './velro-process.ts';

/** What may happen to a server, or to what it uses. */
export interface Fault {
  readonly name: string;
  /** How often it happens, beside the others. */
  readonly weight: number;
  readonly happen: (random: () => number) => Promise<void>;
}

/** Milliseconds that a fault lasts, mostly and at most. */
const SHORT = 300;
const LONG = 1_800;

/** Most are short: within them what is kept is still trusted. */
function lasting(random: () => number): Promise<void> {
  return delay(random() * (random() < 0.5 ? SHORT : LONG));
}

export function faultsOf(
  environment: HistoryEnvironment,
  servers: readonly HistoryServer[],
  /** Whether whoever poisons Redis knows the secret of the instances: as if they asked for no proof. */
  knowsSecret: boolean,
): readonly Fault[] {
  const { postgres, redis } = environment;
  const one = (random: () => number): HistoryServer =>
    servers[Math.floor(random() * servers.length)] as HistoryServer;
  const during = async (random: () => number, begin: () => void, end: () => void): Promise<void> => {
    begin();
    try {
      await lasting(random);
    } finally {
      end();
    }
  };
  const ofDatabase: Fault[] = [
    {
      name: 'database paused',
      weight: 3,
      happen: (random) =>
        during(
          random,
          () => postgres.pause(),
          () => postgres.resume(),
        ),
    },
    {
      name: 'database killed',
      weight: 1,
      async happen(random) {
        await postgres.kill();
        await delay(SHORT * random());
        await postgres.restart();
      },
    },
    {
      name: 'listeners ended',
      weight: 3,
      async happen() {
        await postgres
          .run(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'velro listen'",
          )
          .catch(() => {});
      },
    },
    {
      name: 'notifications stalled',
      weight: 4,
      happen(random) {
        const { database } = one(random);
        return during(
          random,
          () => database.stall('marked'),
          () => database.resume(),
        );
      },
    },
    {
      name: 'database stalled for one',
      weight: 2,
      happen(random) {
        const { database } = one(random);
        return during(
          random,
          () => database.stall('all'),
          () => database.resume(),
        );
      },
    },
    {
      name: 'database cut off from one',
      weight: 1,
      async happen(random) {
        one(random).database.cut('all');
      },
    },
  ];
  const ofServers: Fault[] = [
    {
      name: 'server paused',
      weight: 2,
      happen(random) {
        const server = one(random);
        return during(
          random,
          () => server.pause(),
          () => server.resume(),
        );
      },
    },
    { name: 'server crashed', weight: 1, happen: (random) => one(random).crash() },
  ];
  return [
    ...ofDatabase,
    ...ofServers,
    ...(redis === undefined ? [] : ofRedis(environment, redis, one, during, knowsSecret)),
  ];
}

function ofRedis(
  { postgres, bundle, secret }: HistoryEnvironment,
  redis: RedisServer,
  one: (random: () => number) => HistoryServer,
  during: (random: () => number, begin: () => void, end: () => void) => Promise<void>,
  knowsSecret: boolean,
): readonly Fault[] {
  let dump: RedisDump | undefined;
  const madeUp = createSecretKey(Buffer.alloc(32, 7));
  return [
    {
      name: 'redis paused',
      weight: 2,
      happen: (random) =>
        during(
          random,
          () => redis.pause(),
          () => redis.resume(),
        ),
    },
    {
      name: 'redis killed',
      weight: 1,
      async happen(random) {
        await redis.kill();
        await delay(SHORT * random());
        await redis.restart();
      },
    },
    {
      name: 'redis stalled for one',
      weight: 2,
      async happen(random) {
        const proxy = one(random).redis;
        if (proxy === undefined) return;
        await during(
          random,
          () => proxy.stall('all'),
          () => proxy.resume(),
        );
      },
    },
    {
      name: 'redis dump taken',
      // Old ones have more in them that has changed.
      weight: 0.7,
      async happen() {
        dump = await captureRedis(redis);
      },
    },
    {
      name: 'redis dump restored',
      weight: 3,
      async happen() {
        if (dump !== undefined) await restoreRedis(redis, dump);
      },
    },
    {
      name: 'redis poisoned',
      weight: 3,
      async happen() {
        if (dump === undefined) return;
        const [now] = await postgres.run('select pg_current_snapshot()::text as snapshot');
        const snapshot = String(now?.['snapshot']);
        await poisonRedis(redis, dump, bundle, snapshot, knowsSecret ? secret : madeUp, secret);
      },
    },
    {
      name: 'redis emptied',
      weight: 0.5,
      async happen() {
        await redis.run('flushall');
      },
    },
  ];
}

/** Lets one fault happen after the other, with at most `calm` milliseconds between; counts them by name. */
export async function happenInTurn(
  faults: readonly Fault[],
  calm: number,
  counts: Map<string, number>,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  const total = faults.reduce((sum, { weight }) => sum + weight, 0);
  while (!isOver()) {
    await delay(calm * random());
    let at = random() * total;
    const fault = faults.find(({ weight }) => (at -= weight) < 0);
    if (fault === undefined || isOver()) continue;
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    await fault.happen(random);
  }
}
