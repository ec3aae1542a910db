import type { CheckedExpression, ComparisonOperator } from '../../check/checked.ts';
import { MIRRORED } from '../../check/comparison-operators.ts';
import type { Expression } from '../../syntax/ast.ts';
import type { Schema } from '../../types/schema.ts';
import type { Type } from '../../types/types.ts';
import { ValueSet } from '../../types/values.ts';
import { defineLintRule } from '../lint-rule.ts';
import { areDisjoint, type Interval, isWithin, type Range } from '../logic/range.ts';
import { nodesOfBundle } from '../support/conditions.ts';
import { CheckedStructure } from '../support/structure.ts';

export const constantComparison = defineLintRule('constantComparison', {
  category: 'bugs',
  summary: 'A comparison has the same outcome for every value of its type.',
  rationale: `The comparison asks nothing: no member of the enum lies below its lowest, no length is below zero, nothing is in an empty set, and a
set that holds every member leaves none out. Usually the wrong bound, the wrong operator or the wrong side was written.

Within a \`let\`, it is found when it holds wherever the \`let\` is used; what a parameter stands for is not held against it.`,
  avoid: `permit cleared: read on document by user
  when subject.clearance >= low and resource.owner == subject
`,
  prefer: `permit cleared: read on document by user
  when subject.clearance >= middle and resource.owner == subject
`,
  check: ({ bundle, report }) => {
    const structure = new CheckedStructure();
    /** What each written comparison comes to wherever it is expanded; undefined where that differs or is open. */
    const outcomes = new Map<Expression, Outcome | undefined>();
    for (const node of nodesOfBundle(bundle)) {
      const outcome = outcomeOf(node, bundle, structure);
      if (outcomes.has(node.node) && outcomes.get(node.node)?.value !== outcome?.value)
        outcomes.set(node.node, undefined);
      else if (isComparison(node)) outcomes.set(node.node, outcome);
    }
    for (const [{ span }, outcome] of outcomes) if (outcome !== undefined) report(span, outcome);
  },
});

interface Outcome {
  readonly value: boolean;
  readonly reason: string;
}

function isComparison(node: CheckedExpression): boolean {
  return ['comparison', 'riskComparison', 'membership', 'is'].includes(node.kind);
}

function outcomeOf(
  node: CheckedExpression,
  schema: Schema,
  structure: CheckedStructure,
): Outcome | undefined {
  switch (node.kind) {
    case 'comparison': {
      const { left, operator, right, operands } = node;
      if (structure.numberOf(left) === structure.numberOf(right) && isRead(left))
        return { value: ['==', '<=', '>='].includes(operator), reason: 'both sides are the same' };
      if (operands.kind === 'reference' && areUnlike(left.type, right.type))
        return { value: operator === '!=', reason: 'references to different types are never equal' };
      if (right.kind === 'constant' && isWrittenIn(right, node))
        return compared(left, operator, right.value, schema);
      if (left.kind === 'constant' && isWrittenIn(left, node))
        return compared(right, MIRRORED[operator], left.value, schema);
      return undefined;
    }
    case 'riskComparison': {
      const { threshold, operator } = node;
      if (
        threshold.kind !== 'constant' ||
        typeof threshold.value !== 'number' ||
        !isWrittenIn(threshold, node)
      )
        return undefined;
      return decided(operator, threshold.value, RISK, '`risk` lies between 0 and 100');
    }
    case 'membership': {
      const { collection, element } = node;
      if (collection.kind !== 'constant' || !isWrittenIn(collection, node)) return undefined;
      const { value } = collection;
      const size =
        value instanceof ValueSet ? value.items.size : Array.isArray(value) ? value.length : undefined;
      if (size === 0) return { value: false, reason: 'nothing is in an empty collection' };
      const members = element.type.kind === 'enum' ? schema.enums.get(element.type.name)?.members : undefined;
      if (members === undefined || !(value instanceof ValueSet) || element.kind === 'constant')
        return undefined;
      const isFull = members.every((member) => value.items.has(member));
      return isFull ? { value: true, reason: 'every member is in this set' } : undefined;
    }
    case 'is': {
      const { operand, entity } = node;
      if (operand.type.kind !== 'reference') return undefined;
      const { entities } = operand.type;
      if (!entities.includes(entity)) return { value: false, reason: `it never refers to \`${entity}\`` };
      return entities.length === 1 ? { value: true, reason: `it always refers to \`${entity}\`` } : undefined;
    }
    default:
      return undefined;
  }
}

