import type {
  CheckedExpression,
  CheckedInNetwork,
  CheckedMembership,
  CheckedOverlap,
} from '../../../dsl/check/checked.ts';
import { encode } from '../../../dsl/types/encode.ts';
import { networkContains } from '../../../dsl/types/parse-ip.ts';
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
import { conditionText } from './describe-change.ts';
import { best, combine, type EditSet } from './edit.ts';
import { adding, removing } from './edit-question.ts';
import { changeableOf, type SearchContext } from './search-context.ts';

/** Elements beyond these are not proposed. */
const MAXIMUM_PROPOSED = 4;

/** `element in collection`: the element becomes one of them, or the collection gains or loses it. */
export function abduceMembership(
  expression: CheckedMembership,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const element = compiler.value(expression.element)(input);
  const collection = compiler.value(expression.collection)(input);
  const condition = conditionText(expression, wanted);
  const alternatives: EditSet[] = [];
  const changeable = changeableOf(expression.element, context);
  if (changeable !== undefined && !isMissing(collection)) {
    for (const value of wanted
      ? knownItems(collection).slice(0, MAXIMUM_PROPOSED)
      : others(expression.element, collection, context)) {
      const shown = show(value, expression.element, context);
      alternatives.push([changeable.become(value, condition, `\`${changeable.path}\` is ${shown}`)]);
    }
  }
  if (!isMissing(element))
    alternatives.push(
      ...changeCollection(expression.collection, expression.element, element, wanted, context),
    );
  return best(alternatives);
}

/** `left contains any right`, `left contains all right`: the left gains or loses elements. */
export function abduceOverlap(
  expression: CheckedOverlap,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const right = compiler.value(expression.right)(input);
  if (isMissing(right)) return [];
  const items = knownItems(right);
  const parts = items.map((item) => changeCollection(expression.left, undefined, item, wanted, context));
  const oneIsEnough = (expression.quantifier === 'any') === wanted;
  return oneIsEnough ? best(parts.flat()) : combine(parts);
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
  const changeable = changeableOf(collection, context);
  if (!isMissing(before)) {
    const isIn = knownItems(before).some((item) => keyOf(item) === keyOf(element));
    const complete = !(before instanceof ValueSet) || !before.partial;
    if (isIn === wanted && (wanted || complete)) return [[]];
  }
  if (changeable?.update === undefined) return [];
  const { path } = changeable;
  const named =
    elementExpression === undefined || elementExpression.kind === 'constant'
      ? undefined
      : pathText(elementExpression);
  const shown = named ?? show(element, { type: elementTypeOf(collection) }, context);
  const condition = wanted ? `${path} contains ${shown}` : `not (${path} contains ${shown})`;
  const text = wanted ? `\`${path}\` contains \`${shown}\`` : `\`${path}\` does not contain \`${shown}\``;
  const update = wanted ? adding(element) : removing(element);
  const example = encode(element, elementTypeOf(collection), context.compiler.schema);
  // Elements that are gained and lost add up, so the edit leaves no mark.
  return [[changeable.update(update, null, condition, text, example)]];
}

function elementTypeOf(collection: CheckedExpression) {
  return collection.type.kind === 'set' || collection.type.kind === 'list'
    ? collection.type.element
    : collection.type;
}

/** `ip in cidr`: another address. */
export function abduceInNetwork(
  expression: CheckedInNetwork,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const network = compiler.value(expression.network)(input);
  const changeable = changeableOf(expression.address, context);
  if (changeable === undefined || !(network instanceof IpNetwork)) return [];
  const address = wanted ? network.address : outsideOf(network);
  if (address === undefined) return [];
  const condition = conditionText(expression, wanted);
  const text = `\`${changeable.path}\` is ${wanted ? '' : 'not '}in \`${network.text}\``;
  return [[changeable.become(address, condition, text)]];
}

/** Addresses set aside for documentation, of which at most one family's network holds all. */
const CANDIDATES: readonly IpAddress[] = [
  new IpAddress(4, '192.0.2.1', [0xc0000201]),
  new IpAddress(4, '198.51.100.1', [0xc6336401]),
  new IpAddress(4, '203.0.113.1', [0xcb007101]),
  new IpAddress(6, '2001:db8::1', [0x20010db8, 0, 0, 1]),
];

function outsideOf(network: IpNetwork): IpAddress | undefined {
  return CANDIDATES.find((address) => !networkContains(network, address));
}

function knownItems(collection: Value): readonly Value[] {
  if (collection instanceof ValueSet) return [...collection.items.values()];
  return Array.isArray(collection)
    ? (collection as readonly Outcome[]).filter((item): item is Value => !isMissing(item))
    : [];
}

/** Members of the element's enum that the collection does not hold. */
function others(
  element: CheckedExpression,
  collection: Value,
  { compiler }: SearchContext,
): readonly Value[] {
  const { type } = element;
  if (type.kind === 'bool') return [true, false].filter((one) => !knownItems(collection).includes(one));
  if (type.kind !== 'enum' || (collection instanceof ValueSet && collection.partial)) return [];
  const held = new Set(knownItems(collection));
  const members = compiler.schema.enums.get(type.name)?.members ?? [];
  return members.filter((member) => !held.has(member)).slice(0, MAXIMUM_PROPOSED);
}

function show(value: Value, { type }: Pick<CheckedExpression, 'type'>, { compiler }: SearchContext): string {
  if (typeof value === 'string' && type.kind === 'enum') return value;
  return JSON.stringify(encode(value, type, compiler.schema));
}
