import { expect } from 'chai';
import { renderExplanation } from '../../../../src/engine/explain/render.ts';
import type { Obstacle } from '../../../../src/engine/explain/types.ts';
import { type Asking, engineOf, explain } from '../support/ask.ts';
import { asking, DOC, EXPLAINED_FILES } from '../support/explained-bundle.ts';

/** An obstacle in short: kind, name, and why each of its parts cannot be changed. */
function inShort({ kind, name, reasons }: Obstacle): string {
  return `${kind} ${name}: ${reasons.map(({ why }) => why).join(', ')}`;
}

describe('what an explanation names as in the way', () => {
  const engine = engineOf(...EXPLAINED_FILES);

  it('has its place, what it lacks and a sentence for each part', () => {
    const before = asking({ resource: 'doc:reserved', context: { tls: false } }, { 'doc:reserved': DOC });
    const explanation = explain(engine, before);
    expect(explanation.changes).to.equal(null);
    expect(explanation.obstacles).to.deep.equal([
      {
        kind: 'forbid',
        name: 'security.reserved',
        place: '3.velro:8:1',
        missing: [],
        reasons: [
          {
            why: 'identity',
            condition: 'resource.id != "reserved"',
            text: '`resource.id` says what is asked for',
          },
        ],
      },
    ]);
    const text = renderExplanation(explanation, { color: false });
    expect(text).to.include(
      'In the way stands what cannot be changed:\n  - security.reserved  3.velro:8:1\n      `resource.id != "reserved"` does not hold: `resource.id` says what is asked for\n',
    );
  });

  const rows: readonly (readonly [why: string, asking: Asking, obstacles: readonly string[]])[] = [
    ['an undeclared action', asking({ action: 'paint' }), ['action paint: identity']],
    ['a subject that is not there', asking({ subject: 'user:eve' }), ['subject user:eve: identity']],
    ['a resource that is not there', asking({ resource: 'doc:none' }), ['resource doc:none: identity']],
    [
      'a risk that was given',
      asking({ live: { risk: { low: 90, high: 90 } } }),
      ['forbid limits.too_risky: observed'],
    ],
  ];
  for (const [why, question, obstacles] of rows) {
    it(`says so of ${why}`, () => {
      const { changes, obstacles: found, searchEndedEarly } = explain(engine, question);
      expect([changes, found.map(inShort), searchEndedEarly]).to.deep.equal([null, obstacles, false]);
    });
  }

  it('says so of records that could not be loaded', () => {
    const question = asking({});
    const facts = { ...question.facts, 'doc:d': 'unavailable' as const };
    expect(explain(engine, { ...question, facts }).obstacles.map(inShort)).to.include(
      'facts doc:d: no_record',
    );
  });

  it('is nothing where changes are named, and nothing of a permit', () => {
    expect(explain(engine, asking({ context: { tls: false } })).obstacles).to.deep.equal([]);
    expect(explain(engine, asking({})).obstacles).to.deep.equal([]);
  });

  describe('in a small bundle', () => {
    const SCHEMA = `
entity user from table users { live seen: time?, boss: user? }
entity doc from table docs { tags: set<string>, above: doc?, all_above: set<doc> = closure(above, depth 4) }
context { token: string, code: string }
action read on doc by user
require access
`;
    const of = (rule: string, question: Asking = {}): readonly string[] => {
      const small = engineOf(SCHEMA, `layer 3 access version 1 grants access\n${rule}`);
      const facts = { 'user:ann': {}, 'doc:d': { tags: [] } };
      const context = { token: 'x', code: 'x' };
      return explain(small, { facts, context, ...question }).obstacles.map(inShort);
    };

    it('is a signature, which only its source gives', () => {
      const rule =
        'permit signed: any on any when media.token_valid(context.token, "GET", resource.id, subject.id)';
      expect(of(rule, { sources: { 'media.token_valid': () => false } })).to.deep.equal([
        'claim access: source',
      ]);
    });

    it('is what is observed', () => {
      expect(of('permit seen: any on any when has subject.seen and subject.seen > now')).to.deep.equal([
        'claim access: observed',
      ]);
    });

    it('is what follows from other records', () => {
      expect(of('permit below: any on any when resource in resource.all_above')).to.deep.equal([
        'claim access: identity, computed',
      ]);
    });

    it('is what the policy says of every request', () => {
      expect(of('permit everybody: any on any when true\nforbid none: any on any when true')).to.deep.equal([
        'forbid access.none: literal',
      ]);
    });

    it('is a text that nobody makes up from a pattern', () => {
      expect(of('permit coded: any on any when context.code matches r"(?i)[a-f0-9]{9}[k-m]"')).to.deep.equal([
        'claim access: no_value',
      ]);
    });

    it('is what one rule needs and another does not bear', () => {
      const rules = `permit a: any on any when context.code == "a"
forbid not_a: any on any when context.code == "a"`;
      expect(of(rules)).to.deep.equal(['claim access: conflict']);
    });
  });
});
