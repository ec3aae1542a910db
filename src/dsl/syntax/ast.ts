/**
 * The syntax tree of a `.velro` file: readonly nodes, each with a `kind` and a half-open span. What is learned about
 * nodes later (types, read sets) lives beside the tree, never in it.
 */
import type { SourceText, Span } from '../source/source-text.ts';
import type { DeclarationBase, Name, NodeBase } from './ast-base.ts';
import type { DurationLiteral, Expression, RecordEntry, StringLiteral } from './ast-expressions.ts';
import type { FixtureDeclaration, TestDeclaration, TestItem } from './ast-tests.ts';

export type * from './ast-base.ts';
export type * from './ast-expressions.ts';
export type * from './ast-tests.ts';

// ---------------------------------------------------------------------------------------------- names and types

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

// -------------------------------------------------------------------------------------------------- declarations

/** `layer 3 ownership version 4 grants access`: the declarations after it in the file belong to it. */
export interface LayerDeclaration extends DeclarationBase {
  readonly kind: 'layer';
  readonly number: number;
  readonly name: Name;
  readonly version: number;
  readonly grants: Name | undefined;
}

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

export interface LetDeclaration extends DeclarationBase {
  readonly kind: 'let';
  readonly name: Name;
  /** Undefined for `let x = …`, a list (never empty) for `let f(p: T) = …`. */
  readonly parameters: readonly Parameter[] | undefined;
  readonly value: Expression;
}
export interface Parameter extends NodeBase {
  readonly kind: 'parameter';
  readonly name: Name;
  readonly type: TypeExpression;
}

/** ACTIONS on TYPES [by TYPES]; `any` is the string 'any'. `subjects` is undefined when `by` is left out. */
export interface Scope extends NodeBase {
  readonly kind: 'scope';
  readonly actions: readonly Name[] | 'any';
  readonly resources: readonly Name[] | 'any';
  readonly subjects: readonly Name[] | 'any' | undefined;
}

export interface RoleDeclaration extends DeclarationBase {
  readonly kind: 'role';
  readonly name: Name;
  readonly extends: readonly Name[];
  readonly condition: Expression | undefined;
  readonly grants: readonly Grant[];
}
export interface Grant extends DeclarationBase {
  readonly kind: 'grant';
  /** Without `by`. */
  readonly scope: Scope;
  readonly condition: Expression | undefined;
}

export interface RuleDeclaration extends DeclarationBase {
  readonly kind: 'rule';
  readonly effect: 'permit' | 'forbid';
  readonly name: Name;
  readonly scope: Scope;
  readonly when: Expression | undefined;
  readonly unless: Expression | undefined;
  readonly because: StringLiteral | undefined;
  readonly advice: Advice | undefined;
}
export interface Advice extends NodeBase {
  readonly kind: 'advice';
  readonly name: Name;
  readonly arguments: readonly AdviceArgument[];
}
export interface AdviceArgument extends NodeBase {
  readonly kind: 'adviceArgument';
  readonly name: Name;
  readonly value: Expression;
}

/** `cache permit: SCOPE for 3m shared 10m stale 30s`. */
export interface CacheDeclaration extends DeclarationBase {
  readonly kind: 'cache';
  readonly verdict: 'permit' | 'deny';
  readonly scope: Scope;
  readonly lifetime: DurationLiteral;
  readonly shared: DurationLiteral | undefined;
  readonly stale: DurationLiteral | undefined;
}
export interface NeverCacheDeclaration extends DeclarationBase {
  readonly kind: 'neverCache';
  readonly scope: Scope;
}
/** `deadline: SCOPE within D` (stage 'authorization') or `deadline authentication within D`. */
export interface DeadlineDeclaration extends DeclarationBase {
  readonly kind: 'deadline';
  readonly stage: 'authorization' | 'authentication';
  readonly scope: Scope | undefined;
  readonly within: DurationLiteral;
}

/** Least to most severe. */
export const AUDIT_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical'] as const;
export type AuditLevel = (typeof AUDIT_LEVELS)[number];
/** `audit deny: SCOPE at warning [durable] [sample 10%]`. */
export interface AuditDeclaration extends DeclarationBase {
  readonly kind: 'audit';
  readonly verdict: 'permit' | 'deny';
  readonly scope: Scope;
  readonly level: AuditLevel;
  readonly durable: boolean;
  /** Percent, over 0 to 100; undefined when not written (100). */
  readonly sample: number | undefined;
}
/** `redact subject.email drop`. */
export interface RedactDeclaration extends DeclarationBase {
  readonly kind: 'redact';
  readonly path: Expression;
  readonly method: 'hash' | 'drop';
}
/** `retain 400d`. */
export interface RetainDeclaration extends DeclarationBase {
  readonly kind: 'retain';
  readonly lifetime: DurationLiteral;
}

