import { expect } from 'chai';
import type { World } from '../../../../src/dsl/builtins/builtin.ts';
import type { CheckedExpression } from '../../../../src/dsl/check/checked.ts';
import type { Outcome } from '../../../../src/dsl/types/values.ts';
import { Compiler } from '../../../../src/engine/compile/compiler.ts';
import { DecisionInput } from '../../../../src/engine/compile/decision-input.ts';
import { pathText } from '../../../../src/engine/compile/path-text.ts';
import { rememberedPath } from '../../../../src/engine/compile/remembered-path.ts';
import { createEngine } from '../../../../src/engine/engine.ts';
import { type Asking, bundleOf, decide, engineOf, questionOf } from '../support/ask.ts';

const SCHEMA = `
entity user from table users { name: string, names: list<string> = [] }
entity doc from table docs { name: string, pages: int }
context { ip: ip?, label: string? }
action read on doc by user
require access
`;

function engineWith(condition: string) {
  return engineOf(
    SCHEMA,
    `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`,
  );
}

function conditionOf(text: string): CheckedExpression {
  const condition = engineWith(text).bundle.layers[0]?.rules[0]?.cases[0]?.condition;
  if (condition === undefined) throw new Error('the rule has no condition');
  return condition;
}

const V4 = '919108f7-52d1-4320-9bac-f847db4148a8';
const V7 = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';

