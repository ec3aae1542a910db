import type { Attribute, TypeExpression } from '../syntax/ast.ts';
import { assertNever } from '../syntax/ast.ts';
import {
  type AttributeType,
  BOOL,
  CIDR,
  DURATION,
  FLOAT,
  hasEquality,
  INT,
  IP,
  ROLE_ENUM,
  STRING,
  showType,
  TIME,
  type Type,
  UUID,
} from '../types/types.ts';
import { type Findings, firstDeclared } from './findings.ts';
import type { Symbols } from './symbols.ts';

const SCALARS: ReadonlyMap<string, Type> = new Map(
  [BOOL, INT, FLOAT, STRING, UUID, IP, CIDR, TIME, DURATION].map((type) => [type.kind, type]),
);

/** Turns written types into types; what is wrong is reported once and has no type (undefined) from there on. */
export class TypeResolver {
  readonly #findings: Findings;
  readonly #named = new Map<string, Type>(SCALARS);

  constructor(symbols: Symbols, findings: Findings) {
    this.#findings = findings;
    for (const name of [ROLE_ENUM, ...symbols.enums.keys()]) this.#named.set(name, { kind: 'enum', name });
    for (const name of symbols.entities.keys())
      this.#named.set(name, { kind: 'reference', entities: [name] });
  }

  /** The type of an attribute, which alone may be optional. */
  attribute(written: TypeExpression): AttributeType | undefined {
    const optional = written.kind === 'optionalType';
    const type = this.type(optional ? written.base : written);
    return type === undefined ? undefined : { type, optional };
  }

  /** A type that is always there: of a parameter, an element, a key. */
  type(written: TypeExpression): Type | undefined {
    switch (written.kind) {
      case 'namedType': {
        const name = written.name.text;
        const type = this.#named.get(name);
        if (type === undefined) {
          const suggestion = this.#findings.nearest(name, this.#named.keys());
          this.#findings.report('unknownType', written.span, { name, suggestion });
        }
        return type;
      }
      case 'genericType':
        return this.#generic(written.constructorName, written.parameters, written);
      case 'optionalType':
        this.#findings.report('invalidType', written.span, {
          reason: 'only an attribute can be optional',
          help: 'what is absent from a set, a list or a map is simply not in it',
        });
        return this.type(written.base);
      case 'unionType': {
        const names = new Set<string>();
        for (const member of written.members) {
          const type = this.type(member);
          if (type === undefined) return undefined;
          if (type.kind !== 'reference') {
            this.#findings.report('invalidType', member.span, {
              reason: `a union is of entities, and \`${showType(type)}\` is none`,
            });
            return undefined;
          }
          for (const entity of type.entities) names.add(entity);
        }
        return { kind: 'reference', entities: [...names].toSorted() };
      }
      case 'recordType':
        return this.#record(written.attributes);
      default:
        return assertNever(written);
    }
  }

  #generic(
    constructorName: 'set' | 'list' | 'map',
    parameters: readonly TypeExpression[],
    written: TypeExpression,
  ): Type | undefined {
    const wanted = constructorName === 'map' ? 2 : 1;
    const [first, second] = parameters;
    if (first === undefined || parameters.length !== wanted) {
      const shape = constructorName === 'map' ? 'map<K, V>' : `${constructorName}<T>`;
      this.#findings.report('invalidType', written.span, {
        reason: `\`${constructorName}\` takes ${wanted} type${wanted === 1 ? '' : 's'}, found ${parameters.length}`,
        help: `write \`${shape}\``,
      });
      return undefined;
    }
    const element = this.type(first);
    const value = second === undefined ? undefined : this.type(second);
    if (element === undefined || (second !== undefined && value === undefined)) return undefined;
    if (constructorName !== 'list' && !hasEquality(element)) {
      this.#findings.report('invalidType', first.span, {
        reason: `\`${showType(element)}\` has no equality, so it can be no ${constructorName === 'set' ? 'element of a set' : 'key of a map'}`,
        help: constructorName === 'set' ? 'use a list' : undefined,
      });
      return undefined;
    }
    return value === undefined
      ? { kind: constructorName === 'list' ? 'list' : 'set', element }
      : { kind: 'map', key: element, value };
  }

  #record(attributes: readonly Attribute[]): Type | undefined {
    const resolved = new Map<string, AttributeType>();
    const places = new Map<string, Attribute>();
    let complete = true;
    for (const attribute of attributes) {
      const name = attribute.name.text;
      const first = places.get(name);
      if (first !== undefined) {
        const related = firstDeclared(first.name.span);
        this.#findings.report(
          'duplicateDeclaration',
          attribute.name.span,
          { what: 'attribute', name },
          related,
        );
        continue;
      }
      places.set(name, attribute);
      if (
        attribute.modifier !== undefined ||
        attribute.origin !== undefined ||
        attribute.value !== undefined
      ) {
        this.#findings.report('invalidAttribute', attribute.span, {
          name,
          reason:
            'is part of a record, and only whole attributes have a storage, an origin or a default of their own',
        });
      }
      const type = this.attribute(attribute.type);
      if (type === undefined) complete = false;
      else resolved.set(name, type);
    }
    return complete ? { kind: 'record', attributes: resolved } : undefined;
  }
}
