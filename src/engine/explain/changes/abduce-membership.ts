import type {
  CheckedExpression,
  CheckedInNetwork,
  CheckedMembership,
  CheckedOverlap,
} from '../../../dsl/check/checked.ts';
import { encode } from '../../../dsl/types/encode.ts';
import { networkContains } from '../../../dsl/types/parse-ip.ts';
import type { Type } from '../../../dsl/types/types.ts';
import {
  IpAddress,
  IpNetwork,
  keyOf,
  type Outcome,
  type Value,
  ValueSet,
} from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { known, openWay, someValues } from './abduce-presence.ts';
import { abduceWaiting } from './abduce-waiting.ts';
import { changeableOf } from './changeable.ts';
import { conditionText } from './describe-change.ts';
import { best, combine, type EditSet } from './edit.ts';
import { EXAMPLE_ADDRESSES } from './example-values.ts';
import type { SearchContext } from './search-context.ts';

/** Elements beyond these are not proposed. */
const MAXIMUM_PROPOSED = 4;

/** `element in collection`: the element becomes one of them, or the collection gains or loses it. */
export function abduceMembership(
  expression: CheckedMembership,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const element = compiler.value(expression.element)(input);
  const collection = compiler.value(expression.collection)(input);
  const condition = conditionText(expression, wanted);
  const alternatives: EditSet[] = [];
  if (isMissing(collection)) alternatives.push(...known(expression.collection, context));
  else {
    const changeable = changeableOf(expression.element, context);
    if (changeable === undefined) alternatives.push(...openWay(expression.element, context));
    const held = new Set(knownItems(collection).map(keyOf));
    const values = wanted
      ? knownItems(collection)
      : someValues(expression.element.type, context).filter((one) => !held.has(keyOf(one)));
    if (values.length > MAXIMUM_PROPOSED) log.endEarly();
    for (const value of values.slice(0, MAXIMUM_PROPOSED)) {
      if (changeable === undefined) break;
      const text = wanted
        ? `\`${changeable.path}\` is \`${show(value, expression.element.type, context)}\``
        : `\`${condition}\``;
      alternatives.push(...changeable.become(value, condition, text));
    }
  }
  if (isMissing(element)) {
    alternatives.push(...known(expression.element, context));
  } else {
    alternatives.push(
      ...changeCollection(expression.collection, expression.element, element, wanted, context),
    );
  }
  return best([...alternatives, ...abduceWaiting(expression, wanted, context)], log);
}

/** `left contains any right`, `left contains all right`: one of the two gains or loses elements. */
export function abduceOverlap(
  expression: CheckedOverlap,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { log } = context;
  const [left, right] = [expression.left, expression.right].map((side) =>
    context.compiler.value(side)(context.input),
  ) as [Outcome, Outcome];
  if (isMissing(right)) return known(expression.right, context);
  const asked = knownItems(right);
  const changeLeft = asked.map((item) => changeCollection(expression.left, undefined, item, wanted, context));
  const oneIsEnough = (expression.quantifier === 'any') === wanted;
  const alternatives = [...(oneIsEnough ? changeLeft.flat() : combine(changeLeft, log))];
  if (isMissing(left)) return best(alternatives, log);
  const held = new Set(knownItems(left).map(keyOf));
  const changeRight = (items: readonly Value[], isIn: boolean): readonly (readonly EditSet[])[] =>
    items.map((item) => changeCollection(expression.right, undefined, item, isIn, context));
  const inBoth = asked.filter((item) => held.has(keyOf(item)));
  const onlyRight = asked.filter((item) => !held.has(keyOf(item)));
  if (expression.quantifier === 'any') {
    const ways = wanted ? changeRight(knownItems(left).slice(0, MAXIMUM_PROPOSED), true).flat() : [];
    alternatives.push(...(wanted ? ways : combine(changeRight(inBoth, false), log)));
  } else {
    const { type } = expression.left;
    const others = 'element' in type ? someValues(type.element, context) : [];
    const strange = others.filter((one) => !held.has(keyOf(one))).slice(0, 1);
    alternatives.push(
      ...(wanted ? combine(changeRight(onlyRight, false), log) : changeRight(strange, true).flat()),
    );
  }
  return best(
    alternatives.filter((edits) => edits.length > 0),
    log,
  );
}

