import { expect } from 'chai';
import {
  agree,
  type BothEvaluators,
  countingAbilities,
  differences,
  hasUnavailable,
  outlineOf,
  type Question,
} from '../../support/decide-both.ts';
import type { Law } from '../../support/law-pass.ts';

/** A limit counts a request just where the interpreter does not stop it for what it does not know. */
function expectCounted({ question, both }: { question: Question; both: BothEvaluators }): number {
  const { request, facts, circumstances } = question;
  const outcomes = both.interpretedOutcomes(question);
  const uses = both.engine.limitUses(request, facts, circumstances);
  for (const { limit, bucket, rate } of uses) {
    const stops =
      bucket === undefined || (rate !== undefined && circumstances.live.exhausted.has(limit.name));
    expect(outcomes.get(`${limit.layer.name}.${limit.name}`), limit.name).to.equal(stops);
  }
  return uses.length;
}

/** The compiled path decides as the interpreter of the text does, condition by condition. */
export const compiledEqualsReference: Law = {
  name: 'the compiled path decides as the reference interpreter does',
  aboutRequests: true,
  premises: {
    conditions: 20,
    limits: 2,
    'found by literals': 0.2,
    'asked abilities': 10,
    forbidden: 2,
    claim_missing: 1,
    limit_exceeded: 0.1,
    unknown_action: 0.1,
    unknown_subject: 0.1,
    unknown_resource: 0.1,
    resource_exists: 0.05,
    facts_unavailable: 0.02,
  },
  check({ asked, both }, tally) {
    for (const { scenario, question } of asked) {
      const interpretedOutcomes = both.interpretedOutcomes(question);
      const apart = differences(both.compiledOutcomes(question), interpretedOutcomes);
      if (apart.length > 0) throw new Error(apart.join('\n'));
      const interpreted = outlineOf(both.interpreted(question));
      const { result, asked: asks } = countingAbilities(() => both.compiled(question));
      const compiled = outlineOf(result);
      if (!agree(compiled, interpreted, hasUnavailable(scenario)))
        throw new Error(`compiled: ${JSON.stringify(compiled)}\nreference: ${JSON.stringify(interpreted)}`);
      tally.request(compiled.permitted);
      tally.note('limits', expectCounted({ question, both }));
      tally.note('conditions', interpretedOutcomes.size);
      if (asks > 0) tally.note('asked abilities');
      tally.note(compiled.code);
      if (both.isIndexed(question)) tally.note('found by literals');
    }
  },
};
