import type { Expression, ListLiteral, SetLiteral } from '../../syntax/ast.ts';
import { BOOL, DURATION, FLOAT, hasEquality, INT, STRING, showType, type Type } from '../../types/types.ts';
import { setOf, type Value, ValueMap } from '../../types/values.ts';
import type { CheckedConstant, CheckedExpression } from '../checked.ts';
import type { Elaboration, Scope } from './elaboration.ts';
import { elementOf, mismatch } from './fits.ts';

export function constant(node: Expression, type: Type, value: Value): CheckedConstant {
  return { kind: 'constant', type, node, value };
}

export function truth(node: Expression, value: boolean): CheckedConstant {
  return constant(node, BOOL, value);
}

/** The value of a condition that hangs on nothing; undefined of all others. */
export function certainTruth(node: CheckedExpression): boolean | undefined {
  return node.kind === 'constant' && typeof node.value === 'boolean' ? node.value : undefined;
}

/** Numbers, strings, bools, durations. An integer literal may stand for a float; a value of type int may not. */
export function elaborateScalar(
  e: Elaboration,
  written: Expression & {
    readonly kind: `${'integer' | 'float' | 'string' | 'boolean' | 'duration'}Literal`;
  },
  expected: Type | undefined,
): CheckedExpression | undefined {
  switch (written.kind) {
    case 'integerLiteral':
      if (Number.isSafeInteger(written.value))
        return constant(written, expected?.kind === 'float' ? FLOAT : INT, written.value);
      e.report('badLiteral', written.span, { type: 'int', reason: 'integers lie within ±(2^53−1)' });
      return undefined;
    case 'floatLiteral':
      return constant(written, FLOAT, written.value);
    case 'stringLiteral':
      return constant(written, STRING, written.value);
    case 'booleanLiteral':
      return constant(written, BOOL, written.value);
    case 'durationLiteral':
      return constant(written, DURATION, written.milliseconds);
  }
}

/** `[a, b]`, `{a, b}`, `{}`: elements of one type, which is the expected one or that of the first element that has one. */
export function elaborateCollection(
  e: Elaboration,
  written: ListLiteral | SetLiteral,
  scope: Scope,
  expected: Type | undefined,
): CheckedExpression | undefined {
  if (written.items.length === 0) return elaborateEmpty(e, written, expected);
  let element = expected === undefined ? undefined : elementOf(expected);
  const items: (CheckedExpression | undefined)[] = Array.from(written.items, () => undefined);
  let failed = false;
  const elaborateAt = (index: number): void => {
    const item = written.items[index] as Expression;
    const checked = e.elaborate(item, scope, element);
    if (checked === undefined || (element !== undefined && mismatch(e, checked, element, item)))
      failed = true;
    else {
      items[index] = checked;
      element ??= checked.type;
    }
  };
  const clear = (index: number): boolean => contextRank(e, written.items[index] as Expression, scope) === 0;
  const order = written.items.map((_, index) => index);
  // What has a type of its own comes first and gives the rest theirs.
  if (element === undefined) order.sort((a, b) => Number(clear(b)) - Number(clear(a)));
  for (const index of order) elaborateAt(index);
  if (failed || element === undefined) return undefined;
  const isSet = written.kind === 'setLiteral';
  if (isSet && !hasEquality(element)) {
    e.report('noEquality', written.span, { type: showType(element) });
    return undefined;
  }
  const type: Type = { kind: isSet ? 'set' : 'list', element };
  const values: Value[] = [];
  const checked: CheckedExpression[] = [];
  for (const item of items) {
    if (item === undefined) return undefined;
    checked.push(item);
    if (item.kind === 'constant') values.push(item.value);
  }
  if (values.length === checked.length) return constant(written, type, isSet ? setOf(values) : values);
  return { kind: 'collection', type, node: written, items: checked };
}

function elaborateEmpty(
  e: Elaboration,
  written: ListLiteral | SetLiteral,
  expected: Type | undefined,
): CheckedExpression | undefined {
  if (expected?.kind === 'map' && written.kind === 'setLiteral') {
    return constant(written, expected, new ValueMap(new Map(), new Map()));
  }
  const element = expected === undefined ? undefined : elementOf(expected);
  if (element === undefined) {
    e.report('untypedLiteral', written.span, { literal: written.kind === 'setLiteral' ? '{}' : '[]' });
    return undefined;
  }
  const isSet = written.kind === 'setLiteral' && hasEquality(element);
  return constant(written, { kind: isSet ? 'set' : 'list', element }, isSet ? setOf([]) : []);
}

/**
 * How much an operand needs to hear of its type from the other side: 2 for bare names of enum members and empty
 * literals, 1 for integer literals (which may be floats), 0 for what has a type of its own.
 */
export function contextRank(e: Elaboration, written: Expression, scope: Scope): 0 | 1 | 2 {
  switch (written.kind) {
    case 'nameExpression':
      return e.bindingOf(written.name, scope) === undefined ? 2 : 0;
    case 'integerLiteral':
      return 1;
    case 'unaryExpression':
      return written.operator === '-' ? contextRank(e, written.operand, scope) : 0;
    case 'setLiteral':
    case 'listLiteral': {
      let least: 0 | 1 | 2 = 2;
      for (const item of written.items) {
        const rank = contextRank(e, item, scope);
        if (rank < least) least = rank;
      }
      return least;
    }
    default:
      return 0;
  }
}
