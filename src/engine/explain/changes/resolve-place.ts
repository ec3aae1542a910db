import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { encode } from '../../../dsl/types/encode.ts';
import type { AttributeInfo } from '../../../dsl/types/schema.ts';
import type { Type } from '../../../dsl/types/types.ts';
import { keyOf, Reference, type Value } from '../../../dsl/types/values.ts';
import { sourceOf } from '../../compile/attribute-reader.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import type { Change, ChangePlace, UnchangeableWhy } from '../types.ts';
import type { EditPlace } from './edit-question.ts';
import type { SearchContext } from './search-context.ts';

/** A place that somebody can change, and who. */
export interface ChangeablePlace extends EditPlace {
  readonly by: Change['by'];
  /** The declared type of what stands there. */
  readonly type: Type;
  /** Whether nothing may stand there. */
  readonly mayBeAbsent: boolean;
  readonly shown: ChangePlace;
}

/** Why nobody can change what an expression stands for; `opens` is what has to be there before anybody can. */
export interface FixedPlace {
  readonly why: UnchangeableWhy;
  readonly text: string;
  readonly opens?:
    | { readonly kind: 'value'; readonly of: CheckedExpression }
    | { readonly kind: 'record'; readonly of: Reference };
}

export function isFixed(place: ChangeablePlace | FixedPlace): place is FixedPlace {
  return 'why' in place;
}

/** Where the value of a path stands and who can change it there, or why nobody can. */
export function resolvePlace(
  expression: CheckedExpression,
  context: SearchContext,
): ChangeablePlace | FixedPlace {
  const { input, compiler } = context;
  const text = pathText(expression);
  switch (expression.kind) {
    case 'variable': {
      const { name } = expression;
      if (name === 'context' || name === 'action') {
        const shown = { part: name, entity: null, path: [] } as const;
        return {
          root: { kind: name },
          steps: [],
          otherwise: undefined,
          by: 'request',
          type: expression.type,
          mayBeAbsent: false,
          shown,
        };
      }
      if (name === 'now' || name === 'risk') return { why: 'observed', text: `\`${name}\` is what it is` };
      return {
        why: 'identity',
        text: `\`${name}\` is ${name === 'subject' ? 'who asks' : 'what is asked for'}`,
      };
    }
    case 'attribute': {
      const { object, name } = expression;
      if (object.type.kind === 'reference') return attributePlace(object, name, context);
      const place = resolvePlace(object, context);
      if (isFixed(place)) return place;
      if (place.steps.length === 0) {
        const { triple } = context.plan;
        const declared = place.root.kind === 'context' ? triple.contextAttributes : triple.actionAttributes;
        const attribute = declared.get(name);
        return attribute === undefined ? derived(text) : stepInto(place, attribute, attribute.spelling);
      }
      const attribute = place.type.kind === 'record' ? place.type.attributes.get(name) : undefined;
      return attribute === undefined
        ? derived(text)
        : stepInto(place, { ...attribute, name, default: undefined }, name);
    }
    case 'index': {
      const place = resolvePlace(expression.object, context);
      if (isFixed(place)) return place;
      const key = compiler.value(expression.key)(input);
      if (isMissing(key)) {
        return {
          why: 'no_value',
          text: `\`${pathText(expression.key)}\` is not known`,
          opens: { kind: 'value', of: expression.key },
        };
      }
      if (place.type.kind !== 'map') return derived(text);
      const spelled = encode(key, place.type.key, compiler.schema);
      const name = typeof spelled === 'string' ? spelled : String(keyOf(key));
      return {
        ...place,
        steps: [...place.steps, { kind: 'key', value: key }],
        otherwise: undefined,
        type: place.type.value,
        mayBeAbsent: true,
        shown: { ...place.shown, path: [...place.shown.path, name] },
      };
    }
    case 'call': {
      if (expression.builtin.evaluate !== undefined) return derived(text);
      const fixed = {
        why: 'source',
        text: `\`${text}\` is answered by a source outside, not by a value of the question`,
      } as const;
      // Without its arguments a source is not even asked.
      const of = expression.arguments.find((argument) => isMissing(compiler.value(argument)(input)));
      return of === undefined ? fixed : { ...fixed, opens: { kind: 'value', of } };
    }
    case 'constant':
      return { why: 'literal', text: `\`${text}\` stands in the policy` };
    case 'local':
      return { why: 'computed', text: `\`${text}\` stands for an element of a collection` };
    default:
      return derived(text);
  }
}

