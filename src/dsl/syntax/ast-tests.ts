import type { DeclarationBase, Name, NodeBase } from './ast-base.ts';
import type {
  DurationLiteral,
  Expression,
  RecordLiteral,
  SetLiteral,
  StringLiteral,
} from './ast-expressions.ts';

export interface FixtureDeclaration extends DeclarationBase {
  readonly kind: 'fixture';
  readonly name: Name;
  readonly items: readonly TestItem[];
}
export interface TestDeclaration extends DeclarationBase {
  readonly kind: 'test';
  readonly title: StringLiteral;
  readonly fixtures: readonly Name[];
  readonly items: readonly TestItem[];
}
/** `subject TYPE NAME { … }`, `resource …`, `entity …`: a record that the test declares; a quoted name is the id itself. */
export interface TestEntity extends NodeBase {
  readonly kind: 'testEntity';
  readonly role: 'subject' | 'resource' | 'entity';
  readonly type: Name;
  readonly id: Name | StringLiteral;
  readonly attributes: RecordLiteral | SetLiteral | undefined;
}
/** `context { … }` or `action { … }` (attributes of the action). */
export interface TestCircumstance extends NodeBase {
  readonly kind: 'testCircumstance';
  readonly of: 'context' | 'action';
  readonly attributes: RecordLiteral | SetLiteral;
}
/** `now "2026-01-05T10:00:00Z"`, `now + 13h`, `now - 1m` (relative to the `now` of the fixtures). */
export interface TestNow extends NodeBase {
  readonly kind: 'testNow';
  readonly at: StringLiteral | undefined;
  /** Milliseconds, negative for `now - D`; undefined when `at` is there. */
  readonly offset: DurationLiteral | undefined;
  readonly direction: 1 | -1;
}
/** `missing resource.owner`: the fact is withheld. */
export interface TestMissing extends NodeBase {
  readonly kind: 'testMissing';
  readonly path: Expression;
}
/** `given risk 90`, `given risk 20 to 90`. */
export interface GivenRisk extends NodeBase {
  readonly kind: 'givenRisk';
  readonly low: number;
  readonly high: number;
}
/** `given mode lockdown`, `given override break_glass`, `given limit api exhausted`, `given loss of database`. */
export interface GivenState extends NodeBase {
  readonly kind: 'givenState';
  readonly of: 'mode' | 'override' | 'limit' | 'loss';
  readonly name: Name;
}
/** `given geo.country("203.0.113.7") = "FR"`, `… = absent`, `… = failed`. */
export interface GivenBuiltin extends NodeBase {
  readonly kind: 'givenBuiltin';
  readonly call: Expression;
  readonly outcome: Expression | 'absent' | 'failed';
}
/** `expect permit update, read`, `expect deny delete by permission`, `… by limits.too_risky`. */
export interface TestExpectation extends NodeBase {
  readonly kind: 'testExpectation';
  readonly verdict: 'permit' | 'deny';
  readonly actions: readonly Name[];
  /** One name (a claim or a layer) or two (layer and rule). */
  readonly by: readonly Name[] | undefined;
}
export type TestItem =
  | TestEntity
  | TestCircumstance
  | TestNow
  | TestMissing
  | GivenRisk
  | GivenState
  | GivenBuiltin
  | TestExpectation;
