import { lookedUp } from './looked-up.ts';
import { Counter, type Registry } from './prometheus.ts';

/**
 * The process under the names that dashboards know. Those of the library observe collections of garbage for as long as the
 * process lives; these are only looked up.
 */
export function registerProcessMetrics(registry: Registry): void {
  const startedAt = Date.now() / 1_000 - process.uptime();
  lookedUp(registry, 'process_start_time_seconds', 'When the process started.', [], (gauge) =>
    gauge.set(startedAt),
  );
  lookedUp(registry, 'process_resident_memory_bytes', 'Memory of the process.', [], (gauge) =>
    gauge.set(process.memoryUsage.rss()),
  );
  lookedUp(registry, 'nodejs_heap_size_used_bytes', 'Memory of its objects.', [], (gauge) =>
    gauge.set(process.memoryUsage().heapUsed),
  );
  lookedUp(
    registry,
    'nodejs_eventloop_utilization_ratio',
    'The share of its time, since the start, that the event loop was busy.',
    [],
    (gauge) => gauge.set(performance.eventLoopUtilization().utilization),
  );
  const processor: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      processor.reset();
      processor.inc((user + system) / 1_000_000);
    },
  });
}
