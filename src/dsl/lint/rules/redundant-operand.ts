import { operandsOf } from '../../check/elaborate/elaborate-logic.ts';
import { formatExpression } from '../../format/format-expression.ts';
import type { BinaryExpression, Expression } from '../../syntax/ast.ts';
import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';
import { writtenConditions } from '../support/conditions.ts';
import { inPlaceOf, Remarks } from '../support/edits.ts';
import { WrittenStructure } from '../support/structure.ts';

export const redundantOperand = defineLintRule('redundantOperand', {
  category: 'clarity',
  fixes: true,
  summary: 'An operand of `and` or `or` says what another says, or nothing.',
  rationale: `An operand that stands there twice, a \`true\` in an \`and\` or a \`false\` in an \`or\` changes nothing. Often the second copy was meant to be about
something else: the resource instead of the subject, the other bound.

The fix leaves it out.`,
  avoid: `permit owner: update on document
  when resource.owner == subject and subject.active and resource.owner == subject
`,
  prefer: `permit owner: update on document
  when resource.owner == subject and subject.active
`,
  check: ({ bundle, report }) => {
    const structure = new WrittenStructure();
    const remarks = new Remarks(bundle.files);
    for (const file of bundle.files) {
      for (const { condition } of writtenConditions(file, true)) {
        for (const chain of chainsIn(condition)) {
          const operator = chain.operator as 'and' | 'or';
          const { kept, left } = split(chain, operator, structure);
          const [first] = left;
          if (first === undefined) continue;
          const instead = joined(kept, chain);
          const fix =
            instead === undefined || remarks.liesWithin(chain.span)
              ? undefined
              : { title: 'leave out what adds nothing', edits: [inPlaceOf(chain, instead)] };
          report(first.span, { operand: formatExpression(first), operator }, { fix });
        }
      }
    }
  },
});

/** Chains of `and` and of `or` that are no part of a longer one. */
function chainsIn(condition: Expression): BinaryExpression[] {
  const inner = new Set<Expression>();
  const chains: BinaryExpression[] = [];
  visit(condition, {
    binaryExpression: (node) => {
      if (node.operator !== 'and' && node.operator !== 'or') return;
      if (!inner.has(node)) chains.push(node);
      if (node.left.kind === 'binaryExpression' && node.left.operator === node.operator) inner.add(node.left);
    },
  });
  return chains;
}

/** The operands that matter, and those that add nothing. */
function split(
  chain: BinaryExpression,
  operator: 'and' | 'or',
  structure: WrittenStructure,
): { readonly kept: readonly Expression[]; readonly left: readonly Expression[] } {
  const kept: Expression[] = [];
  const left: Expression[] = [];
  const seen = new Set<number>();
  for (const { written } of operandsOf(chain)) {
    const isNeutral = written.kind === 'booleanLiteral' && written.value === (operator === 'and');
    const number = structure.numberOf(written);
    if (isNeutral || seen.has(number)) left.push(written);
    else kept.push(written);
    seen.add(number);
  }
  return { kept, left };
}

function joined(operands: readonly Expression[], chain: BinaryExpression): Expression | undefined {
  const [first, ...others] = operands;
  let whole = first;
  for (const operand of others) if (whole !== undefined) whole = { ...chain, left: whole, right: operand };
  return whole;
}
