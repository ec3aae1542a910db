import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { type CompileContext, isMissing } from './compile-context.ts';
import type { DecisionInput, ValueOf } from './decision-input.ts';
import { nameByValue, pathText, prefixesOf, readsLocal } from './path-text.ts';

/**
 * The same value, written to the input's recorder whenever it is read, when the expression is a path or a call; `plain`
 * compiles what does not record.
 */
export function recordReads(expression: CheckedExpression, value: ValueOf, plain: CompileContext): ValueOf {
  switch (expression.kind) {
    case 'attribute':
    case 'identifier':
    case 'index':
    case 'call':
      break;
    case 'variable':
      if (expression.name === 'now') break;
      return value;
    default:
      return value;
  }
  const dynamic = readsLocal(expression);
  const name = pathText(expression);
  const nameOf = (part: CheckedExpression, input: DecisionInput): string =>
    dynamic ? pathText(part, nameByValue(input.locals)) : pathText(part);
  const prefixes = prefixesOf(expression).map((part) => ({ part, value: plain.value(part) }));
  return (input) => {
    const outcome = value(input);
    const gap = isMissing(outcome) ? prefixes.find((prefix) => isMissing(prefix.value(input))) : undefined;
    input.recorder?.add({
      path: dynamic ? nameOf(expression, input) : name,
      type: expression.type,
      outcome,
      missing: isMissing(outcome) ? nameOf(gap?.part ?? expression, input) : undefined,
    });
    return outcome;
  };
}
