import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { assertNever } from '../../../dsl/syntax/ast.ts';
import { encode } from '../../../dsl/types/encode.ts';
import { type Outcome, UNKNOWN, type Value, ValueMap, ValueSet } from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { abduceComparison } from './abduce-comparison.ts';
import { abduceInNetwork, abduceMembership, abduceOverlap } from './abduce-membership.ts';
import { conditionText } from './describe-change.ts';
import { ABSENT, best, combine, type EditSet } from './edit.ts';
import { editLive } from './edit-question.ts';
import { exampleValue } from './example-value.ts';
import { changeableOf, type SearchContext } from './search-context.ts';

/** Collections with more elements than this are not searched. */
const MAXIMUM_ELEMENTS = 16;

/**
 * The sets of edits, cheapest first, after each of which a condition would certainly be as wanted: the empty set when it
 * is already, none when no change of values brings it about. They are proposals: what is shared between conditions is
 * only settled by trying them.
 */
export function abduce(
  expression: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const holds = wanted ? compiler.certainly(expression)(input) : !compiler.possibly(expression)(input);
  if (holds) return [[]];
  switch (expression.kind) {
    case 'constant':
      return [];
    case 'not':
      return abduce(expression.operand, !wanted, context);
    case 'and':
    case 'or': {
      const parts = expression.operands.map((operand) => abduce(operand, wanted, context));
      return (expression.kind === 'and') === wanted ? combine(parts) : best(parts.flat());
    }
    case 'implies': {
      const left = abduce(expression.left, !wanted, context);
      const right = abduce(expression.right, wanted, context);
      return wanted ? best([...left, ...right]) : combine([left, right]);
    }
    case 'comparison':
      return abduceComparison(expression, wanted, context);
    case 'riskComparison':
      return abduceRisk(expression, wanted);
    case 'membership':
      return abduceMembership(expression, wanted, context);
    case 'overlap':
      return abduceOverlap(expression, wanted, context);
    case 'inNetwork':
      return abduceInNetwork(expression, wanted, context);
    case 'has':
      return abducePresence(expression.operand, wanted, context);
    case 'quantifier':
      return abduceQuantifier(expression, wanted, context);
    case 'call': {
      const changeable = changeableOf(expression, context);
      if (changeable === undefined) return [];
      const condition = wanted ? changeable.path : `not ${changeable.path}`;
      // A source can only answer to arguments that are there.
      const known = expression.arguments.map((argument): readonly EditSet[] =>
        isMissing(compiler.value(argument)(input)) ? abducePresence(argument, true, context) : [[]],
      );
      return combine([...known, [[changeable.become(wanted, condition, condition)]]]);
    }
    case 'attribute':
    case 'index': {
      const changeable = changeableOf(expression, context);
      if (changeable === undefined) return [];
      const text = wanted ? changeable.path : `not ${changeable.path}`;
      return [[changeable.become(wanted, text, `\`${changeable.path}\` is \`${wanted}\``)]];
    }
    // Patterns have no example; what a reference is, and whether its record exists, no value changes.
    case 'matches':
    case 'is':
    case 'exists':
    case 'variable':
    case 'local':
    case 'identifier':
    case 'collection':
    case 'arithmetic':
    case 'negation':
      return [];
    default:
      return assertNever(expression);
  }
}

/** Evidence that speaks otherwise: time, not a value, changes the risk. */
function abduceRisk(
  expression: Extract<CheckedExpression, { kind: 'riskComparison' }>,
  wanted: boolean,
): readonly EditSet[] {
  const condition = conditionText(expression, wanted);
  const lower = (expression.operator === '<' || expression.operator === '<=') === wanted;
  const risk = lower ? { low: 0, high: 0 } : { low: 100, high: 100 };
  return [
    [
      {
        change: {
          path: 'risk',
          condition,
          text: lower ? 'wait until the risk has fallen' : `\`${condition}\``,
          by: 'time',
          advice: null,
          example: risk.low,
        },
        place: 'risk',
        mark: String(risk.low),
        apply: (question) => editLive(question, () => ({ risk })),
      },
    ],
  ];
}

/** That a path has a value, or that it has none. */
export function abducePresence(
  expression: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const changeable = changeableOf(expression, context);
  if (changeable === undefined) return [];
  const { path } = changeable;
  if (wanted) {
    const { schema } = context.compiler;
    const value = exampleValue(changeable.type, context.input.now, schema);
    if (value === undefined) return [];
    const [condition, text] = [`has ${path}`, `\`${path}\` is given`];
    if (changeable.update === undefined) return [[changeable.become(value, condition, text)]];
    const fill = (before: Outcome): Outcome => (isMissing(before) ? value : before);
    const example = encode(value, changeable.type, schema);
    return [[{ ...changeable.update(fill, 'filled', condition, text, example), isFiller: true }]];
  }
  if (changeable.update === undefined) return [];
  return [[changeable.update(() => undefined, ABSENT, `not has ${path}`, `\`${path}\` is left out`)]];
}

function abduceQuantifier(
  expression: Extract<CheckedExpression, { kind: 'quantifier' }>,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const collection = compiler.value(expression.collection)(input);
  if (isMissing(collection)) return [];
  const elements = elementsOf(collection);
  const isPartial = (collection instanceof ValueSet || collection instanceof ValueMap) && collection.partial;
  const anyOne = (expression.quantifier === 'any') === wanted;
  if (elements.length > MAXIMUM_ELEMENTS || (isPartial && !anyOne)) return [];
  const slot = expression.slot as 0 | 1 | 2;
  const parts = elements.map((element) => {
    input.locals[slot] = element;
    return abduce(expression.body, wanted, context);
  });
  if (anyOne) return best(parts.flat());
  return [...best([...combine(parts), ...emptied(expression.collection, context)])];
}

/** What holds of every element holds of none at all. */
function emptied(collection: CheckedExpression, context: SearchContext): readonly EditSet[] {
  const changeable = changeableOf(collection, context);
  if (changeable?.update === undefined || collection.type.kind === 'map') return [];
  const nothing: Value = collection.type.kind === 'set' ? new ValueSet(new Map()) : [];
  const path = pathText(collection);
  return [[changeable.become(nothing, `set.is_empty(${path})`, `\`${path}\` is empty`)]];
}

function elementsOf(collection: Value): readonly Outcome[] {
  if (collection instanceof ValueSet) return [...collection.items.values()];
  if (collection instanceof ValueMap) return [...collection.keys.values()];
  return (collection as readonly Outcome[]).map((item) => item ?? UNKNOWN);
}
