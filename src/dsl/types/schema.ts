import type { Attribute, Closure, EntityDeclaration, EnumDeclaration } from '../syntax/ast.ts';
import type { Type } from './types.ts';
import type { Value } from './values.ts';

/** A declared enum. Spellings are what requests and stores say; names are what policies say. */
export interface EnumInfo {
  readonly name: string;
  readonly ordered: boolean;
  /** Names in the order of the text. */
  readonly members: readonly string[];
  /** Position by name; `<` compares positions where `ordered`. */
  readonly rank: ReadonlyMap<string, number>;
  /** Name by outside spelling (the name itself where none is declared). */
  readonly bySpelling: ReadonlyMap<string, string>;
  /** Undefined for the enum of roles. */
  readonly declaration: EnumDeclaration | undefined;
}

/** From where an attribute's value comes. `store` is the entity's own storage (mapped table or the engine's store). */
export type AttributeSource = 'store' | 'supplied' | 'suppliedOrStored' | 'live';

/** An attribute of an entity, the context, an action or a record. */
export interface AttributeInfo {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  readonly source: AttributeSource;
  /** True of `stored` on an attribute of a mapped entity: kept in the engine's store. */
  readonly keptInStore: boolean;
  /** The name outside the policy: a single `from` column or string, else the name. Requests and facts files use it for supplied attributes spelt `from "…"`. */
  readonly spelling: string;
  readonly default: Value | undefined;
  readonly closure: Closure | undefined;
  readonly documentation: string | undefined;
  readonly declaration: Attribute | undefined;
}

export interface EntityInfo {
  readonly name: string;
  readonly storage: 'mapped' | 'stored' | 'supplied';
  /** How ids are spelt: an entity may declare `id: uuid` or `id: int`; else 'string'. */
  readonly keyType: 'string' | 'uuid' | 'int';
  /** Without `id`, in the order of the text. */
  readonly attributes: ReadonlyMap<string, AttributeInfo>;
  readonly documentation: string | undefined;
  readonly declaration: EntityDeclaration;
}

/** What a bundle declares of types: enough to read facts and requests. */
export interface Schema {
  readonly enums: ReadonlyMap<string, EnumInfo>;
  readonly entities: ReadonlyMap<string, EntityInfo>;
}
