import type { Ports } from '../ports.ts';
import { registerCacheMetrics } from './cache-metrics.ts';
import { registerDatabaseMetrics } from './database-metrics.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { Counter, Histogram, Registry } from './prometheus.ts';
import { registerStateMetrics } from './state-metrics.ts';

/** What a server counts and measures about itself, in the text format of Prometheus. */
export interface Metrics {
  /** A decision was answered, after so many milliseconds. */
  decided(permitted: boolean, code: string, milliseconds: number): void;
  /** A request was answered with a problem. */
  refused(code: string): void;
  readonly contentType: string;
  readonly expose: () => Promise<string>;
}

/** From a cached decision in memory to the longest that anything may take, in seconds. */
const BUCKETS = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.075, 0.15, 0.5, 1, 5,
];

export function createMetrics(ports: Ports): Metrics {
  const registry = new Registry();
  const decisions = new Counter({
    name: 'velro_decisions_total',
    help: 'Decisions that were answered, by verdict and code.',
    labelNames: ['decision', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'velro_decision_duration_seconds',
    help: 'From the parsed question to its answer, facts and audit log included.',
    buckets: BUCKETS,
    registers: [registry],
  });
  const problems = new Counter({
    name: 'velro_problems_total',
    help: 'Requests that were answered with a problem document, by code.',
    labelNames: ['code'],
    registers: [registry],
  });
  registerStateMetrics(registry, ports);
  registerCacheMetrics(registry, ports);
  registerDatabaseMetrics(registry, ports);
  registerProcessMetrics(registry);

  // Codes are few, and finding the labels anew for each decision costs more than counting it.
  const counted = new Map<string, ReturnType<typeof decisions.labels>>();
  return {
    decided(permitted, code, milliseconds) {
      const decision = permitted ? 'permit' : 'deny';
      const key = `${decision} ${code}`;
      let counter = counted.get(key);
      if (counter === undefined) {
        counter = decisions.labels(decision, code);
        counted.set(key, counter);
      }
      counter.inc();
      duration.observe(milliseconds / 1_000);
    },
    refused: (code) => problems.inc({ code }),
    contentType: registry.contentType,
    expose: () => registry.metrics(),
  };
}
