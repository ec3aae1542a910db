import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { type Outcome, UNKNOWN, ValueMap, ValueSet } from '../../dsl/types/values.ts';
import { type CompileContext, isMissing } from './compile-context.ts';
import type { DecisionInput, ValueOf } from './decision-input.ts';
import { nameByValue, pathText, prefixesOf, readsLocal } from './path-text.ts';

/** Whether a collection has elements or keys that are not known, so that what is not among the others is unknown. */
function isIncomplete(outcome: Outcome): boolean {
  if (outcome instanceof ValueSet || outcome instanceof ValueMap) return outcome.partial;
  return Array.isArray(outcome) && outcome.includes(UNKNOWN);
}

/** Names an expression where it is read: what goes through a quantifier's variable is named by the variable's value. */
export function namerOf(expression: CheckedExpression): (input: DecisionInput) => string {
  if (readsLocal(expression)) return (input) => pathText(expression, nameByValue(input.locals));
  const name = pathText(expression);
  return () => name;
}

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
    const { recorder } = input;
    if (recorder === undefined || (!dynamic && recorder.has(name))) return outcome;
    const gap = isMissing(outcome) ? prefixes.find((prefix) => isMissing(prefix.value(input))) : undefined;
    recorder.add({
      path: dynamic ? nameOf(expression, input) : name,
      type: expression.type,
      outcome,
      missing: isMissing(outcome)
        ? nameOf(gap?.part ?? expression, input)
        : isIncomplete(outcome)
          ? nameOf(expression, input)
          : undefined,
    });
    return outcome;
  };
}