/** The collection gains the element, or loses it; as it is where that is so already. */
function changeCollection(
  collection: CheckedExpression,
  elementExpression: CheckedExpression | undefined,
  element: Value,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const before = context.compiler.value(collection)(context.input);
  if (!isMissing(before)) {
    const isIn = knownItems(before).some((item) => keyOf(item) === keyOf(element));
    const complete =
      before instanceof ValueSet ? !before.partial : knownItems(before).length === lengthOf(before);
    if (isIn === wanted && (wanted || complete)) return [[]];
  }
  if (collection.kind === 'collection') return changeItems(collection.items, element, wanted, context);
  const changeable = changeableOf(collection, context);
  if (changeable === undefined) return openWay(collection, context);
  const { path, type } = changeable;
  const named =
    elementExpression === undefined || elementExpression.kind === 'constant'
      ? undefined
      : pathText(elementExpression);
  const shown = named ?? show(element, 'element' in type ? type.element : type, context);
  const condition = wanted ? `${path} contains ${shown}` : `not (${path} contains ${shown})`;
  return wanted
    ? changeable.gain(element, condition, `\`${path}\` contains \`${shown}\``)
    : changeable.lose(element, condition, `\`${path}\` does not contain \`${shown}\``);
}

/** Of a literal list or set, the items that are no constants can become another. */
function changeItems(
  items: readonly CheckedExpression[],
  element: Value,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { compiler, input, log } = context;
  const become = (item: CheckedExpression, value: Value): readonly EditSet[] => {
    const changeable = changeableOf(item, context);
    if (changeable === undefined) return openWay(item, context);
    const shown = show(value, item.type, context);
    return changeable.become(
      value,
      `${changeable.path} == ${shown}`,
      `\`${changeable.path}\` is \`${shown}\``,
    );
  };
  if (wanted) return items.flatMap((item) => become(item, element));
  const parts = items.map((item): readonly EditSet[] => {
    const outcome = compiler.value(item)(input);
    if (!isMissing(outcome) && keyOf(outcome) !== keyOf(element)) return [[]];
    const others = someValues(item.type, context).filter((one) => keyOf(one) !== keyOf(element));
    return others.slice(0, 2).flatMap((value) => become(item, value));
  });
  return combine(parts, log);
}

function lengthOf(collection: Value): number {
  return Array.isArray(collection) ? collection.length : 0;
}

/** `ip in cidr`: another address, or another network. */
export function abduceInNetwork(
  expression: CheckedInNetwork,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const network = compiler.value(expression.network)(input);
  const address = compiler.value(expression.address)(input);
  if (!(network instanceof IpNetwork)) return known(expression.network, context);
  const alternatives: EditSet[] = [];
  const condition = conditionText(expression, wanted);
  const changeable = changeableOf(expression.address, context);
  if (changeable === undefined) alternatives.push(...openWay(expression.address, context));
  const addresses = [network.address, ...EXAMPLE_ADDRESSES].filter(
    (one) => networkContains(network, one) === wanted,
  );
  for (const one of addresses.slice(0, wanted ? 1 : MAXIMUM_PROPOSED)) {
    const text = `\`${changeable?.path}\` is ${wanted ? '' : 'not '}in \`${network.text}\``;
    alternatives.push(...(changeable?.become(one, condition, text) ?? []));
  }
  if (address instanceof IpAddress && expression.network.kind !== 'local') {
    const other = changeableOf(expression.network, context);
    const networks = [address, ...EXAMPLE_ADDRESSES].map(
      (one) => new IpNetwork(one, one.family === 4 ? 32 : 128),
    );
    const fitting = networks.find((one) => networkContains(one, address) === wanted);
    if (other !== undefined && fitting !== undefined) {
      alternatives.push(...other.become(fitting, condition, `\`${condition}\``));
    }
  }
  return best(alternatives, log);
}

function knownItems(collection: Value): readonly Value[] {
  if (collection instanceof ValueSet) return [...collection.items.values()];
  return Array.isArray(collection)
    ? (collection as readonly Outcome[]).filter((item): item is Value => !isMissing(item))
    : [];
}

function show(value: Value, type: Type, { compiler }: SearchContext): string {
  if (typeof value === 'string' && type.kind === 'enum') return value;
  return JSON.stringify(encode(value, type, compiler.schema));
}
