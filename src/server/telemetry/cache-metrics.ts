import type { CacheStatus } from '../cache/fact-cache.ts';
import type { Ports } from '../ports.ts';
import { lookedUp } from './looked-up.ts';
import { Counter, type Registry } from './prometheus.ts';
import { registerSharedMetrics } from './shared-cache-metrics.ts';

/** What the cache of facts holds and does; nothing without one. */
export function registerCacheMetrics(registry: Registry, { cache }: Pick<Ports, 'cache'>): void {
  if (cache === undefined) return;
  lookedUp(registry, 'velro_cache_entries', 'Slices of facts that are kept.', [], (gauge) =>
    gauge.set(cache.status().entries),
  );
  lookedUp(registry, 'velro_cache_bytes', 'About what they take of memory.', [], (gauge) =>
    gauge.set(cache.status().bytes),
  );
  lookedUp(registry, 'velro_cache_trusted', '1 while kept facts may be used.', [], (gauge) =>
    gauge.set(cache.status().isTrusted ? 1 : 0),
  );
  lookedUp(
    registry,
    'velro_cache_beat_seconds',
    'Since the newest heartbeat that came back was sent: of what was committed before, every change has been told of.',
    [],
    (gauge) => {
      const { behind } = cache.status();
      if (behind !== undefined) gauge.set(behind / 1_000);
    },
  );
  const requests: Counter<'outcome'> = new Counter({
    name: 'velro_cache_requests_total',
    help: 'Questions by how their facts came to be known.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      requests.reset();
      for (const [outcome, count] of Object.entries(cache.status().counts.requests))
        requests.inc({ outcome }, count);
    },
  });
  const misses: Counter<'reason'> = new Counter({
    name: 'velro_cache_misses_total',
    help: 'Questions whose facts were loaded, by why kept ones did not serve.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      misses.reset();
      for (const [reason, count] of Object.entries(cache.status().counts.misses))
        misses.inc({ reason }, count);
    },
  });
  for (const [name, help, count] of COUNTERS) {
    const counter: Counter = new Counter({
      name: `velro_cache_${name}_total`,
      help,
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(count(cache.status()));
      },
    });
  }
  if (cache.status().shared !== undefined) registerSharedMetrics(registry, cache);
}

const COUNTERS: readonly (readonly [string, string, (status: CacheStatus) => number])[] = [
  ['changes', 'Changes of facts that were told of.', ({ changes }) => changes],
  ['evictions', 'Slices that were dropped to make room.', ({ evicted }) => evicted],
  ['gaps', 'Times that changes may have been missed, the start among them.', ({ gaps }) => gaps],
  ['invalidations', 'Slices that were dropped because of a change.', ({ invalidated }) => invalidated],
  ['loads', 'Statements that loaded facts to keep.', ({ counts }) => counts.loads],
  [
    'refused',
    'Loads that were not kept: too large, or without a change that was told of meanwhile.',
    ({ counts }) => counts.notKept,
  ],
  ['refreshes', 'Loads ahead of time.', ({ counts }) => counts.refreshes],
  ['too_old', 'Kept facts that were too old for the verdict that they gave.', ({ counts }) => counts.tooOld],
  [
    'warmed',
    'Loads of the hottest questions after a start or another bundle.',
    ({ counts }) => counts.warmed,
  ],
];
