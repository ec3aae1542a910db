import { expect } from 'chai';
import type { CheckedExpression } from '../../../../src/dsl/check/checked.ts';
import { bundleOf, codesOf, ruleOf } from './schema.ts';

const conditionIn = (declarations: string): CheckedExpression | undefined =>
  ruleOf(bundleOf(declarations), 'p').cases[0]?.condition;

describe('lets', () => {
  it('are one object wherever they mean the same, across rules too', () => {
    const declarations = `let mine = resource.author == subject
permit p: read on document by user when mine or subject.active and mine
permit q: update on document when mine`;
    const bundle = bundleOf(declarations);
    const p = ruleOf(bundle, 'p').cases[0]?.condition;
    const q = ruleOf(bundle, 'q').cases[0]?.condition;
    expect(p?.kind === 'or' && p.operands[0]).to.equal(q);
    expect(p?.kind === 'or' && p.operands[1]?.kind === 'and' && p.operands[1].operands[1]).to.equal(q);
  });

  it('hold values of any type', () => {
    const declarations = `let minutes = 15m
let boss = subject.manager
let open = visibility.public
permit p: read on document by user when now - resource.at < minutes and boss == resource.author and resource.visibility == open`;
    expect(codesOf(declarations)).to.deep.equal([]);
  });

  it('take arguments of the declared types, integers for floats too', () => {
    const lets = 'let above(limit: float, who: user) = resource.rating > limit and who.active\n';
    const rule = (call: string): string => `${lets}permit p: read on document by user when ${call}`;
    expect(codesOf(rule('above(3, subject)'))).to.deep.equal([]);
    expect(codesOf(rule('above(3, resource.author)'))).to.deep.equal([]);
    expect(codesOf(rule('above("3", subject)'))).to.deep.equal(['VEL2020']);
    expect(codesOf(rule('above(3)'))).to.deep.equal(['VEL2027']);
    expect(codesOf(rule('above'))).to.deep.equal(['VEL2043']);
  });

  it('read members of enums in arguments', () => {
    const lets = 'let shown(as: visibility) = resource.visibility == as\n';
    expect(codesOf(`${lets}permit p: read on document by user when shown(public)`)).to.deep.equal([]);
  });

  it('know their parameters and no variables around them', () => {
    const lets = 'let sees = r == subject\n';
    const rule = 'permit p: read on document by user when any r in resource.readers: (sees)';
    expect(codesOf(lets + rule)).to.deep.equal(['VEL2002']);
    expect(codesOf(`let sees(r: user) = r == subject\n${rule.replace('sees', 'sees(r)')}`)).to.deep.equal([]);
  });

  it('keep the variables of quantifiers apart, however they are nested by expansion', () => {
    const condition = conditionIn(`let knows(who: user) = any t in subject.teams: (t.lead == who)
permit p: read on document by user when any r in resource.readers: (knows(r))`);
    const inner = condition?.kind === 'quantifier' ? condition.body : undefined;
    expect(condition).to.include({ kind: 'quantifier', slot: 0 });
    expect(inner).to.include({ kind: 'quantifier', slot: 1 });
    expect(inner?.kind === 'quantifier' && inner.body.kind === 'comparison' && inner.body.right).to.include({
      kind: 'local',
      slot: 0,
    });
  });

  it('count towards the depth of quantifiers', () => {
    const lets = `let one = any a in resource.readers: (a == subject)
let two = any b in resource.readers: (one)
let three = any c in resource.readers: (two)
`;
    const four = 'let four = any d in resource.readers: (three)\n';
    expect(codesOf(`${lets}permit p: read on document by user when three`)).to.deep.equal([]);
    expect(codesOf(`${lets}${four}permit p: read on document by user when four`)).to.deep.equal(['VEL3014']);
  });

  it('may not hide what has a name already, nor share a name', () => {
    expect(codesOf('let subject = 1')).to.deep.equal(['VEL2008']);
    expect(codesOf('let a = 1\nlet a = 2')).to.deep.equal(['VEL2001']);
    expect(codesOf('let a = 1\nlet f(a: int) = a > 1')).to.deep.equal(['VEL2012']);
    expect(codesOf('let f(a: int, a: int) = a > 1')).to.deep.equal(['VEL2001']);
    expect(
      codesOf('let public = 1\npermit p: read on document by user when resource.visibility == public'),
    ).to.deep.equal(['VEL2007']);
    expect(
      codesOf('let user(id: string) = id == "x"\npermit p: read on document by user when user("x")'),
    ).to.deep.equal(['VEL2007']);
  });

  it('that go round in a circle are reported once, and what uses them not again', () => {
    const declarations = `let a = b or subject.active
let b = c
let c = a
permit p: read on document by user when a and b and c`;
    expect(codesOf(declarations)).to.deep.equal(['VEL3010']);
    expect(codesOf('let a = not a')).to.deep.equal(['VEL3010']);
  });

  it('are checked even if nothing uses them, for some declared triple', () => {
    expect(codesOf('let fast = has action.fast and action.fast')).to.deep.equal([]);
    expect(codesOf('let labelled = resource.label == "x"')).to.deep.equal([]);
    expect(codesOf('let labelled = resource.lable == "x"')).to.deep.equal(['VEL2003']);
    expect(codesOf('let above(limit: int) = resource.pages > limit')).to.deep.equal([]);
    expect(codesOf('let above(limit: int) = resource.pages > limti')).to.deep.equal(['VEL2002']);
  });

  it('name the rule that uses them when something is wrong only there', () => {
    const declarations = `let shown = resource.visibility == public
permit p: read on document, folder by user when shown`;
    expect(codesOf(declarations)).to.deep.equal(['VEL2003']);
  });

  it('cannot make a condition explode: size is counted with every let written out, and bounded', () => {
    const doubled = Array.from(
      { length: 60 },
      (_, index) => `let x${index + 1} = x${index} and x${index}`,
    ).join('\n');
    const applied = Array.from(
      { length: 60 },
      (_, index) => `let f${index + 1}(n: int) = f${index}(n + 1) or f${index}(n + 2)`,
    ).join('\n');
    // Written out, these have more nodes than anybody could wait for.
    expect(
      codesOf(`let x0 = subject.active\n${doubled}\npermit p: read on document by user when x60`),
    ).to.include('VEL3015');
    expect(
      codesOf(`let f0(n: int) = n > 1\n${applied}\npermit p: read on document by user when f60(1)`),
    ).to.include('VEL3015');
  });

  it('may be chained as long as the depth allows', () => {
    const chain = (length: number): string =>
      Array.from({ length }, (_, index) => `let y${index + 1} = not y${index}`).join('\n');
    const rule = (length: number): string =>
      `let y0 = subject.active\n${chain(length)}\npermit p: read on document by user when y${length}`;
    expect(codesOf(rule(200))).to.deep.equal([]);
    expect(codesOf(rule(300))).to.include('VEL3016');
    expect(codesOf(rule(5_000))).to.include('VEL3016');
  });

  it('leave long chains of `and` and `or` flat', () => {
    const chain = Array.from({ length: 900 }, (_, index) => `resource.pages == ${index}`).join(' or ');
    expect(codesOf(`permit p: read on document by user when ${chain}`)).to.deep.equal([]);
  });
});
