import { NEGATED } from '../../check/comparison-operators.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { formatExpression } from '../../format/format-expression.ts';
import type { Expression } from '../../syntax/ast.ts';
import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';
import { writtenConditions } from '../support/conditions.ts';
import { inPlaceOf, Remarks } from '../support/edits.ts';

export const doubleNegation = defineLintRule('doubleNegation', {
  category: 'clarity',
  fixes: true,
  summary: 'A negation says what can be said without one.',
  rationale: `\`not a == b\` is \`a != b\`, \`not a < b\` is \`a >= b\`, and \`not not a\` is \`a\`, also where something is unknown. Every negation that a reader
must undo in the head is a chance to get it wrong, most of all behind \`unless\`.

The fix writes it without.`,
  avoid: `permit unpublished: update on document
  when resource.owner == subject and not resource.status == published
`,
  prefer: `permit unpublished: update on document
  when resource.owner == subject and resource.status != published
`,
  check: ({ bundle, report }) => {
    const remarks = new Remarks(bundle.files);
    for (const file of bundle.files) {
      for (const { condition } of writtenConditions(file, true)) {
        visit(condition, {
          unaryExpression: (node) => {
            const instead = node.operator === 'not' ? withoutNegation(node.operand) : undefined;
            if (instead === undefined) return;
            const fix: Fix | undefined = remarks.liesWithin(node.span)
              ? undefined
              : { title: 'write it without the negation', edits: [inPlaceOf(node, instead)] };
            report(node.span, { instead: formatExpression(instead) }, { fix });
          },
        });
      }
    }
  },
});

/** What `not` of an operand comes to without the `not`; undefined when there is no shorter way to say it. */
function withoutNegation(operand: Expression): Expression | undefined {
  if (operand.kind === 'unaryExpression' && operand.operator === 'not') return operand.operand;
  if (operand.kind !== 'binaryExpression' || !(operand.operator in NEGATED)) return undefined;
  return { ...operand, operator: NEGATED[operand.operator as keyof typeof NEGATED] };
}