function derived(text: string): FixedPlace {
  return { why: 'computed', text: `\`${text}\` follows from other values` };
}

function stepInto(
  place: ChangeablePlace,
  attribute: Pick<AttributeInfo, 'name' | 'type' | 'optional' | 'default'>,
  spelling: string,
): ChangeablePlace {
  return {
    ...place,
    steps: [...place.steps, { kind: 'attribute', name: attribute.name }],
    otherwise: attribute.default,
    type: attribute.type,
    mayBeAbsent: attribute.optional && attribute.default === undefined,
    shown: { ...place.shown, path: [...place.shown.path, spelling] },
  };
}

function attributePlace(
  object: CheckedExpression,
  name: string,
  context: SearchContext,
): ChangeablePlace | FixedPlace {
  const { input, compiler } = context;
  const text = pathText(object);
  const reference = compiler.value(object)(input);
  if (!(reference instanceof Reference)) {
    return { why: 'no_value', text: `\`${text}\` is not known`, opens: { kind: 'value', of: object } };
  }
  const entity = compiler.schema.entities.get(reference.type);
  const attribute = entity?.attributes.get(name);
  if (entity === undefined || attribute === undefined) return derived(`${text}.${name}`);
  if (attribute.closure !== undefined) {
    return {
      why: 'computed',
      text: `\`${text}.${name}\` follows from the \`${attribute.closure.follow.text}\` of records`,
    };
  }
  const at = (part: 'request' | 'facts', by: Change['by']): ChangeablePlace => {
    const root = { kind: part === 'request' ? 'supplied' : 'fact', reference } as const;
    const shown = { part, entity: { type: reference.type, id: reference.id }, path: [] };
    return stepInto(
      { root, steps: [], otherwise: undefined, by, type: attribute.type, mayBeAbsent: false, shown },
      attribute,
      attribute.spelling,
    );
  };
  const source = sourceOf(entity, attribute);
  if (source === 'live')
    return { why: 'observed', text: `\`${text}.${name}\` is observed, and set by nobody` };
  const isNew = reference.key === input.newKey;
  const fromRequest = source === 'supplied' || source === 'suppliedOrStored' || (isNew && source === 'store');
  if (fromRequest && context.mentioned().has(reference.key)) return at('request', 'request');
  if (source === 'supplied' || isNew) {
    return { why: 'no_record', text: `the request does not speak of \`${showReference(reference)}\`` };
  }
  const record = input.record(reference);
  if (record === undefined) {
    return { why: 'no_record', text: `the record of \`${showReference(reference)}\` could not be loaded` };
  }
  if (record === null) {
    const missing = `there is no record of \`${showReference(reference)}\``;
    return { why: 'no_record', text: missing, opens: { kind: 'record', of: reference } };
  }
  return at('facts', 'data');
}

/** A reference as the language spells a literal one. */
export function showReference({ type, id }: Reference): string {
  return `${type}(${JSON.stringify(id)})`;
}

/** A text that tells values of one place apart. */
export function spellPlace({ root, steps }: Pick<EditPlace, 'root' | 'steps'>): string {
  const from = 'reference' in root ? `${root.kind} ${root.reference.key}` : root.kind;
  return [
    from,
    ...steps.map((step) => (step.kind === 'attribute' ? step.name : `[${spellKey(step.value)}]`)),
  ].join('\u0000');
}

function spellKey(value: Value): string {
  return String(keyOf(value));
}
