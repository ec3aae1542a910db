// All that the server does for a request but deciding it: the same Express application with the same authentication,
// reading, validation, headers and form of the answer. Who is permitted stands fixed, and nothing is recorded:
// `constant-verdict --port PORT --policies FOLDER --facts FILE`, with the key in VELRO_API_KEY.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createPolicyRuntime } from '../../../src/server/bundles/policy-runtime.ts';
import { apiKeyAuthenticator } from '../../../src/server/config/api-key.ts';
import type { DecisionService } from '../../../src/server/decide/decision-service.ts';
import type { EntityService } from '../../../src/server/entities/entity-service.ts';
import { createMemoryFactStore } from '../../../src/server/facts/memory-fact-store.ts';
import { createHttp } from '../../../src/server/http/create-http.ts';
import { listen } from '../../../src/server/http/listen.ts';
import type { EmergencyService } from '../../../src/server/live/emergency-service.ts';
import { folderPolicies } from '../../../src/server/policies/policy-administration.ts';
import type { Ports } from '../../../src/server/ports.ts';
import { SYSTEM_CLOCK } from '../../../src/server/system-clock.ts';
import { createMetrics } from '../../../src/server/telemetry/metrics.ts';
import { worldSources } from '../../../src/server/world/world-sources.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, policies: { type: 'string' }, facts: { type: 'string' } },
});
const runtime = createPolicyRuntime({
  policies: values.policies ?? '',
  facts: values.facts,
  store: createMemoryFactStore(),
  clock: SYSTEM_CLOCK,
  world: worldSources({}),
  color: false,
});
const loaded = await runtime.load({ policies: true, facts: true });
if (!loaded.ok) throw new Error(loaded.findings);
const { version, digest } = runtime.current();

const decide = (): object => ({
  ok: true,
  answer: {
    decision: true,
    context: {
      id: randomUUID(),
      code: 'permitted',
      reason: 'the subject owns the object',
      claims: { permission: 'rbac.role:editor', access: 'ownership.owner' },
      policy: { version, digest },
    },
  },
});
// Of the ports, only these three are asked by what stands before a decision.
const ports = {
  authenticator: apiKeyAuthenticator([{ key: process.env['VELRO_API_KEY'] ?? '', scopes: ['decide'] }]),
  bundles: runtime,
  clock: SYSTEM_CLOCK,
} as unknown as Ports;
const app = createHttp({
  ports,
  decisions: { decide } as unknown as DecisionService,
  emergency: {} as EmergencyService,
  entities: {} as EntityService,
  policies: folderPolicies(''),
  metrics: createMetrics(ports),
  isDraining: () => false,
  isFinishing: () => false,
  log: pino({ level: 'warn' }),
});
await listen(app, '127.0.0.1', Number(values.port));
