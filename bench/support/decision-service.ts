import { createSecretKey } from 'node:crypto';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createDecisionService, type DecisionService } from '../../src/server/decide/decision-service.ts';
import type { Clock, FactStore, Ports } from '../../src/server/ports.ts';

/** Decides as a server does; only the records that it would write are not written. */
export function serviceOf(bundle: CheckedBundle, facts: FactStore, clock: Clock): DecisionService {
  const active = { engine: createEngine(bundle), version: '1', digest: 'sha256:bench', loadedAt: 0 };
  const nothing: ReadonlySet<string> = new Set();
  const ports = {
    clock,
    bundles: { current: () => active },
    facts,
    limits: { take: () => new Map(), peek: () => new Map() },
    emergency: { revision: 0, modes: () => new Map(), overridesFor: () => nothing },
    losses: { current: () => nothing, since: () => new Map(), set: () => {} },
    audit: { write: () => undefined },
    world: { sources: {}, status: {} },
  } as unknown as Ports;
  return createDecisionService(ports, { auditSecret: createSecretKey(Buffer.alloc(32, 1)) });
}
