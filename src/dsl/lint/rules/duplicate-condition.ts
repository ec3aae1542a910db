import { expressionChildren } from '../../check/expression-children.ts';
import { formatExpression } from '../../format/format-expression.ts';
import { Type } from '../../json-schema.ts';
import type { Expression } from '../../syntax/ast.ts';
import { defineLintRule } from '../lint-rule.ts';
import { writtenConditions } from '../support/conditions.ts';
import { WrittenStructure } from '../support/structure.ts';

export const duplicateCondition = defineLintRule('duplicateCondition', {
  category: 'clarity',
  summary: 'The same condition is written in several places and has no name.',
  rationale: `Whoever changes such a condition must find every copy, and the one that is missed decides differently from then on. A \`let\` gives it
one place and a name that says what it means. A \`let\` costs nothing: it is expanded when the bundle is compiled, and shared.

There is no fix: a good name is for people to find.`,
  avoid: `permit reviewer: read on document by user
  when resource.status == published and subject.groups contains any resource.tags

permit editor: update on document
  when resource.status == published and subject.groups contains any resource.tags and subject.active

permit remover: delete on document
  when subject.clearance == high
    and (resource.status == published and subject.groups contains any resource.tags)
`,
  prefer: `/// Published, and about something that the subject's groups work on.
let of_interest = resource.status == published and subject.groups contains any resource.tags

permit reviewer: read on document by user
  when of_interest

permit editor: update on document
  when of_interest and subject.active

permit remover: delete on document
  when subject.clearance == high and of_interest
`,
  options: {
    properties: {
      places: Type.Integer({ minimum: 2, description: 'In how many places it must be written.' }),
      size: Type.Integer({ minimum: 3, description: 'How many names, literals and operators it must have.' }),
    },
    defaults: { places: 3, size: 6 },
  },
  check: ({ bundle, options, report }) => {
    const structure = new WrittenStructure();
    const byNumber = new Map<number, Expression[]>();
    const parents = new Map<Expression, Expression>();
    for (const file of bundle.files) {
      for (const { owner, condition } of writtenConditions(file, true)) {
        structure.numberOf(condition);
        const bound = owner.kind === 'let' ? (owner.parameters ?? []).map(({ name }) => name.text) : [];
        for (const node of conditionsIn(condition, new Set(bound), parents)) {
          const number = structure.numberOf(node);
          const list = byNumber.get(number) ?? [];
          byNumber.set(number, list);
          list.push(node);
        }
      }
    }
    const isRepeated = (node: Expression): boolean =>
      (byNumber.get(structure.numberOf(node))?.length ?? 0) >= options.places;
    for (const places of byNumber.values()) {
      const [first, ...others] = places;
      if (first === undefined || places.length < options.places || sizeOf(first, options.size) < options.size)
        continue;
      // Its copies lie within copies of something larger, which is reported in its place.
      if (places.every((node) => isWithin(node, parents, isRepeated))) continue;
      const related = others.slice(0, MAXIMUM_RELATED).map(({ span }) => ({ span, message: 'and here' }));
      report(first.span, { condition: shorten(formatExpression(first)), places: places.length }, { related });
    }
  },
});

const MAXIMUM_RELATED = 5;
const MAXIMUM_TEXT = 80;

/** The conditions within a condition, itself included, that hang on no bound name and so could be a `let`. */
function conditionsIn(
  root: Expression,
  bound: ReadonlySet<string>,
  parents: Map<Expression, Expression>,
): Expression[] {
  const found: Expression[] = [];
  const waiting: { node: Expression; bound: ReadonlySet<string> }[] = [{ node: root, bound }];
  const order: { node: Expression; bound: ReadonlySet<string> }[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    order.push(next);
    const { node } = next;
    for (const child of expressionChildren(node)) {
      parents.set(child, node);
      const isBody = node.kind === 'quantifierExpression' && child === node.body;
      waiting.push({
        node: child,
        bound: isBody ? new Set([...next.bound, node.variable.text]) : next.bound,
      });
    }
  }
  // From the leaves up: what uses a bound name, and what holds such.
  const open = new Set<Expression>();
  for (const { node, bound: names } of order.toReversed()) {
    const isBound = node.kind === 'nameExpression' && names.has(node.name);
    const isOpen = expressionChildren(node).some(
      (child) => open.has(child) && !(node.kind === 'quantifierExpression' && child === node.body),
    );
    const leavesOpen = node.kind === 'quantifierExpression' && open.has(node.body) && names.size > 0;
    if (isBound || isOpen || leavesOpen) open.add(node);
    else if (isCondition(node)) found.push(node);
  }
  return found;
}

function isCondition(node: Expression): boolean {
  switch (node.kind) {
    case 'binaryExpression':
      return node.operator !== '+' && node.operator !== '-' && node.operator !== '*';
    case 'unaryExpression':
      return node.operator === 'not';
    case 'quantifierExpression':
    case 'isExpression':
    case 'matchesExpression':
      return true;
    default:
      return false;
  }
}

/** Nodes of an expression, counted as far as it matters. */
function sizeOf(root: Expression, most: number): number {
  let size = 0;
  const waiting: Expression[] = [root];
  for (let node = waiting.pop(); node !== undefined && size < most; node = waiting.pop()) {
    size += 1;
    for (const child of expressionChildren(node)) waiting.push(child);
  }
  return size;
}

function isWithin(
  node: Expression,
  parents: ReadonlyMap<Expression, Expression>,
  isRepeated: (node: Expression) => boolean,
): boolean {
  const parent = parents.get(node);
  return parent !== undefined && isRepeated(parent);
}

function shorten(text: string): string {
  return text.length <= MAXIMUM_TEXT ? text : `${text.slice(0, MAXIMUM_TEXT - 1)}…`;
}
