import type { CheckedExpression, CheckedQuantifier } from '../../../dsl/check/checked.ts';
import { type Outcome, UNKNOWN, type Value, ValueMap, ValueSet } from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { known, openWay, someValues } from './abduce-presence.ts';
import { type Changeable, changeableOf } from './changeable.ts';
import { conditionText } from './describe-change.ts';
import { best, combine, type EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

type Abduce = (expression: CheckedExpression, wanted: boolean, context: SearchContext) => readonly EditSet[];

/** Of collections with more elements than these only the first are looked at. */
const MAXIMUM_ELEMENTS = 64;
/** So many elements are proposed that a collection might gain. */
const MAXIMUM_GAINED = 2;

/** Elements come to be as wanted, or the collection gains one that is, or loses those that are not. */
export function abduceQuantifier(
  expression: CheckedQuantifier,
  wanted: boolean,
  context: SearchContext,
  abduce: Abduce,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const collection = compiler.value(expression.collection)(input);
  if (isMissing(collection)) {
    return best([...known(expression.collection, context), ...emptied(expression, wanted, context)], log);
  }
  const elements = elementsOf(collection);
  const slot = expression.slot as 0 | 1 | 2;
  const changeable =
    expression.collection.kind === 'constant' ? undefined : changeableOf(expression.collection, context);
  const ofElement = (element: Outcome): readonly EditSet[] => {
    input.locals[slot] = element;
    return abduce(expression.body, wanted, context);
  };
  if (needsOne(expression, wanted)) {
    if (elements.length > MAXIMUM_ELEMENTS) log.endEarly();
    return best(
      [
        ...elements.slice(0, MAXIMUM_ELEMENTS).flatMap(ofElement),
        ...gained(expression, wanted, changeable, context),
        ...(changeable === undefined ? openWay(expression.collection, context) : []),
      ],
      log,
    );
  }
  const isPartial = (collection instanceof ValueSet || collection instanceof ValueMap) && collection.partial;
  if (elements.length > MAXIMUM_ELEMENTS) {
    log.endEarly();
    return [];
  }
  const parts = elements.map((element) => {
    const ways = ofElement(element);
    if (ways.some((edits) => edits.length === 0) || isMissing(element)) return ways;
    return best([...ways, ...lost(expression, wanted, element, changeable)], log);
  });
  return best([...(isPartial ? [] : combine(parts, log)), ...emptied(expression, wanted, context)], log);
}

/** Whether one element is enough: of `any` that it holds of one, of `every` that it does not. */
function needsOne({ quantifier }: CheckedQuantifier, wanted: boolean): boolean {
  return (quantifier === 'any') === wanted;
}

/** The collection gains an element that is as wanted. */
function gained(
  expression: CheckedQuantifier,
  wanted: boolean,
  changeable: Changeable | undefined,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const { type } = expression.collection;
  if (changeable === undefined || (type.kind !== 'set' && type.kind !== 'list')) return [];
  const condition = conditionText(expression, wanted);
  const fitting = [...constantsIn(expression.body), ...someValues(type.element, context)].filter((value) => {
    if (!log.spend(1)) return false;
    input.locals[expression.slot as 0 | 1 | 2] = value;
    return wanted ? compiler.certainly(expression.body)(input) : !compiler.possibly(expression.body)(input);
  });
  return fitting
    .slice(0, MAXIMUM_GAINED)
    .flatMap((value) =>
      changeable.gain(value, condition, `\`${changeable.path}\` gains an element: \`${condition}\``),
    );
}

/** The collection loses an element that is not as wanted. */
function lost(
  expression: CheckedQuantifier,
  wanted: boolean,
  element: Value,
  changeable: Changeable | undefined,
): readonly EditSet[] {
  if (changeable === undefined) return [];
  const condition = conditionText(expression, wanted);
  const text = `\`${changeable.path}\` loses what stands against \`${condition}\``;
  return changeable.lose(element, condition, text);
}

/** What holds of every element holds of none at all. */
function emptied(expression: CheckedQuantifier, wanted: boolean, context: SearchContext): readonly EditSet[] {
  if (needsOne(expression, wanted) || expression.collection.kind === 'constant') return [];
  const { collection } = expression;
  const changeable = changeableOf(collection, context);
  if (changeable === undefined) return openWay(collection, context);
  const nothing = nothingOf(collection.type.kind);
  if (nothing === undefined) return [];
  const path = pathText(collection);
  return changeable.become(nothing, `set.is_empty(${path})`, `\`${path}\` is empty`);
}

function nothingOf(kind: string): Value | undefined {
  if (kind === 'set') return new ValueSet(new Map());
  if (kind === 'map') return new ValueMap(new Map(), new Map());
  return kind === 'list' ? [] : undefined;
}

function elementsOf(collection: Value): readonly Outcome[] {
  if (collection instanceof ValueSet) return [...collection.items.values()];
  if (collection instanceof ValueMap) return [...collection.keys.values()];
  return (collection as readonly Outcome[]).map((item) => item ?? UNKNOWN);
}

/** Literals that the quantifier's variable is compared with. */
function constantsIn(expression: CheckedExpression): readonly Value[] {
  switch (expression.kind) {
    case 'comparison': {
      const { left, right } = expression;
      if (left.kind === 'local' && right.kind === 'constant') return [right.value];
      if (right.kind === 'local' && left.kind === 'constant') return [left.value];
      return [];
    }
    case 'not':
      return constantsIn(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.flatMap(constantsIn);
    case 'implies':
      return [...constantsIn(expression.left), ...constantsIn(expression.right)];
    default:
      return [];
  }
}
