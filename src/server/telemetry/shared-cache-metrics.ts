import type { CacheStatus } from '../cache/fact-cache.ts';
import type { GuardedLevelStatus } from '../cache/shared/guarded-level.ts';
import { lookedUp } from './looked-up.ts';
import { Counter, type Registry } from './prometheus.ts';

const BREAKERS: readonly GuardedLevelStatus['breaker'][] = ['closed', 'half-open', 'open'];

/** What the levels that instances share hold and do. */
export function registerSharedMetrics(
  registry: Registry,
  cache: { status(): Pick<CacheStatus, 'shared'> },
): void {
  const each = (visit: (level: string, status: GuardedLevelStatus) => void): void => {
    for (const [level, status] of Object.entries(cache.status().shared?.levels ?? {})) visit(level, status);
  };
  lookedUp(registry, 'velro_cache_shared', '1 while instances share slices.', [], (gauge) =>
    gauge.set(cache.status().shared?.isOpen === true ? 1 : 0),
  );
  lookedUp(
    registry,
    'velro_cache_level_breaker',
    'The state of the breaker of a level: 1 for the one it is in.',
    ['level', 'state'],
    (gauge) =>
      each((level, { breaker }) => {
        for (const state of BREAKERS) gauge.set({ level, state }, state === breaker ? 1 : 0);
      }),
  );
  lookedUp(registry, 'velro_cache_level_waiting', 'Slices that wait to be written.', ['level'], (gauge) =>
    each((level, { waiting }) => gauge.set({ level }, waiting)),
  );
  const lookups: Counter<'level' | 'outcome'> = new Counter({
    name: 'velro_cache_level_lookups_total',
    help: 'Slices that a level was asked for, by what came of it.',
    labelNames: ['level', 'outcome'],
    registers: [registry],
    collect() {
      lookups.reset();
      each((level, { counts }) => {
        for (const [outcome, count] of Object.entries(counts)) lookups.inc({ level, outcome }, count);
      });
    },
  });
  const writes: Counter<'level' | 'outcome'> = new Counter({
    name: 'velro_cache_level_writes_total',
    help: 'Slices that were written to a level, given up, or deleted there.',
    labelNames: ['level', 'outcome'],
    registers: [registry],
    collect() {
      writes.reset();
      each((level, { written, unwritten, deleted }) => {
        writes.inc({ level, outcome: 'written' }, written);
        writes.inc({ level, outcome: 'unwritten' }, unwritten);
        writes.inc({ level, outcome: 'deleted' }, deleted);
      });
    },
  });
}
