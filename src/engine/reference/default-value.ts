import type { Expression } from '../../dsl/syntax/ast.ts';
import { parseDuration } from '../../dsl/types/parse-duration.ts';
import { parseIp, parseNetwork } from '../../dsl/types/parse-ip.ts';
import { parseTime } from '../../dsl/types/parse-time.ts';
import type { Type } from '../../dsl/types/types.ts';
import {
  emptyRecord,
  type Key,
  keyOf,
  Reference,
  setOf,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
} from '../../dsl/types/values.ts';
import type { Declarations } from './declarations.ts';

/** The value of a default, a literal read as the declared type. */
export function defaultValue(literal: Expression, type: Type, declarations: Declarations): Value | Unknown {
  const read = (one: Expression, as: Type): Value => {
    const value = defaultValue(one, as, declarations);
    if (value === UNKNOWN) throw new Error('a default of a checked bundle is a literal');
    return value;
  };
  switch (literal.kind) {
    case 'integerLiteral':
    case 'floatLiteral':
    case 'booleanLiteral':
      return literal.value;
    case 'durationLiteral':
      return literal.milliseconds;
    case 'stringLiteral':
      return fromText(literal.value, type, declarations);
    case 'nameExpression':
      return literal.name;
    case 'memberExpression':
      return literal.member.text;
    case 'unaryExpression':
      return -(read(literal.operand, type) as number);
    case 'callExpression': {
      const [argument] = literal.arguments;
      if (literal.callee.kind !== 'nameExpression' || argument?.kind !== 'stringLiteral') return UNKNOWN;
      const name = literal.callee.name;
      return declarations.entities.has(name)
        ? fromText(argument.value, { kind: 'reference', entities: [name] }, declarations)
        : fromText(argument.value, { kind: name } as Type, declarations);
    }
    case 'listLiteral':
      return type.kind === 'list' ? literal.items.map((one) => read(one, type.element)) : UNKNOWN;
    case 'setLiteral':
      if (type.kind === 'set') return setOf(literal.items.map((one) => read(one, type.element)));
      if (type.kind === 'map') return new ValueMap(new Map(), new Map());
      return emptyRecord();
    case 'recordLiteral': {
      if (type.kind === 'record') {
        const record = emptyRecord();
        for (const { key, value } of literal.entries) {
          const name = key.kind === 'name' ? key.text : String(key.value);
          const declared = type.attributes.get(name);
          if (declared !== undefined) record[name] = read(value, declared.type);
        }
        return record;
      }
      if (type.kind !== 'map') return UNKNOWN;
      const keys = new Map<Key, Value>();
      const values = new Map<Key, Value>();
      for (const entry of literal.entries) {
        const { key } = entry;
        const name = key.kind === 'name' ? key.text : key.value;
        const value = typeof name === 'string' ? fromText(name, type.key, declarations) : name;
        if (value === UNKNOWN) return UNKNOWN;
        keys.set(keyOf(value), value);
        values.set(keyOf(value), read(entry.value, type.value));
      }
      return new ValueMap(keys, values);
    }
    default:
      return UNKNOWN;
  }
}

/** A string in the place of a value of the type; it has been checked to fit. */
export function fromText(text: string, type: Type, declarations: Declarations): Value | Unknown {
  switch (type.kind) {
    case 'ip':
      return parseIp(text) ?? UNKNOWN;
    case 'cidr':
      return parseNetwork(text) ?? UNKNOWN;
    case 'time':
      return parseTime(text) ?? UNKNOWN;
    case 'duration':
      return parseDuration(text) ?? UNKNOWN;
    case 'uuid':
      return text.toLowerCase();
    case 'enum': {
      const members = declarations.enums.get(type.name)?.members ?? [];
      return members.find((one) => one.spelling?.value === text)?.name.text ?? text;
    }
    case 'reference': {
      const [name = ''] = type.entities;
      const id = declarations.entities.get(name)?.attributes.find((one) => one.name.text === 'id')?.type;
      const isUuid = id?.kind === 'namedType' && id.name.text === 'uuid';
      return new Reference(name, isUuid ? text.toLowerCase() : text);
    }
    default:
      return text;
  }
}
