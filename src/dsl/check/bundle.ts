/** A checked bundle: what the checker hands to the engine. Everything that a decision needs is resolved here. */
import type { Purity } from '../builtins/builtin.ts';
import type { Span } from '../source/source-text.ts';
import type {
  AssertDeclaration,
  AuditLevel,
  LayerDeclaration,
  LimitDeclaration,
  ModeDeclaration,
  OverrideDeclaration,
  Rate,
  RedactDeclaration,
  RoleDeclaration,
  RuleDeclaration,
  SignalDeclaration,
  SourceFile,
} from '../syntax/ast.ts';
import type { AttributeInfo, Schema } from '../types/schema.ts';
import type { CheckedExpression } from './checked.ts';
import type { CheckedTest } from './tests.ts';

/** One declared way of asking: this action by this type of subject on this type of resource. */
export interface Triple {
  /** `action|subject|resource`, the names in the policy. */
  readonly key: string;
  /** The action's name in the policy. */
  readonly action: string;
  readonly subject: string;
  readonly resource: string;
  /** The resource does not exist yet: its attributes come from the request. */
  readonly isNew: boolean;
  /** Attributes of the action itself (`action.soft`). */
  readonly actionAttributes: ReadonlyMap<string, AttributeInfo>;
  /** The attributes of `context` for this triple: the bundle's and the action's own. */
  readonly contextAttributes: ReadonlyMap<string, AttributeInfo>;
  /** Position in the bundle's list of triples. */
  readonly index: number;
}

/** An action; requests call it by its spelling. */
export interface ActionInfo {
  readonly name: string;
  readonly spelling: string;
  readonly documentation: string | undefined;
}

/** A rule's condition for some of its triples: those for which checking gave the same expression. */
export interface RuleCase {
  readonly triples: readonly Triple[];
  /** `when and not unless`; undefined when the rule is unconditional. */
  readonly condition: CheckedExpression | undefined;
  /** In the order of the text. */
  readonly advice: readonly { readonly name: string; readonly value: CheckedExpression }[];
}

/** Where a rule came from. A role's grants are permits of the layer that declares the role. */
export type RuleOrigin =
  | { readonly kind: 'rule'; readonly declaration: RuleDeclaration }
  /** A forbid of a mode counts only while the mode is on. */
  | { readonly kind: 'mode'; readonly mode: string; readonly declaration: RuleDeclaration }
  | { readonly kind: 'grant'; readonly role: string; readonly declaration: RoleDeclaration };

export interface CheckedRule {
  /** Unique in its layer. A grant's is `role:NAME`, numbered (`role:NAME#2`) from its second grant on. */
  readonly name: string;
  readonly layer: CheckedLayer;
  readonly effect: 'permit' | 'forbid';
  readonly origin: RuleOrigin;
  readonly span: Span;
  /** Position among all that may forbid or permit in the layer (rules, grants, limits), in the order of the text. */
  readonly order: number;
  readonly cases: readonly RuleCase[];
  readonly because: string | undefined;
  /** The name of the advice; its arguments are in the cases. */
  readonly adviceName: string | undefined;
  readonly documentation: string | undefined;
  readonly purity: Purity;
}

export interface CheckedLayer {
  readonly number: number;
  readonly name: string;
  readonly version: number;
  /** Undefined for a guard. */
  readonly grants: string | undefined;
  readonly declaration: LayerDeclaration;
  readonly documentation: string | undefined;
  /** Rules, mode rules and grants by `order`. */
  readonly rules: readonly CheckedRule[];
  readonly limits: readonly CheckedLimit[];
}

export interface CheckedMode {
  readonly name: string;
  readonly description: string | undefined;
  readonly declaration: ModeDeclaration;
}

/** Counts while an activation of it exists for the subject; then it establishes the claims that it waives. */
export interface CheckedOverride {
  readonly name: string;
  readonly layer: CheckedLayer;
  readonly cases: readonly RuleCase[];
  readonly waives: readonly string[];
  /** Milliseconds. */
  readonly expiresAfter: number;
  readonly because: string | undefined;
  readonly declaration: OverrideDeclaration;
}

