import type { KeyObject } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { createDecisionService } from './decide/decision-service.ts';
import { createEntityService } from './entities/entity-service.ts';
import { createHttp } from './http/create-http.ts';
import { createEmergencyService } from './live/emergency-service.ts';
import type { PolicyAdministration } from './policies/policy-administration.ts';
import type { Ports } from './ports.ts';
import { createMetrics } from './telemetry/metrics.ts';

export interface AppOptions extends Ports {
  readonly policies: PolicyAdministration;
  /** Under which redacted values are hashed. */
  readonly auditSecret: KeyObject;
  readonly log: Logger;
}

export interface App {
  readonly listener: RequestListener;
  /** From now on `/readyz` says 503. */
  drain(): void;
  /** From now on every answer is the last of its connection. */
  finish(): void;
}

/** Puts the parts together. Everything that has an effect comes in from outside. */
export function createApp({ auditSecret, log, policies, ...ports }: AppOptions): App {
  let draining = false;
  let finishing = false;
  const listener = createHttp({
    ports,
    metrics: createMetrics(ports),
    decisions: createDecisionService(ports, { auditSecret }),
    emergency: createEmergencyService(ports),
    entities: createEntityService(ports),
    policies,
    isDraining: () => draining,
    isFinishing: () => finishing,
    log,
  });
  return {
    listener,
    drain() {
      draining = true;
    },
    finish() {
      finishing = true;
    },
  };
}
