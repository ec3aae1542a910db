import { UNKNOWN } from '../../src/dsl/types/values.ts';
import type { FactRecord, FactView } from '../../src/engine/decide/facts.ts';
import {
  type AccessRequest,
  type Circumstances,
  QUIET,
  type Verdict,
} from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createReference, type ReferenceVerdict } from '../../src/engine/reference/reference.ts';
import { HUGE, manyRules, roleOf, type Shape, SMALL, shelfOf, unitOf } from '../support/many-rules.ts';
import { type Candidate, candidate, inMicroseconds, measure, ratio } from '../support/measure.ts';
import { checkSources, factsOf } from '../support/reference.ts';
import { requireSame } from '../support/same-answers.ts';
import type { Suite } from '../support/suite.ts';

const FEW = 100;
const MANY = 10_000;
/** So many different questions are asked in turn. */
const QUESTIONS = 64;

/** Whether it is known which unit the subject is of: if not, forbids of all units may apply. */
type Unit = 'present' | 'missing';

export const manyRulesSuite: Suite = {
  name: 'many-rules',
  summary: 'one decision where a layer has 100 rules and where it has 10,000',
  async run(options) {
    const time = (shape: Shape, unit: Unit) =>
      measure([asking(FEW, shape, unit), asking(MANY, shape, unit)], options);
    const [constantFew, constantMany] = time('constant', 'present');
    const [, constantMissing] = time('constant', 'missing');
    const [growingFew, growingMany] = time('growing', 'present');
    const [, growingMissing] = time('growing', 'missing');
    if (constantFew === undefined || constantMany === undefined || constantMissing === undefined) return [];
    if (growingFew === undefined || growingMany === undefined || growingMissing === undefined) return [];
    return [
      inMicroseconds('many-rules/constant/100', constantFew),
      inMicroseconds('many-rules/constant/10000', constantMany),
      ratio('many-rules/constant/10000-times-100', constantMany, constantFew, { atMost: 2 }),
      inMicroseconds('many-rules/constant/10000-missing', constantMissing),
      inMicroseconds('many-rules/growing/100', growingFew),
      inMicroseconds('many-rules/growing/10000', growingMany, { atMost: 12 }),
      inMicroseconds('many-rules/growing/10000-missing', growingMissing, { atMost: 30 }),
    ];
  },
};

/** Asks questions of a bundle with so many rules; some are permitted, some forbidden, most neither. */
function asking(count: number, shape: Shape, unit: Unit): Candidate {
  const bundle = checkSources(manyRules(count, shape));
  const engine = createEngine(bundle);
  const facts = factsFor(count, shape, unit);
  const circumstances: Circumstances = { live: QUIET, world: { now: 0, sources: {} } };
  const requests = Array.from(
    { length: QUESTIONS },
    (_, index): AccessRequest => ({
      subject: { type: 'user', id: `user-${index}` },
      action: { name: 'read' },
      resource: { type: 'doc', id: `document-${index}` },
    }),
  );
  const decide = (request: AccessRequest) => engine.decide(engine.prepare(request), facts, circumstances);
  const reference = createReference(bundle.files);
  for (const request of requests.slice(0, 16)) {
    const expected = reference.decide(engine.prepare(request), facts, circumstances);
    requireSame(request, outlineOf(decide(request)), outlineOf(expected));
  }
  const texts = requests.map((request) => JSON.stringify(request));
  return candidate(
    `${count} rules`,
    (wanted) =>
      Array.from(
        { length: wanted },
        (_, index) => JSON.parse(texts[index % QUESTIONS] ?? '') as AccessRequest,
      ),
    decide,
  );

  function factsFor(rules: number, of: Shape, known: Unit): FactView {
    const lines = Array.from({ length: QUESTIONS }, (_, question) => {
      // Each question is about what one rule speaks of.
      const index = (question * 157) % rules;
      const size = [SMALL, 500, HUGE][question % 3];
      return [
        {
          line: 0,
          type: 'user',
          id: `user-${question}`,
          attributes: {
            unit: unitOf(index, rules, of),
            roles: [...new Set([roleOf(index), roleOf(index + 16)])],
          },
        },
        {
          line: 0,
          type: 'doc',
          id: `document-${question}`,
          attributes: { owner: 'user-0', shelf: shelfOf(index), size },
        },
      ];
    }).flat();
    const view = factsOf(lines, bundle);
    if (known === 'present') return view;
    // A row of somebody else's table without its unit: that it has none is unknown.
    const records = new Map<string, FactRecord>();
    for (const { type, id } of lines) {
      const record = view.record(type, id);
      if (type === 'user' && record) records.set(id, { attributes: { ...record.attributes, unit: UNKNOWN } });
    }
    return { record: (type, id) => (type === 'user' ? (records.get(id) ?? null) : view.record(type, id)) };
  }
}

function outlineOf({ permitted, code, cause, claim }: Verdict | ReferenceVerdict): unknown {
  return { permitted, code, cause: cause && `${cause.layer}.${cause.rule}`, claim };
}
