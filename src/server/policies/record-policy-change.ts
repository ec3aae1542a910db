import { EXPIRED, within } from '../decide/deadline.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { RefusedVersion } from './policy-follower.ts';
import type { StoredActivation } from './policy-records.ts';
import type { RecordPolicyChange } from './policy-service.ts';

/** Recording a change may take so many milliseconds. */
const AUDIT_TIMEOUT = 5_000;
/** So many changes of a bundle are named in a line. */
const NAMED = 50;

/** Writes what operators do with policies into the audit log, durably and at `critical`. */
export function recordPolicyChanges(audit: AuditLog, clock: Clock): RecordPolicyChange {
  return async (change, { id, about }, details) => {
    const storing = audit.write({
      durable: true,
      record: {
        time: new Date(clock.now()).toISOString(),
        level: 'critical',
        kind: 'policy',
        change,
        ...(about === undefined ? {} : { requestId: about.requestId }),
        ...(about?.traceId === undefined ? {} : { traceId: about.traceId }),
        caller: id,
        ...details,
      },
    });
    try {
      return storing === undefined || (await within(storing, AUDIT_TIMEOUT)) !== EXPIRED;
    } catch {
      return false;
    }
  };
}

/** Notes in the log of a process that it answers by another version from here on, whoever activated it wherever. */
export function recordLoaded(audit: AuditLog, clock: Clock, activation: StoredActivation): void {
  const { id, kind, version, digest, previous, by, at, changes } = activation;
  void audit.write({
    durable: false,
    record: {
      time: new Date(clock.now()).toISOString(),
      level: 'critical',
      kind: 'policy',
      change: 'load',
      activation: { id, kind, by, at },
      version,
      digest,
      ...(previous === undefined ? {} : { previous }),
      changes: { ...changes, list: changes.list.slice(0, NAMED) },
    },
  });
}

/** Notes that it does not, and why. */
export function recordRefused(
  audit: AuditLog,
  clock: Clock,
  { version, code, detail }: RefusedVersion,
): void {
  void audit.write({
    durable: false,
    record: {
      time: new Date(clock.now()).toISOString(),
      level: 'critical',
      kind: 'policy',
      change: 'refuse',
      version,
      code,
      detail: detail.slice(0, 1_000),
    },
  });
}
