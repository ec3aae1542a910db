import { expect } from 'chai';
import { lowerLayer } from '../../../../src/engine/abilities/lower-layer.ts';
import type { LoweredRule } from '../../../../src/engine/abilities/lowered-rule.ts';
import { isGateable, valueGate } from '../../../../src/engine/abilities/value-gate.ts';
import { Compiler } from '../../../../src/engine/compile/compiler.ts';
import { DecisionInput } from '../../../../src/engine/compile/decision-input.ts';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import { createReference } from '../../../../src/engine/reference/reference.ts';
import { bundleOf, questionOf } from '../support/ask.ts';

const BUNDLE = bundleOf(
  `entity user from table users { name: string }
entity doc from table docs { title: string }
context { door: string, key: string
  visit: { place: string } }
action read, write on doc by user
require access
`,
  `layer 1 names version 1
forbid short: any on any unless string.length(subject.id) > 1 and string.length(resource.id) > 1
forbid loud: any on any when string.ends_with(subject.id, "!") or string.ends_with(context.door, "!")
forbid asked: any on any unless string.length(context.key) > 1
forbid away: any on any when string.starts_with(context.visit.place, "far")
forbid both: write on doc when string.ends_with(resource.id, "?") or string.ends_with(resource.id, "!")
forbid named: any on any when string.ends_with(subject.name, "!")
forbid later: any on any when string.ends_with(subject.id, "?") and context.door == "b"
`,
  `layer 2 main version 1 grants access
permit anybody: any on any when true
`,
);

const IDS = ['x', 'ann', 'bo!', 'cy?'];
const DOORS = ['a', 'b', 'b!', undefined];
const KEYS = ['k', 'kk', undefined];
const PLACES = ['far off', 'near', undefined];

/** Asks everything that these values make up. */
function askAll(engine: Engine, check: (asked: ReturnType<typeof questionOf>) => void): void {
  for (const action of ['read', 'write'])
    for (const subject of IDS)
      for (const resource of IDS)
        for (const door of DOORS)
          for (const key of KEYS)
            for (const place of PLACES) {
              const context = { door, key, visit: { place } };
              const asking = { subject: `user:${subject}`, action, resource: `doc:${resource}`, context };
              const facts = { [`user:${subject}`]: { name: resource }, [`doc:${resource}`]: { title: 'T' } };
              check(questionOf(engine, { ...asking, facts }));
            }
}

describe('valueGate', () => {
  const engine = createEngine(BUNDLE);
  const compiler = new Compiler(BUNDLE);
  const [names] = BUNDLE.layers;
  const rules = names === undefined ? [] : lowerLayer(names, BUNDLE, compiler).rules;

  it('is for choices of conditions, each on one value of the request', () => {
    const gateable = rules.filter(isGateable).map(({ name }) => name.rule);
    expect(gateable).to.deep.equal(['short', 'loud', 'asked', 'away', 'both']);
  });

  it('passes exactly the questions to which one of the rules may apply', () => {
    const gates = new Map<
      string,
      { readonly rules: readonly LoweredRule[]; readonly pass: ReturnType<typeof valueGate> }
    >();
    for (const triple of BUNDLE.triples) {
      const asked = rules.filter((rule) => isGateable(rule) && rule.triples.includes(triple));
      gates.set(triple.action, { rules: asked, pass: valueGate(asked, compiler) });
    }
    const outcomes = { passed: 0, stopped: 0 };
    askAll(engine, ({ request, facts, circumstances }) => {
      const gate = gates.get(request.action);
      const input = new DecisionInput(request, facts, circumstances, 'doc|user', false, () => ({
        low: 0,
        high: 0,
      }));
      const applies = gate?.rules.some((rule) => rule.applies(input));
      expect(gate?.pass(input)).to.equal(applies);
      outcomes[applies === true ? 'passed' : 'stopped'] += 1;
    });
    expect(outcomes.passed).to.be.greaterThan(100);
    expect(outcomes.stopped).to.be.greaterThan(10);
  });

  it('leaves every verdict as the reference interpreter says', () => {
    const reference = createReference(BUNDLE.files);
    const causes = new Set<string | undefined>();
    askAll(engine, ({ request, facts, circumstances }) => {
      const { code, cause } = engine.decide(request, facts, circumstances);
      const expected = reference.decide(request, facts, circumstances);
      expect({ code, cause }).to.deep.equal({ code: expected.code, cause: expected.cause });
      causes.add(cause?.rule);
    });
    expect([...causes]).to.have.members([
      'short',
      'loud',
      'asked',
      'away',
      'both',
      'named',
      'later',
      undefined,
    ]);
  });
});
