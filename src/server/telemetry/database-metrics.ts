import type { Ports } from '../ports.ts';
import type { PoolState, PoolStatus } from '../store/database.ts';
import { lookedUp } from './looked-up.ts';
import type { Registry } from './prometheus.ts';

const STATES: readonly PoolState[] = ['healthy', 'degraded', 'critical', 'open'];

/** How every pool of connections is doing. */
export function registerDatabaseMetrics(registry: Registry, { database }: Pick<Ports, 'database'>): void {
  const eachPool = (visit: (pool: string, status: PoolStatus) => void): void => {
    for (const [pool, status] of Object.entries(database.status().pools)) visit(pool, status);
  };
  lookedUp(
    registry,
    'velro_pool_state',
    'The state of a pool: 1 for the one it is in.',
    ['pool', 'state'],
    (gauge) =>
      eachPool((pool, { state }) => {
        for (const one of STATES) gauge.set({ pool, state: one }, one === state ? 1 : 0);
      }),
  );
  lookedUp(registry, 'velro_pool_connections', 'Connections of a pool.', ['pool', 'use'], (gauge) =>
    eachPool((pool, { connections, idle }) => {
      gauge.set({ pool, use: 'idle' }, idle);
      gauge.set({ pool, use: 'busy' }, connections - idle);
    }),
  );
  lookedUp(registry, 'velro_pool_connections_max', 'Connections that a pool may have.', ['pool'], (gauge) =>
    eachPool((pool, { most }) => gauge.set({ pool }, most)),
  );
  lookedUp(registry, 'velro_pool_waiting', 'Uses that wait for a connection.', ['pool'], (gauge) =>
    eachPool((pool, { waiting }) => gauge.set({ pool }, waiting)),
  );
  lookedUp(registry, 'velro_pool_probe_seconds', 'What the last probe of a pool took.', ['pool'], (gauge) =>
    eachPool((pool, { latency }) => {
      if (latency !== undefined) gauge.set({ pool }, latency / 1_000);
    }),
  );
  lookedUp(
    registry,
    'velro_replica_behind_seconds',
    'What was committed so long ago is on the replica for certain.',
    [],
    (gauge) => {
      const behind = database.status().replica?.behind;
      if (behind !== undefined) gauge.set(behind / 1_000);
    },
  );
}
