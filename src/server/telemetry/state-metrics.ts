import type { Ports } from '../ports.ts';
import { lookedUp } from './looked-up.ts';
import { Counter, type Registry } from './prometheus.ts';

/** Which policy answers, what is lost, and how the audit log is doing. */
export function registerStateMetrics(
  registry: Registry,
  { audit, bundles, facts, losses }: Pick<Ports, 'audit' | 'bundles' | 'facts' | 'losses'>,
): void {
  lookedUp(registry, 'velro_policy_info', 'The bundle that answers.', ['version', 'digest'], (gauge) => {
    const { version, digest } = bundles.current();
    gauge.set({ version, digest }, 1);
  });
  lookedUp(registry, 'velro_policy_loaded_timestamp_seconds', 'When it was loaded.', [], (gauge) =>
    gauge.set(bundles.current().loadedAt / 1_000),
  );
  lookedUp(registry, 'velro_facts_records', 'Records of facts in memory.', [], (gauge) => {
    const records = facts.size();
    if (records !== undefined) gauge.set(records);
  });
  lookedUp(
    registry,
    'velro_dependency_lost',
    '1 for each dependency that is lost.',
    ['dependency'],
    (gauge) => {
      for (const dependency of losses.current()) gauge.set({ dependency }, 1);
    },
  );
  lookedUp(registry, 'velro_audit_waiting', 'Audit records that wait to be stored.', [], (gauge) =>
    gauge.set(audit.status().waiting),
  );
  for (const [outcome, help] of [
    ['written', 'Audit records that were stored.'],
    ['lost', 'Audit records that could not be stored.'],
  ] as const) {
    const counter: Counter = new Counter({
      name: `velro_audit_${outcome}_total`,
      help,
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(audit.status()[outcome]);
      },
    });
  }
}
