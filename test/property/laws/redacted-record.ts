import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { CheckedBundle } from '../../../src/dsl/check/bundle.ts';
import { createDecisionEntries } from '../../../src/server/audit/decision-entry.ts';
import { createValueHash } from '../../../src/server/audit/value-hash.ts';
import type { ActiveBundle } from '../../../src/server/ports.ts';
import { decisionRecord } from '../../support/decision-record.ts';
import type { Law } from '../../support/law-pass.ts';

const hashValue = createValueHash(createSecretKey(Buffer.alloc(32, 5)));
const RECORDED = { level: 'info', durable: false, sample: 100 } as const;
const ABOUT = { requestId: 'a "request"', traceId: undefined, caller: undefined };

/** The record of a decision, of which nothing is made that is redacted, is the whole one once that is redacted. */
export const redactedRecord: Law = {
  name: 'the record of a decision is the whole one, redacted',
  aboutRequests: true,
  premises: { hashed: 0.2, dropped: 0.5, supplied: 5, illTyped: 1 },
  check({ asked, bundle }, tally) {
    const entryOf = createDecisionEntries(hashValue);
    const active = activeOf(bundle);
    const drops = bundle.redactions.some(({ method }) => method === 'drop');
    for (const { question, verdict } of asked) {
      const { request } = question;
      const facts = { id: 'an id', verdict, request, bundle: active, about: ABOUT, now: 1_767_607_200_007 };
      // What an override decided is written at a level of its own.
      const level = verdict.overrides.length > 0 ? 'critical' : RECORDED.level;
      const text = JSON.stringify(decisionRecord(facts, level, hashValue));
      expect(JSON.stringify(entryOf(facts)?.record)).to.equal(text);
      tally.request(verdict.permitted);
      if (text.includes('hmac-sha256:')) tally.note('hashed');
      if (drops) tally.note('dropped');
      if (text.includes('"attributes":')) tally.note('supplied');
      if (request.illTyped.length > 0) tally.note('illTyped');
    }
  },
};

/** The bundle as one that answers, and by which everything is recorded. */
function activeOf(bundle: CheckedBundle): ActiveBundle {
  const policies = bundle.policies.map((one) => ({ ...one, audit: { permit: RECORDED, deny: RECORDED } }));
  const engine = { bundle: { ...bundle, policies } } as unknown as ActiveBundle['engine'];
  return { engine, version: '1.2', digest: 'sha256:0', loadedAt: 0 };
}
