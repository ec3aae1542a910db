/**
 * The syntax tree of a `.velro` file: readonly nodes, each with a `kind` and a half-open span. What is learned about
 * nodes later (types, read sets) lives beside the tree, never in it.
 */
import type { SourceText, Span } from '../source/source-text.ts';
import type { DeclarationBase, Name, NodeBase } from './ast-base.ts';
import type { DurationLiteral, Expression, RecordEntry, StringLiteral } from './ast-expressions.ts';
import type {
  ActionDeclaration,
  ActionName,
  ActionSetDeclaration,
  Attribute,
  AttributeOrigin,
  Closure,
  ContextDeclaration,
  EntityDeclaration,
  EnumDeclaration,
  EnumMember,
  RequireDeclaration,
  Storage,
  TypeExpression,
} from './ast-schema.ts';
import type { FixtureDeclaration, TestDeclaration, TestItem } from './ast-tests.ts';

export type * from './ast-base.ts';
export type * from './ast-expressions.ts';
export type * from './ast-schema.ts';
export type * from './ast-tests.ts';

/** `layer 3 ownership version 4 grants access`: the declarations after it in the file belong to it. */
export interface LayerDeclaration extends DeclarationBase {
  readonly kind: 'layer';
  readonly number: number;
  readonly name: Name;
  readonly version: number;
  readonly grants: Name | undefined;
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
