import { expect } from 'chai';
import type { Triple } from '../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../src/dsl/check/checked.ts';
import { checkedChildren } from '../../src/dsl/check/checked-children.ts';
import { applyFixes } from '../../src/dsl/lint/apply-fixes.ts';
import { lintBundle } from '../../src/dsl/lint/lint-bundle.ts';
import { Contradictions } from '../../src/dsl/lint/logic/contradiction.ts';
import { Formulas } from '../../src/dsl/lint/logic/formula.ts';
import { Implications } from '../../src/dsl/lint/logic/implication.ts';
import { CheckedStructure } from '../../src/dsl/lint/support/structure.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { BOOL } from '../../src/dsl/types/types.ts';
import { Compiler } from '../../src/engine/compile/compiler.ts';
import { inputOf } from '../../src/engine/decide/question.ts';
import { planTriples } from '../../src/engine/decide/triple-plan.ts';
import { BothEvaluators, outlineOf } from '../support/decide-both.ts';
import { type GeneratedCase, generatedCases } from '../support/generated-case.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';

const BUNDLES = 30;
const QUESTIONS = 6;

describe('lint', function () {
  this.timeout(LAW_TIMEOUT);

  it('fixes nothing that changes a verdict or its cause', () => {
    const fixed = new Map<string, number>();
    assertLaw('fixed policies mean the same', BUNDLES, generatedCases(QUESTIONS), (one) => {
      let sources = one.bundle.files.map(({ source }) => source);
      let { bundle } = one;
      for (let round = 0; round < 5; round++) {
        const fixes = applyFixes(sources, lintBundle(bundle));
        if (fixes.applied.length === 0) break;
        for (const { rule = '' } of fixes.applied) fixed.set(rule, (fixed.get(rule) ?? 0) + 1);
        sources = [...fixes.sources];
        const loaded = loadBundle(sources);
        expect(loaded.diagnostics.map(({ message }) => message)).to.deep.equal([]);
        bundle = loaded.bundle ?? bundle;
      }
      const [before, after] = [new BothEvaluators(one.bundle), new BothEvaluators(bundle)];
      for (const scenario of one.scenarios) {
        const was = outlineOf(before.compiled(before.question(scenario)));
        expect(outlineOf(after.compiled(after.question(scenario)))).to.deep.equal(was);
      }
    });
    console.log(`      ${JSON.stringify(Object.fromEntries(fixed))}`);
    expect(fixed.size, 'rules whose fixes were made').to.be.at.least(2);
  });

  it('is right about what follows from what, and what is never true', () => {
    const count = { implications: 0, contradictions: 0, asked: 0 };
    assertLaw('implications and contradictions hold', BUNDLES, generatedCases(QUESTIONS), (one) => {
      judge(one, count);
    });
    console.log(`      ${JSON.stringify(count)}`);
    expect(count.implications).to.be.above(BUNDLES);
    expect(count.contradictions).to.be.above(BUNDLES / 4);
    expect(count.asked).to.be.above(BUNDLES);
  });
});

type Count = { implications: number; contradictions: number; asked: number };

function judge({ bundle, scenarios }: GeneratedCase, count: Count): void {
  const both = new BothEvaluators(bundle);
  const compiler = new Compiler(bundle);
  const plans = planTriples(bundle, compiler);
  const formulas = new Formulas(new CheckedStructure());
  const implications = new Implications(formulas, bundle);
  const contradictions = new Contradictions(formulas, bundle);
  for (const scenario of scenarios) {
    const question = both.question(scenario);
    const { triple } = question.request;
    const plan = triple && plans[triple.index];
    if (triple === undefined || plan === undefined) continue;
    const input = inputOf(plan, question);
    const parts = combined(conditionsOn(bundle.layers, triple));
    const judged = parts.map((condition) => ({
      formula: formulas.of(condition),
      certainly: compiler.certainly(condition)(input),
      possibly: compiler.possibly(condition)(input),
    }));
    for (const one of judged) {
      count.asked += 1;
      if (contradictions.in(one.formula) !== undefined) {
        count.contradictions += 1;
        expect(one.certainly, 'a contradiction is true').to.equal(false);
      }
      for (const other of judged) {
        if (one.formula.id === other.formula.id || !implications.holds(one.formula, other.formula)) continue;
        count.implications += 1;
        if (one.certainly) expect(other.certainly, 'the narrow one is true').to.equal(true);
        if (one.possibly) expect(other.possibly, 'the wide one is false').to.equal(true);
      }
    }
  }
}

/** Conditions of the rules that cover a triple, and conditions within them. */
function conditionsOn(layers: GeneratedCase['bundle']['layers'], triple: Triple): CheckedExpression[] {
  const roots = layers
    .flatMap(({ rules }) => rules)
    .flatMap(({ cases }) => cases.filter(({ triples }) => triples.includes(triple)))
    .flatMap(({ condition }) => condition ?? []);
  const found = new Set(roots.slice(0, 6));
  for (const node of found) {
    if (found.size > 10) break;
    // Below a quantifier a condition hangs on its variable.
    if (node.kind === 'quantifier') continue;
    for (const child of checkedChildren(node))
      if (child.type.kind === 'bool' && isCondition(child)) found.add(child);
  }
  return [...found];
}

function isCondition({ kind }: CheckedExpression): boolean {
  return ['and', 'or', 'not', 'implies', 'comparison', 'membership', 'has', 'is', 'exists'].includes(kind);
}

/** The conditions, their negations, and two of them joined. */
function combined(conditions: readonly CheckedExpression[]): CheckedExpression[] {
  const found = [...conditions];
  for (const [index, a] of conditions.entries()) {
    const b = conditions[(index + 1) % conditions.length] ?? a;
    const c = conditions[(index + 3) % conditions.length] ?? a;
    const not = negated(a);
    found.push(not, joined('and', a, b), joined('or', a, b), joined('and', joined('or', not, b), a));
    found.push(joined('and', a, joined('and', c, negated(b))), joined('or', joined('and', a, b), c));
    found.push(joined('and', joined('and', a, c), not));
  }
  return found;
}

function negated(operand: CheckedExpression): CheckedExpression {
  return { kind: 'not', type: BOOL, node: operand.node, operand };
}

function joined(kind: 'and' | 'or', a: CheckedExpression, b: CheckedExpression): CheckedExpression {
  const operands = [a, b].flatMap((one) => (one.kind === kind ? one.operands : [one]));
  return { kind, type: BOOL, node: a.node, operands };
}
