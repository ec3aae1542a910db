/** The types of the language. Optionality is no type: it belongs to the attribute that may be absent. */
export type Type =
  | { readonly kind: 'bool' | 'int' | 'float' | 'string' | 'uuid' | 'ip' | 'cidr' | 'time' | 'duration' }
  /** A declared enum; `role` is the enum of the declared roles. */
  | { readonly kind: 'enum'; readonly name: string }
  /** A reference to one of `entities` (sorted, at least one). */
  | { readonly kind: 'reference'; readonly entities: readonly string[] }
  | { readonly kind: 'set'; readonly element: Type }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'record'; readonly attributes: ReadonlyMap<string, AttributeType> }
  /** The interval of `risk`, which can only be compared with a number. */
  | { readonly kind: 'risk' };

export interface AttributeType {
  readonly type: Type;
  readonly optional: boolean;
}

export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const FLOAT: Type = { kind: 'float' };
export const STRING: Type = { kind: 'string' };
export const UUID: Type = { kind: 'uuid' };
export const IP: Type = { kind: 'ip' };
export const CIDR: Type = { kind: 'cidr' };
export const TIME: Type = { kind: 'time' };
export const DURATION: Type = { kind: 'duration' };
export const RISK: Type = { kind: 'risk' };
/** The name of the enum whose members are the declared roles. */
export const ROLE_ENUM = 'role';

/** Equality of types; records by structure. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'enum':
      return b.kind === 'enum' && a.name === b.name;
    case 'reference':
      return (
        b.kind === 'reference' &&
        a.entities.length === b.entities.length &&
        a.entities.every((name, index) => name === b.entities[index])
      );
    case 'set':
    case 'list':
      return b.kind === a.kind && sameType(a.element, b.element);
    case 'map':
      return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value);
    case 'record':
      return (
        b.kind === 'record' &&
        a.attributes.size === b.attributes.size &&
        [...a.attributes].every(([name, one]) => {
          const other = b.attributes.get(name);
          return other !== undefined && other.optional === one.optional && sameType(one.type, other.type);
        })
      );
    default:
      return a.kind === b.kind;
  }
}

/** True of types whose values can be compared with `==`, and so be elements of sets and keys of maps. */
export function hasEquality(type: Type): boolean {
  return (
    type.kind !== 'set' &&
    type.kind !== 'list' &&
    type.kind !== 'map' &&
    type.kind !== 'record' &&
    type.kind !== 'risk'
  );
}

/** A type as it is written in a policy. */
export function showType(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return type.name;
    case 'reference':
      return type.entities.join(' | ');
    case 'set':
    case 'list':
      return `${type.kind}<${showType(type.element)}>`;
    case 'map':
      return `map<${showType(type.key)}, ${showType(type.value)}>`;
    case 'record': {
      const parts = [...type.attributes].map(
        ([name, one]) => `${name}: ${showType(one.type)}${one.optional ? '?' : ''}`,
      );
      return `{ ${parts.join(', ')} }`;
    }
    default:
      return type.kind;
  }
}
