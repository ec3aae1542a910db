import type { Expression } from '../syntax/ast.ts';
import { print } from './document.ts';
import { expressionDocument } from './expressions.ts';
import { WITHOUT_COMMENTS } from './printing.ts';

/** An expression on one line, as the formatter spells it. */
export function formatExpression(expression: Expression): string {
  return print(expressionDocument(expression, WITHOUT_COMMENTS), Number.POSITIVE_INFINITY);
}
