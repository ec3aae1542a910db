import type { CheckedExpression } from '../../../dsl/check/checked.ts';

/** Whether a path starts at what the request says of its circumstances or its action. */
export function isWithinRequest(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'variable':
      return expression.name === 'context' || expression.name === 'action';
    case 'attribute':
    case 'index':
      return isWithinRequest(expression.object);
    default:
      return false;
  }
}
