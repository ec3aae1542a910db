import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { pathText } from './path-text.ts';

/** The path by whose value a condition is remembered: the only thing that it reads, where that spares more than it costs. */
export function rememberedPath(expression: CheckedExpression): CheckedExpression | undefined {
  const path = isCostly(expression) ? singlePath(expression) : undefined;
  return path !== undefined && isKeyed(path) ? path : undefined;
}

/** Whether values of a path have keys. */
function isKeyed({ type }: CheckedExpression): boolean {
  return type.kind === 'string' || type.kind === 'uuid' || type.kind === 'ip';
}

/** Tells paths apart; types do so where they are spelt the same for different questions. */
export function pathName(path: CheckedExpression): string {
  return `${pathText(path)} ${rootTypes(path)}`;
}

function rootTypes(path: CheckedExpression): string {
  switch (path.kind) {
    case 'variable':
      return path.type.kind === 'reference' ? path.type.entities.join(' ') : '';
    case 'attribute':
    case 'identifier':
      return rootTypes(path.object);
    default:
      return '';
  }
}

/** The one path that a pure condition reads, or undefined when it reads more, or anything else. */
function singlePath(expression: CheckedExpression): CheckedExpression | undefined {
  const found: CheckedExpression[] = [];
  return collect(expression, found) && found.length > 0 ? found[0] : undefined;
}

/**
 * Collects the path that is read; false when there are two, or when something else is read. Variables in the slots
 * `literals` stand for literals.
 */
function collect(
  expression: CheckedExpression,
  found: CheckedExpression[],
  literals: readonly number[] = [],
): boolean {
  switch (expression.kind) {
    case 'constant':
      return true;
    case 'attribute':
    case 'identifier': {
      if (!isPlainPath(expression)) return false;
      const [first] = found;
      if (first === undefined) {
        found.push(expression);
        return true;
      }
      return pathText(first) === pathText(expression);
    }
    case 'call':
      return (
        expression.builtin.purity === 'pure' &&
        expression.builtin.evaluate !== undefined &&
        expression.arguments.every((one) => collect(one, found, literals))
      );
    case 'not':
    case 'matches':
    case 'negation':
      return collect(expression.operand, found, literals);
    case 'has':
      return expression.operand.kind === 'call' && collect(expression.operand, found, literals);
    case 'and':
    case 'or':
      return expression.operands.every((operand) => collect(operand, found, literals));
    case 'implies':
    case 'comparison':
    case 'arithmetic':
      return collect(expression.left, found, literals) && collect(expression.right, found, literals);
    case 'membership':
      return collect(expression.element, found, literals) && collect(expression.collection, found, literals);
    case 'inNetwork':
      return collect(expression.address, found, literals) && collect(expression.network, found, literals);
    case 'quantifier':
      // Over literals, the variable stands for one of them.
      return (
        expression.collection.kind === 'constant' &&
        collect(expression.body, found, [...literals, expression.slot])
      );
    case 'local':
      return literals.includes(expression.slot);
    default:
      return false;
  }
}

/** A path of attributes from a variable of the question; it means the same wherever it is read in a decision. */
function isPlainPath(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'variable':
      return expression.name !== 'now' && expression.name !== 'risk';
    case 'attribute':
    case 'identifier':
      return isPlainPath(expression.object);
    default:
      return false;
  }
}

/** Whether a condition does more than a lookup would. */
function isCostly(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'call':
    case 'matches':
    case 'inNetwork':
    case 'quantifier':
      return true;
    case 'not':
    case 'has':
    case 'negation':
      return isCostly(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.some(isCostly);
    case 'implies':
    case 'comparison':
    case 'arithmetic':
      return isCostly(expression.left) || isCostly(expression.right);
    case 'membership':
      return isCostly(expression.element);
    default:
      return false;
  }
}
