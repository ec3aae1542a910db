import type { Expression, NameExpression, RecordEntry, RecordLiteral, SetLiteral } from '../syntax/ast.ts';
import { parseId } from '../types/entity-id.ts';
import type { Schema } from '../types/schema.ts';
import { ROLE_ENUM, showType, type Type } from '../types/types.ts';
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
} from '../types/values.ts';
import type { Finder, Report } from './findings.ts';
import { isTextKind, parseScalar } from './parse-scalar.ts';

/**
 * What a bare name such as `alice` refers to in a test: `taken` when it means something else (`subject`, `null`) and no
 * record is called so, undefined when it does not say of which type it is.
 */
export type BareReference = (name: string, entities: readonly string[]) => Reference | 'taken' | undefined;

/** Reads literals of facts, fixtures and defaults: the declared type says what is meant, strings are read as that type. */
export class ValueReader {
  readonly #schema: Schema;
  readonly #report: Report;
  readonly #findings: Finder;
  readonly #bareReference: BareReference | undefined;

  constructor(schema: Schema, findings: Finder, bareReference: BareReference | undefined) {
    this.#schema = schema;
    this.#report = findings.report;
    this.#findings = findings;
    this.#bareReference = bareReference;
  }

  /** The value, or undefined after a report. */
  read(written: Expression, type: Type): Value | undefined {
    switch (type.kind) {
      case 'bool':
        return written.kind === 'booleanLiteral' ? written.value : this.#mismatch(written, type);
      case 'int':
      case 'float': {
        const number = numberOf(written, type.kind === 'float');
        return number ?? this.#mismatch(written, type);
      }
      case 'string':
        return written.kind === 'stringLiteral' ? written.value : this.#mismatch(written, type);
      case 'uuid':
      case 'ip':
      case 'cidr':
      case 'time':
      case 'duration':
        return this.#text(written, type);
      case 'enum':
        return this.#member(written, type.name);
      case 'reference':
        return this.#reference(written, type.entities);
      case 'set':
      case 'list':
        return this.#collection(written, type);
      case 'map':
        return this.#map(written, type);
      case 'record': {
        if (written.kind !== 'recordLiteral' && !isEmptySet(written)) return this.#mismatch(written, type);
        const read = this.readRecord(written as RecordLiteral | SetLiteral, type.attributes, showType(type));
        for (const [name, attribute] of type.attributes) {
          if (read[name] === undefined && !attribute.optional) read[name] = UNKNOWN;
        }
        return read;
      }
      case 'risk':
        return this.#mismatch(written, type);
    }
  }

  /** The attributes that are written, as far as they can be read. */
  readRecord(
    written: RecordLiteral | SetLiteral,
    attributes: ReadonlyMap<string, { readonly type: Type }>,
    of: string,
  ): { [attribute: string]: Value | Unknown | undefined } {
    const result = emptyRecord();
    if (written.kind === 'setLiteral') {
      if (written.items.length > 0) {
        const expected = `the attributes of \`${of}\``;
        this.#report('typeMismatch', written.span, {
          expected,
          found: 'a set',
          help: 'write `{ name: value, … }`',
        });
      }
      return result;
    }
    for (const entry of written.entries) {
      const name = entry.key.kind === 'name' ? entry.key.text : String(entry.key.value);
      const attribute = attributes.get(name);
      if (attribute === undefined) {
        const suggestion = this.#findings.nearest(name, attributes.keys());
        this.#report('unknownAttribute', entry.key.span, { attribute: name, type: of, suggestion });
        continue;
      }
      if (Object.hasOwn(result, name)) {
        this.#report('duplicateDeclaration', entry.key.span, { what: 'attribute', name });
        continue;
      }
      const value = this.read(entry.value, attribute.type);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  #text(written: Expression, type: Type): Value | undefined {
    if (!isTextKind(type.kind)) return this.#mismatch(written, type);
    const duration = type.kind === 'duration' ? durationOf(written) : undefined;
    if (duration !== undefined) return duration;
    const call = constructorCall(written);
    const literal = call !== undefined && call.name === type.kind ? call.argument : written;
    if (literal.kind !== 'stringLiteral') return this.#mismatch(written, type);
    const parsed = parseScalar(type.kind, literal.value);
    if ('value' in parsed) return parsed.value;
    this.#report('badLiteral', literal.span, { type: type.kind, reason: parsed.problem });
    return undefined;
  }

  #member(written: Expression, name: string): Value | undefined {
    const info = this.#schema.enums.get(name);
    const text = enumText(written, name);
    if (info === undefined || text === undefined) return this.#mismatch(written, { kind: 'enum', name });
    const member =
      written.kind === 'stringLiteral' ? info.bySpelling.get(text) : info.rank.has(text) ? text : undefined;
    if (member !== undefined) return member;
    const suggestion = this.#findings.nearest(text, info.members);
    if (name === ROLE_ENUM)
      this.#report('unknownDeclaration', written.span, { what: 'role', name: text, suggestion });
    else this.#report('unknownMember', written.span, { member: text, enum: name, suggestion });
    return undefined;
  }

  #reference(written: Expression, entities: readonly string[]): Value | undefined {
    const type: Type = { kind: 'reference', entities };
    const call = constructorCall(written);
    if (call !== undefined) {
      return entities.includes(call.name)
        ? this.#reference(call.argument, [call.name])
        : this.#mismatch(written, type);
    }
    if (written.kind === 'nameExpression' && this.#bareReference !== undefined) {
      const found = this.#bareReference(written.name, entities);
      if (found instanceof Reference) return found;
      if (found === 'taken') return this.#taken(written, entities);
    } else if (written.kind === 'stringLiteral' && entities.length === 1) {
      return this.literalReference(written, entities[0] as string, written.value);
    }
    if (written.kind !== 'stringLiteral' && written.kind !== 'nameExpression')
      return this.#mismatch(written, type);
    const shown =
      written.kind === 'nameExpression' && this.#bareReference !== undefined ? written.name : '"ID"';
    this.#report('typeMismatch', written.span, {
      expected: `a reference to \`${entities.join('` or `')}\``,
      found: 'an id that does not say of which type',
      help: `write ${entities.map((one) => `\`${one}(${shown})\``).join(' or ')}`,
    });
    return undefined;
  }

  #taken(written: NameExpression, entities: readonly string[]): undefined {
    this.#report('typeMismatch', written.span, {
      expected: `the name of a record of \`${entities.join('` or `')}\``,
      found: describe(written),
      help:
        written.name === 'null'
          ? 'leave the attribute out: what is not said is absent'
          : 'write the name that the record has in this test',
    });
    return undefined;
  }

  /** `user("alice")`: the id in the canonical spelling of its key. */
  literalReference(written: Expression, entity: string, id: string): Reference | undefined {
    const info = this.#schema.entities.get(entity);
    if (info === undefined) return undefined;
    const canonical = parseId(info, id);
    if (canonical !== undefined) return new Reference(entity, canonical);
    this.#report('badLiteral', written.span, {
      type: `id of \`${entity}\``,
      reason: id === '' ? 'it is empty' : `"${id}" is no ${info.keyType}`,
    });
    return undefined;
  }

  #collection(written: Expression, type: Type & { readonly element: Type }): Value | undefined {
    if (written.kind !== 'setLiteral' && written.kind !== 'listLiteral') return this.#mismatch(written, type);
    const items: Value[] = [];
    for (const item of written.items) {
      const value = this.read(item, type.element);
      if (value !== undefined) items.push(value);
    }
    if (items.length < written.items.length) return undefined;
    return type.kind === 'set' ? setOf(items) : items;
  }

  #map(written: Expression, type: Type & { readonly key: Type; readonly value: Type }): Value | undefined {
    const keys = new Map<Key, Value>();
    const values = new Map<Key, Value | Unknown>();
    if (written.kind !== 'recordLiteral') {
      return isEmptySet(written) ? new ValueMap(keys, values) : this.#mismatch(written, type);
    }
    let complete = true;
    for (const entry of written.entries) {
      const { key } = entry;
      const readKey = this.read(keyExpression(key, type.key), type.key);
      const readValue = this.read(entry.value, type.value);
      if (readKey === undefined || readValue === undefined) {
        complete = false;
        continue;
      }
      const hash = keyOf(readKey);
      if (keys.has(hash)) this.#report('duplicateDeclaration', key.span, { what: 'key', name: String(hash) });
      keys.set(hash, readKey);
      values.set(hash, readValue);
    }
    return complete ? new ValueMap(keys, values) : undefined;
  }

  #mismatch(written: Expression, type: Type): undefined {
    this.#report('typeMismatch', written.span, {
      expected: `a value of type \`${showType(type)}\``,
      found: describe(written),
    });
    return undefined;
  }
}