describe('conditions on the value of one path', () => {
  const rows: readonly (readonly [condition: string, path: string | undefined])[] = [
    ['uuid.version(subject.id) == 4', 'subject.id'],
    ['uuid.version(subject.id) == 4 or uuid.version(subject.id) == 7', 'subject.id'],
    ['not string.starts_with(string.lower(resource.name), "a")', 'resource.name'],
    ['resource.name matches "a+"', 'resource.name'],
    ['any n in [cidr("10.0.0.0/8"), cidr("192.0.2.0/24")]: (context.ip in n)', 'context.ip'],
    ['has uuid.timestamp(subject.id)', 'subject.id'],
    // Nothing to spare.
    ['subject.name == "a"', undefined],
    ['resource.pages > 3', undefined],
    // More than one path, or more than the value.
    ['string.lower(subject.name) == string.lower(resource.name)', undefined],
    ['has uuid.timestamp(subject.id) and uuid.timestamp(subject.id) > now', undefined],
    ['has geo.country(context.ip)', undefined],
    ['any n in subject.names: (string.lower(n) == "a")', undefined],
  ];
  for (const [condition, path] of rows) {
    it(`${condition}: ${path === undefined ? 'not remembered' : `remembered by ${path}`}`, () => {
      const found = rememberedPath(conditionOf(condition));
      expect(found === undefined ? undefined : pathText(found)).to.equal(path);
    });
  }

  it('are remembered for the value, not for the request', () => {
    const engine = engineWith(
      'uuid.is_valid(subject.id) and uuid.version(subject.id) == 4 and uuid.version(resource.id) == 7',
    );
    const permitted = (subject: string, resource: string): boolean =>
      decide(engine, {
        subject: `user:${subject}`,
        resource: `doc:${resource}`,
        facts: { [`user:${subject}`]: { name: 'n' }, [`doc:${resource}`]: { name: 'n', pages: 1 } },
      }).permitted;
    for (let round = 0; round < 3; round += 1) {
      expect([permitted(V4, V7), permitted(V7, V7), permitted(V4, V4), permitted('none', V7)]).to.deep.equal([
        true,
        false,
        false,
        false,
      ]);
    }
  });

  it('run until a value comes back, however often it is asked about', () => {
    let runs = 0;
    const engine = engineWith('string.lower(resource.name) == "b"');
    const condition = engine.bundle.layers[0]?.rules[0]?.cases[0]?.condition;
    if (condition?.kind !== 'comparison' || condition.left.kind !== 'call')
      throw new Error('another condition');
    const { builtin } = condition.left;
    const counted = (args: Parameters<NonNullable<typeof builtin.evaluate>>[0], world: World): Outcome => {
      runs += 1;
      return builtin.evaluate?.(args, world);
    };
    const counting: CheckedExpression = {
      ...condition,
      left: { ...condition.left, builtin: { ...builtin, evaluate: counted } },
    };
    const holds = new Compiler(engine.bundle).certainly(counting);
    const ask = (name: string): boolean => {
      const { request, facts, circumstances } = questionOf(engine, {
        facts: { 'user:ann': { name: 'n' }, 'doc:d': { name, pages: 1 } },
      });
      return holds(
        new DecisionInput(request, facts, circumstances, 'doc|user', false, () => ({ low: 0, high: 0 })),
      );
    };
    const answers = ['B', 'B', 'a', 'B', 'a', 'a', 'B'].map(ask);
    expect(answers).to.deep.equal([true, true, false, true, false, false, true]);
    // When a value first comes, and when it is remembered; of the two formulas only the one that is asked for.
    expect(runs).to.equal(4);
  });

  it('know what is unknown of a value', () => {
    const denied = engineOf(
      SCHEMA,
      'layer 1 main version 1 grants access\npermit everybody: read on doc when true\n',
      'layer 2 guard version 1\nforbid odd: read on doc when uuid.variant(subject.id) != "rfc"\n',
    );
    const asking = (id: string): Asking => ({
      subject: `user:${id}`,
      facts: { [`user:${id}`]: { name: 'n' }, 'doc:d': { name: 'n', pages: 1 } },
    });
    for (let round = 0; round < 2; round += 1) {
      expect(decide(denied, asking(V4)).permitted).to.equal(true);
      expect(decide(denied, asking('no uuid')).permitted).to.equal(false);
    }
  });

  it('tell the variable of a quantifier over values from one over literals', () => {
    const engine = engineWith(
      'any x in subject.names: (any y in ["a", "b"]: (x == y and string.lower(resource.name) == "doc"))',
    );
    const permitted = (names: readonly string[], name: string): boolean =>
      decide(engine, { facts: { 'user:ann': { name: 'n', names }, 'doc:d': { name, pages: 1 } } }).permitted;
    expect([
      permitted(['c'], 'doc'),
      permitted(['a'], 'doc'),
      permitted(['c', 'b'], 'DOC'),
      permitted(['c'], 'doc'),
      permitted(['a'], 'x'),
    ]).to.deep.equal([false, true, true, false, false]);
  });

  it('are not remembered for texts that are long', () => {
    const engine = engineWith('has context.label and string.ends_with(context.label, "z")');
    const permitted = (label: string): boolean =>
      decide(engine, {
        context: { label },
        facts: { 'user:ann': { name: 'n' }, 'doc:d': { name: 'n', pages: 1 } },
      }).permitted;
    const long = 'a'.repeat(5_000);
    expect([
      permitted(`${long}z`),
      permitted(`${long}y`),
      permitted(`${long}z`),
      permitted('z'),
      permitted('y'),
    ]).to.deep.equal([true, false, true, true, false]);
  });

  it('become functions of the value', () => {
    const asked = (condition: string) => {
      const layer = `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`;
      const engine = createEngine(bundleOf(SCHEMA, layer), { writeAfter: 0 });
      return (name: string, ip: string): boolean =>
        decide(engine, {
          context: { ip },
          facts: { 'user:ann': { name: 'n' }, 'doc:d': { name, pages: 1 } },
        }).permitted;
    };
    const many = Array.from({ length: 700 }, (_, at) => `string.lower(resource.name) == "x${at}"`);
    const answers: readonly (readonly [
      condition: string,
      of: Parameters<ReturnType<typeof asked>>,
      boolean,
    ])[] = [
      [
        'has context.ip and (any n in [cidr("10.0.0.0/8"), cidr("fc00::/7")]: (context.ip in n))',
        ['n', '10.1.2.3'],
        true,
      ],
      [
        'has context.ip and (any n in [cidr("10.0.0.0/8"), cidr("fc00::/7")]: (context.ip in n))',
        ['n', '11.1.2.3'],
        false,
      ],
      [
        'has context.ip and (every n in [cidr("10.0.0.0/8"), cidr("10.1.0.0/16")]: (context.ip in n))',
        ['n', '10.2.2.3'],
        false,
      ],
      [
        'any x in ["a", "b"]: (string.ends_with(resource.name, x) and resource.name matches "..+")',
        ['cb', '::1'],
        true,
      ],
      [
        'any x in ["a", "b"]: (string.ends_with(resource.name, x) and resource.name matches "..+")',
        ['b', '::1'],
        false,
      ],
      ['resource.name matches "a+"', ['aaa', '::1'], true],
      ['resource.name matches "a+"', ['aab', '::1'], false],
      ['uuid.version(resource.name) == 4 and uuid.entropy(resource.name) > 3.0', [V4, '::1'], true],
      ['uuid.version(resource.name) == 4 and uuid.entropy(resource.name) > 3.0', ['none', '::1'], false],
      ['not (uuid.version(resource.name) != 4)', ['none', '::1'], false],
      // Too large to be written.
      [many.join(' or '), ['X699', '::1'], true],
      [many.join(' or '), ['X700', '::1'], false],
    ];
    for (const [condition, of, expected] of answers)
      expect(asked(condition)(...of), `${condition.slice(0, 80)} of ${of.join(', ')}`).to.equal(expected);
  });
});
