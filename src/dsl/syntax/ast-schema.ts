import type { DeclarationBase, Name, NodeBase } from './ast-base.ts';
import type { Expression, StringLiteral } from './ast-expressions.ts';

export interface NamedType extends NodeBase {
  readonly kind: 'namedType';
  readonly name: Name;
}
/** `set<T>`, `list<T>`, `map<K, V>`. */
export interface GenericType extends NodeBase {
  readonly kind: 'genericType';
  readonly constructorName: 'set' | 'list' | 'map';
  readonly parameters: readonly TypeExpression[];
}
/** `T?`; `a | b?` is optional as a whole. */
export interface OptionalType extends NodeBase {
  readonly kind: 'optionalType';
  readonly base: TypeExpression;
}
/** `a | b`: a reference to one of several entity types. */
export interface UnionType extends NodeBase {
  readonly kind: 'unionType';
  readonly members: readonly TypeExpression[];
}
/** `{ a: T, b: U? }`. */
export interface RecordType extends NodeBase {
  readonly kind: 'recordType';
  readonly attributes: readonly Attribute[];
}
export type TypeExpression = NamedType | GenericType | OptionalType | UnionType | RecordType;

export interface EnumDeclaration extends DeclarationBase {
  readonly kind: 'enum';
  readonly name: Name;
  readonly ordered: boolean;
  readonly members: readonly EnumMember[];
}
export interface EnumMember extends DeclarationBase {
  readonly kind: 'enumMember';
  readonly name: Name;
  /** `approve as "approve:with-jwt"`: how the member is spelled outside, if not by its name. */
  readonly spelling: StringLiteral | undefined;
}

export interface EntityDeclaration extends DeclarationBase {
  readonly kind: 'entity';
  readonly name: Name;
  readonly storage: Storage;
  readonly attributes: readonly Attribute[];
}
/** Where the facts of an entity live. */
export type Storage = TableStorage | StoredStorage | SuppliedStorage;
/** `from table T key COL`. */
export interface TableStorage extends NodeBase {
  readonly kind: 'tableStorage';
  readonly table: Name | StringLiteral;
  readonly key: Name | StringLiteral | undefined;
}
export interface StoredStorage extends NodeBase {
  readonly kind: 'storedStorage';
}
export interface SuppliedStorage extends NodeBase {
  readonly kind: 'suppliedStorage';
}

/** The exception of one attribute to its entity's storage; `suppliedOrStored` is `supplied or stored`. */
export type AttributeModifier = 'supplied' | 'stored' | 'suppliedOrStored' | 'live';

/** `[modifier] name: type [from …] [= closure(…) | = default]`. */
export interface Attribute extends DeclarationBase {
  readonly kind: 'attribute';
  readonly modifier: AttributeModifier | undefined;
  readonly name: Name;
  readonly type: TypeExpression;
  readonly origin: AttributeOrigin | undefined;
  readonly value: Closure | Expression | undefined;
}
export type AttributeOrigin = ColumnOrigin | JoinOrigin;
/** `from column`, `from "column"`, or `from owner_type, owner_id` for a union. */
export interface ColumnOrigin extends NodeBase {
  readonly kind: 'columnOrigin';
  readonly columns: readonly (Name | StringLiteral)[];
}
/** `from team_members(user_id, team_id, role) where is_active`. */
export interface JoinOrigin extends NodeBase {
  readonly kind: 'joinOrigin';
  readonly table: Name | StringLiteral;
  readonly columns: readonly (Name | StringLiteral)[];
  readonly condition: Expression | undefined;
}
/** `closure(parent, depth 10)`; with `first`, `closure(first then follow, depth 10)`. */
export interface Closure extends NodeBase {
  readonly kind: 'closure';
  readonly first: Name | undefined;
  readonly follow: Name;
  readonly depth: number;
}

export interface ContextDeclaration extends DeclarationBase {
  readonly kind: 'context';
  readonly attributes: readonly Attribute[];
}

export interface ActionDeclaration extends DeclarationBase {
  readonly kind: 'action';
  readonly actions: readonly ActionName[];
  readonly resources: readonly Name[];
  readonly subjects: readonly Name[];
  readonly isNew: boolean;
  readonly attributes: readonly Attribute[];
  readonly context: readonly Attribute[];
}
/** `approve as "approve:with-jwt"`: requests call the action by its spelling, policies by its name. */
export interface ActionName extends NodeBase {
  readonly kind: 'actionName';
  readonly name: Name;
  readonly spelling: StringLiteral | undefined;
}

export interface ActionSetDeclaration extends DeclarationBase {
  readonly kind: 'actionSet';
  readonly name: Name;
  readonly actions: readonly Name[];
}

export interface RequireDeclaration extends DeclarationBase {
  readonly kind: 'require';
  readonly claims: readonly Name[];
}