/** A key as it would be written as a value: a bare name is a string where strings are keys. */
function keyExpression(key: RecordEntry['key'], type: Type): Expression {
  if (key.kind !== 'name') return key;
  const { span, text } = key;
  return type.kind === 'string'
    ? { kind: 'stringLiteral', span, value: text, raw: false }
    : { kind: 'nameExpression', span, name: text };
}

/** An attribute record of which nothing is written. */
function isEmptySet(written: Expression): boolean {
  return written.kind === 'setLiteral' && written.items.length === 0;
}

/** Name and only argument of `name(argument)`. */
function constructorCall(written: Expression): { name: string; argument: Expression } | undefined {
  if (written.kind !== 'callExpression' || written.callee.kind !== 'nameExpression') return undefined;
  const [argument] = written.arguments;
  return argument === undefined || written.arguments.length > 1
    ? undefined
    : { name: written.callee.name, argument };
}

function numberOf(written: Expression, float: boolean): number | undefined {
  if (written.kind === 'unaryExpression' && written.operator === '-') {
    const number = numberOf(written.operand, float);
    return number === undefined ? undefined : 0 - number;
  }
  if (written.kind === 'integerLiteral' && Number.isSafeInteger(written.value)) return written.value;
  return float && written.kind === 'floatLiteral' ? written.value : undefined;
}

function durationOf(written: Expression): number | undefined {
  if (written.kind === 'durationLiteral') return written.milliseconds;
  if (written.kind !== 'unaryExpression' || written.operator !== '-') return undefined;
  const duration = durationOf(written.operand);
  return duration === undefined ? undefined : 0 - duration;
}

function enumText(written: Expression, name: string): string | undefined {
  if (written.kind === 'nameExpression') return written.name;
  if (written.kind === 'stringLiteral') return written.value;
  const qualified = written.kind === 'memberExpression' && written.object.kind === 'nameExpression';
  return qualified && (written.object as { name: string }).name === name ? written.member.text : undefined;
}

/** What a written expression is, for a message. */
function describe(written: Expression): string {
  switch (written.kind) {
    case 'integerLiteral':
      return 'an int';
    case 'floatLiteral':
      return 'a float';
    case 'stringLiteral':
      return 'a string';
    case 'booleanLiteral':
      return 'a bool';
    case 'durationLiteral':
      return 'a duration';
    case 'listLiteral':
      return 'a list';
    case 'setLiteral':
      return 'a set';
    case 'recordLiteral':
      return 'a record';
    case 'nameExpression':
      return `\`${written.name}\``;
    default:
      return 'an expression';
  }
}