/** `count` requests per `per` milliseconds, refilled evenly into a bucket that holds `burst`. */
export interface CheckedRate {
  readonly count: number;
  readonly per: number;
  readonly burst: number;
  readonly declaration: Rate;
}
export interface LimitCase {
  readonly triples: readonly Triple[];
  readonly keys: readonly CheckedExpression[];
  /** An enum; undefined with a single rate. */
  readonly selector: CheckedExpression | undefined;
}
/** Denies, as a forbid named like the limit would, when its bucket is empty, or when its key or rate is unknown. */
export interface CheckedLimit {
  readonly name: string;
  readonly layer: CheckedLayer;
  readonly order: number;
  readonly cases: readonly LimitCase[];
  /** The one rate, or the rates by member of the selector's enum; a member without a rate is not limited. */
  readonly rates: CheckedRate | ReadonlyMap<string, CheckedRate>;
  readonly because: string | undefined;
  readonly adviceName: string | undefined;
  readonly advice: readonly RuleCase[];
  readonly documentation: string | undefined;
  readonly declaration: LimitDeclaration;
}

export interface CheckedSignal {
  readonly name: string;
  readonly layer: CheckedLayer;
  readonly weight: number;
  readonly cases: readonly RuleCase[];
  readonly declaration: SignalDeclaration;
}

/** What layers 7 and 8 say of one triple, the strictest of all lines that match (times in milliseconds). */
export interface TriplePolicy {
  readonly cache: {
    readonly permit: CachePolicy | undefined;
    readonly deny: CachePolicy | undefined;
    readonly never: boolean;
  };
  readonly deadline: number | undefined;
  readonly audit: { readonly permit: AuditPolicy | undefined; readonly deny: AuditPolicy | undefined };
}
export interface CachePolicy {
  readonly lifetime: number;
  readonly shared: number | undefined;
  readonly stale: number | undefined;
}
export interface AuditPolicy {
  readonly level: AuditLevel;
  readonly durable: boolean;
  /** Percent. */
  readonly sample: number;
}
export interface CheckedRedaction {
  /** Names below `subject`, `resource`, `action` or `context`, that root first: `['context', 'ip']`. */
  readonly path: readonly string[];
  readonly method: 'hash' | 'drop';
  readonly declaration: RedactDeclaration;
}

export interface CheckedAssert {
  readonly name: string;
  readonly quantity: 'never' | 'always';
  readonly cases: readonly RuleCase[];
  readonly declaration: AssertDeclaration;
}

/** What a role is, for explanations and the emergency layer: who holds it and what it grants are rules of its layer. */
export interface CheckedRole {
  readonly name: string;
  readonly extends: readonly string[];
  readonly declaration: RoleDeclaration;
}

export interface CheckedBundle extends Schema {
  /** By path. */
  readonly files: readonly SourceFile[];
  readonly contextAttributes: ReadonlyMap<string, AttributeInfo>;
  readonly actions: ReadonlyMap<string, ActionInfo>;
  /** Name by spelling. */
  readonly actionsBySpelling: ReadonlyMap<string, string>;
  readonly triples: readonly Triple[];
  /** By `Triple.key`. */
  readonly triplesByKey: ReadonlyMap<string, Triple>;
  /** In the order of `require`. */
  readonly claims: readonly string[];
  /** By number. */
  readonly layers: readonly CheckedLayer[];
  readonly roles: ReadonlyMap<string, CheckedRole>;
  readonly modes: ReadonlyMap<string, CheckedMode>;
  readonly overrides: ReadonlyMap<string, CheckedOverride>;
  readonly limits: ReadonlyMap<string, CheckedLimit>;
  readonly signals: ReadonlyMap<string, CheckedSignal>;
  /** Mode entered when the dependency is lost, or undefined for `continue`; by dependency. */
  readonly losses: ReadonlyMap<string, string | undefined>;
  /** By `Triple.index`. */
  readonly policies: readonly TriplePolicy[];
  /** Milliseconds of `deadline authentication`. */
  readonly authenticationDeadline: number | undefined;
  readonly redactions: readonly CheckedRedaction[];
  /** Milliseconds; the shortest of several lines would lose evidence, so the longest counts. */
  readonly retention: number | undefined;
  readonly asserts: readonly CheckedAssert[];
  readonly tests: readonly CheckedTest[];
}
