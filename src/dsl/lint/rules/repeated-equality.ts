import { operandsOf } from '../../check/elaborate/elaborate-logic.ts';
import { formatExpression } from '../../format/format-expression.ts';
import { Type } from '../../json-schema.ts';
import type { BinaryExpression, Expression, SetLiteral } from '../../syntax/ast.ts';
import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';
import { writtenConditions } from '../support/conditions.ts';
import { Remarks, replacement } from '../support/edits.ts';
import { WrittenStructure } from '../support/structure.ts';

export const repeatedEquality = defineLintRule('repeatedEquality', {
  category: 'clarity',
  fixes: true,
  summary: 'Comparisons joined by `or` ask whether one value is among several.',
  rationale: `\`x == a or x == b or x == c\` is \`x in {a, b, c}\`, also where \`x\` is unknown. The set is read at a glance, and a member is added to it without
writing \`x\` again, and perhaps \`y\` by mistake.

The fix writes the set.`,
  avoid: `permit staff: read on document by user
  when subject.active
    and (resource.status == draft or resource.status == published or resource.status == archived)
`,
  prefer: `permit staff: read on document by user
  when subject.active and resource.status in {draft, published, archived}
`,
  options: {
    properties: {
      values: Type.Integer({ minimum: 2, description: 'With how many values one must be compared.' }),
    },
    defaults: { values: 3 },
  },
  check: ({ bundle, options, report }) => {
    const structure = new WrittenStructure();
    const remarks = new Remarks(bundle.files);
    for (const file of bundle.files) {
      for (const { condition } of writtenConditions(file, true)) {
        for (const chain of chainsIn(condition)) {
          for (const run of runsOf(chain, structure)) {
            const [first, last] = [run[0], run.at(-1)];
            if (first === undefined || last === undefined || run.length < options.values) continue;
            const span = { source: chain.span.source, start: first.span.start, end: last.span.end };
            const instead = formatExpression(membership(first, run, structure));
            // Parentheses around single comparisons would be torn apart.
            const isPlain = !/[()]/.test(between(run)) && !remarks.liesWithin(span);
            const fix = isPlain
              ? { title: 'ask for a member of a set', edits: [replacement(span, instead)] }
              : undefined;
            report(span, { instead }, { fix });
          }
        }
      }
    }
  },
});

/** Chains of `or` that are no part of a longer one. */
function chainsIn(condition: Expression): BinaryExpression[] {
  const inner = new Set<Expression>();
  const chains: BinaryExpression[] = [];
  visit(condition, {
    binaryExpression: (node) => {
      if (node.operator !== 'or') return;
      if (!inner.has(node)) chains.push(node);
      inner.add(node.left);
    },
  });
  return chains;
}

type Equality = BinaryExpression & { readonly operator: '==' };

/** Neighbours in a chain that compare one expression with literals and names. */
function runsOf(chain: BinaryExpression, structure: WrittenStructure): Equality[][] {
  const runs: Equality[][] = [];
  let run: Equality[] = [];
  let of: number | undefined;
  for (const { written } of operandsOf(chain)) {
    const isEquality =
      written.kind === 'binaryExpression' &&
      written.operator === '==' &&
      isPlainValue(written.right) &&
      !isRisk(written.left);
    const subject = isEquality ? structure.numberOf(written.left) : undefined;
    if (subject === undefined || subject !== of) run = [];
    if (isEquality) {
      if (run.length === 0) runs.push(run);
      run.push(written as Equality);
    }
    of = subject;
  }
  return runs;
}

/** `risk` is an interval, which may only be compared. */
function isRisk(node: Expression): boolean {
  return node.kind === 'nameExpression' && node.name === 'risk';
}

function isPlainValue({ kind }: Expression): boolean {
  return ['integerLiteral', 'stringLiteral', 'nameExpression'].includes(kind);
}

function membership(
  first: Equality,
  run: readonly Equality[],
  structure: WrittenStructure,
): BinaryExpression {
  const seen = new Set<number>();
  const items = run
    .map(({ right }) => right)
    .filter((item) => !seen.has(structure.numberOf(item)) && seen.add(structure.numberOf(item)));
  const right: SetLiteral = { kind: 'setLiteral', items, span: first.span };
  return { kind: 'binaryExpression', operator: 'in', left: first.left, right, span: first.span };
}

/** The text between the comparisons of a run. */
function between(run: readonly Equality[]): string {
  return run
    .slice(1)
    .map(({ span }, index) => span.source.text.slice(run[index]?.span.end, span.start))
    .join('');
}
