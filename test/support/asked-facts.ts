import { pino } from 'pino';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest, Verdict } from '../../src/engine/decide/types.ts';
import { QUIET } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import type { FactStore } from '../../src/server/ports.ts';
import type { Database } from '../../src/server/store/database.ts';
import { loaded } from './generated-case.ts';

/** What a bundle says of facts in a database. */
export interface AskedFacts {
  readonly bundle: CheckedBundle;
  readonly store: FactStore;
  readonly facts: (request: AccessRequest) => Promise<FactView>;
  readonly decide: (request: AccessRequest) => Promise<Verdict>;
}

/** A bundle of one file over a database. */
export function askedFacts(database: Database, text: string): AskedFacts {
  const bundle = loaded([{ path: 'bundle.velro', text }]);
  const engine = createEngine(bundle);
  const store = createDatabaseFactStore({ database, log: pino({ level: 'silent' }) });
  const facts = async (request: AccessRequest): Promise<FactView> => {
    const prepared = engine.prepare(request);
    if (prepared.triple === undefined) throw new Error('the bundle declares no such question');
    return store.load(prepared, prepared.triple, bundle);
  };
  return {
    bundle,
    store,
    facts,
    async decide(request) {
      const prepared = engine.prepare(request);
      return engine.decide(prepared, await facts(request), { live: QUIET, world: { now: 0, sources: {} } });
    },
  };
}

/** A question about a thing. */
export function about(resource: string, type = 'thing', subject = 'someone'): AccessRequest {
  return {
    subject: { type: 'user', id: subject },
    action: { name: 'read' },
    resource: { type, id: resource },
  };
}