export interface ModeDeclaration extends DeclarationBase {
  readonly kind: 'mode';
  readonly name: Name;
  readonly description: StringLiteral | undefined;
  readonly rules: readonly RuleDeclaration[];
}
/** `loss of redis: continue`, `loss of database: enter read_only`; `enter` is undefined for `continue`. */
export interface LossDeclaration extends DeclarationBase {
  readonly kind: 'loss';
  readonly dependency: Name;
  readonly enter: Name | undefined;
}
export interface OverrideDeclaration extends DeclarationBase {
  readonly kind: 'override';
  readonly name: Name;
  readonly scope: Scope;
  readonly condition: Expression | undefined;
  readonly waives: readonly Name[];
  readonly expiresAfter: DurationLiteral;
  readonly because: StringLiteral | undefined;
}

/** `limit NAME: SCOPE for each KEY [, KEY …] to RATE` or `… for each KEY per SELECTOR { member: RATE, … }`. */
export interface LimitDeclaration extends DeclarationBase {
  readonly kind: 'limit';
  readonly name: Name;
  readonly scope: Scope;
  readonly keys: readonly Expression[];
  readonly rate: Rate | RateTable;
  readonly because: StringLiteral | undefined;
  readonly advice: Advice | undefined;
}
/** `10 per 1m [burst 20]`. */
export interface Rate extends NodeBase {
  readonly kind: 'rate';
  readonly count: number;
  readonly per: DurationLiteral;
  readonly burst: number | undefined;
}
export interface RateTable extends NodeBase {
  readonly kind: 'rateTable';
  readonly selector: Expression;
  readonly entries: readonly RateEntry[];
}
export interface RateEntry extends NodeBase {
  readonly kind: 'rateEntry';
  readonly member: Name;
  readonly rate: Rate;
}
export interface SignalDeclaration extends DeclarationBase {
  readonly kind: 'signal';
  readonly name: Name;
  readonly scope: Scope;
  readonly weight: number;
  readonly condition: Expression;
}

/** `assert NAME: never permit SCOPE when EXPR`. */
export interface AssertDeclaration extends DeclarationBase {
  readonly kind: 'assert';
  readonly name: Name;
  readonly quantity: 'never' | 'always';
  readonly scope: Scope;
  readonly condition: Expression | undefined;
}

export type Declaration =
  | LayerDeclaration
  | EnumDeclaration
  | EntityDeclaration
  | ContextDeclaration
  | ActionDeclaration
  | ActionSetDeclaration
  | RequireDeclaration
  | LetDeclaration
  | RoleDeclaration
  | RuleDeclaration
  | CacheDeclaration
  | NeverCacheDeclaration
  | DeadlineDeclaration
  | AuditDeclaration
  | RedactDeclaration
  | RetainDeclaration
  | ModeDeclaration
  | LossDeclaration
  | OverrideDeclaration
  | LimitDeclaration
  | SignalDeclaration
  | AssertDeclaration
  | FixtureDeclaration
  | TestDeclaration;

/** A `//` remark (or `///` that documents nothing), kept for the formatter. */
export interface Comment {
  readonly span: Span;
  /** The text as written, slashes included, trailing blanks removed. */
  readonly text: string;
}

/** One parsed file. */
export interface SourceFile extends NodeBase {
  readonly kind: 'sourceFile';
  readonly source: SourceText;
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
}

export type Node =
  | Name
  | TypeExpression
  | Expression
  | RecordEntry
  | EnumMember
  | Storage
  | Attribute
  | AttributeOrigin
  | Closure
  | ActionName
  | Parameter
  | Scope
  | Grant
  | Advice
  | AdviceArgument
  | Rate
  | RateTable
  | RateEntry
  | TestItem
  | Declaration
  | SourceFile;
export type Kind = Node['kind'];
export type NodeOf<K extends Kind> = Extract<Node, { kind: K }>;

/** For the `default` of a switch over a closed union: does not compile while a member is unhandled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