const RISK = { low: 0, high: 100 };
/** What builtins can return at all. */
const BOUNDS: Readonly<Record<string, { readonly low: number; readonly high: number }>> = {
  'set.size': { low: 0, high: Infinity },
  'string.length': { low: 0, high: Infinity },
  'time.hour': { low: 0, high: 23 },
  'uuid.entropy': { low: 0, high: 4 },
  'uuid.longest_run': { low: 0, high: 32 },
  'uuid.top_digit_share': { low: 0, high: 1 },
  'uuid.version': { low: 0, high: 15 },
};

function compared(
  subject: CheckedExpression,
  operator: ComparisonOperator,
  value: unknown,
  schema: Schema,
): Outcome | undefined {
  if (subject.kind === 'constant') return undefined;
  if (subject.type.kind === 'enum' && typeof value === 'string') {
    const info = schema.enums.get(subject.type.name);
    const rank = info?.rank.get(value);
    if (info === undefined || rank === undefined || !info.ordered) return undefined;
    const bounds = { low: 0, high: info.members.length - 1 };
    const [lowest, highest] = [info.members[0], info.members.at(-1)];
    return decided(
      operator,
      rank,
      bounds,
      `\`${lowest}\` is the lowest and \`${highest}\` the highest \`${info.name}\``,
    );
  }
  if (subject.kind !== 'call' || typeof value !== 'number') return undefined;
  const bounds = BOUNDS[subject.builtin.name];
  if (bounds === undefined) return undefined;
  const { low, high } = bounds;
  const what = `\`${subject.builtin.name}\` is at least ${low}${high === Infinity ? '' : ` and at most ${high}`}`;
  return decided(operator, value, bounds, what);
}

/** What a comparison comes to for every number within bounds; undefined when that differs. */
function decided(
  operator: ComparisonOperator,
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
  reason: string,
): Outcome | undefined {
  const possible: Interval = { kind: 'interval', low, lowOpen: false, high, highOpen: high === Infinity };
  const range = rangeOf(operator, value);
  if (isWithin(possible, range)) return { value: true, reason };
  return areDisjoint([possible, range], false) ? { value: false, reason } : undefined;
}

function rangeOf(operator: ComparisonOperator, value: number): Range {
  const all = { kind: 'interval', low: -Infinity, lowOpen: true, high: Infinity, highOpen: true } as const;
  switch (operator) {
    case '==':
      return { kind: 'among', keys: new Set([value]) };
    case '!=':
      return { kind: 'except', keys: new Set([value]) };
    case '<':
    case '<=':
      return { ...all, high: value, highOpen: operator === '<' };
    default:
      return { ...all, low: value, lowOpen: operator === '>' };
  }
}

/** An expression that reads something: comparing a constant with itself is a matter of taste. */
function isRead(node: CheckedExpression): boolean {
  return ['attribute', 'identifier', 'index', 'call', 'variable', 'local'].includes(node.kind);
}

function areUnlike(a: Type, b: Type): boolean {
  if (a.kind !== 'reference' || b.kind !== 'reference') return false;
  return !a.entities.some((name) => b.entities.includes(name));
}

/** True of an operand that stands in the comparison itself, and is not what a `let` or its parameter stands for. */
function isWrittenIn(operand: CheckedExpression, comparison: CheckedExpression): boolean {
  const { source, start, end } = operand.node.span;
  const outer = comparison.node.span;
  return source === outer.source && start >= outer.start && end <= outer.end;
}
