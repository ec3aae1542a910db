import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { decoderOf } from '../../../dsl/types/decode.ts';
import { emptyReport } from '../../../dsl/types/decode-report.ts';
import { encode } from '../../../dsl/types/encode.ts';
import { hasEquality, type Type } from '../../../dsl/types/types.ts';
import { type Outcome, Reference, type Value, ValueSet } from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import type { Compiler } from '../../compile/compiler.ts';
import { pathText } from '../../compile/path-text.ts';
import { ABSENT, type Edit, type EditSet } from './edit.ts';
import { adding, editPlace, removing, type Update } from './edit-question.ts';
import { type ChangeablePlace, isFixed, resolvePlace, spellPlace } from './resolve-place.ts';
import type { SearchContext } from './search-context.ts';

/** A value that can be another. */
export interface Changeable {
  readonly path: string;
  readonly type: Type;
  readonly outcome: Outcome;
  readonly mayBeAbsent: boolean;
  /** The edit that makes it this value, or leaves it out; none if JSON has no spelling for the value there. */
  readonly become: (value: Value | undefined, condition: string, text: string) => readonly EditSet[];
  /** The edit that puts a value where there is none. */
  readonly fill: (value: Value, condition: string, text: string) => readonly EditSet[];
  /** The edit by which a set or list gains or loses an element. */
  readonly gain: (element: Value, condition: string, text: string) => readonly EditSet[];
  readonly lose: (element: Value, condition: string, text: string) => readonly EditSet[];
}

/** What an expression stands for, if somebody can change that; else the search notes why not. */
export function changeableOf(expression: CheckedExpression, context: SearchContext): Changeable | undefined {
  if (expression.kind === 'identifier') return identifierOf(expression, context);
  const place = resolvePlace(expression, context);
  if (isFixed(place)) {
    // That a literal does not change goes without saying.
    if (place.why !== 'literal') context.log.note({ why: place.why, condition: null, text: place.text });
    return undefined;
  }
  if (place.steps.length === 0) return undefined;
  return changeableAt(place, expression, context);
}

function changeableAt(
  place: ChangeablePlace,
  expression: CheckedExpression,
  { input, compiler }: SearchContext,
): Changeable {
  const path = pathText(expression);
  const { schema } = compiler;
  const outcome = compiler.value(expression)(input);
  const edit = (
    said: { readonly condition: string; readonly text: string },
    mark: string | null,
    made: Edit['change']['edit'],
    update: Update,
  ): Edit => ({
    change: { path, ...said, by: place.by, advice: null, edit: made },
    place: spellPlace(place),
    mark,
    apply: (question) => editPlace(question, place, update),
  });
  const becoming = (value: Value | undefined, condition: string, text: string): Edit | undefined => {
    const to = value === undefined ? null : encode(value, place.type, schema);
    const outside = value === undefined ? undefined : decode(to, place.type, schema);
    if (value !== undefined && (isMissing(outside) || !isSame(outside, value))) return undefined;
    const from = encode(outcome, place.type, schema);
    const mark = value === undefined ? ABSENT : JSON.stringify(to);
    return edit({ condition, text }, mark, { kind: 'value', at: place.shown, from, to }, () => outside);
  };
  const element = (value: Value, gains: boolean, condition: string, text: string): readonly EditSet[] => {
    const { type } = place;
    if ((type.kind !== 'set' && type.kind !== 'list') || !hasEquality(type.element)) return [];
    const json = encode(value, type.element, schema);
    const outside = decode(json, type.element, schema);
    if (isMissing(outside) || !isSame(outside, value)) return [];
    const made = { add: gains ? [json] : [], remove: gains ? [] : [json] };
    const update = gains ? adding(outside, type.kind) : removing(outside, type.kind);
    return [[edit({ condition, text }, null, { kind: 'elements', at: place.shown, ...made }, update)]];
  };
  return {
    path,
    type: place.type,
    outcome,
    mayBeAbsent: place.mayBeAbsent,
    become: (value, condition, text) => {
      const made = becoming(value, condition, text);
      return made === undefined ? [] : [[made]];
    },
    fill: (value, condition, text) => {
      const made = becoming(value, condition, text);
      return made === undefined ? [] : [[{ ...made, mark: 'filled', isFiller: true }]];
    },
    gain: (value, condition, text) => element(value, true, condition, text),
    lose: (value, condition, text) => element(value, false, condition, text),
  };
}

/** The id of a reference changes with the reference. */
function identifierOf(
  expression: Extract<CheckedExpression, { kind: 'identifier' }>,
  context: SearchContext,
): Changeable | undefined {
  const { object } = expression;
  if (object.kind === 'variable') {
    const text = `\`${object.name}.id\` says ${object.name === 'subject' ? 'who asks' : 'what is asked for'}`;
    context.log.note({ why: 'identity', condition: null, text });
    return undefined;
  }
  const base = changeableOf(object, context);
  if (base === undefined || base.type.kind !== 'reference') return undefined;
  const type = base.outcome instanceof Reference ? base.outcome.type : base.type.entities[0];
  if (type === undefined) return undefined;
  const refer = (value: Value): Value => new Reference(type, value as string);
  return {
    ...base,
    path: pathText(expression),
    type: expression.type,
    outcome: base.outcome instanceof Reference ? base.outcome.id : base.outcome,
    become: (value, condition, text) =>
      base.become(value === undefined ? undefined : refer(value), condition, text),
    fill: (value, condition, text) => base.fill(refer(value), condition, text),
    gain: () => [],
    lose: () => [],
  };
}

function decode(json: unknown, type: Type, schema: Compiler['schema']): Outcome {
  return decoderOf(type, schema)(json, '', emptyReport());
}

/** Whether what JSON made of a value is the value still, as far as values can be compared. */
function isSame(outside: Value, value: Value): boolean {
  if (typeof value !== 'object') return outside === value;
  if (value instanceof Reference) return outside instanceof Reference && outside.key === value.key;
  return value instanceof ValueSet
    ? outside instanceof ValueSet && outside.items.size === value.items.size
    : true;
}
