/** Tests of a bundle after checking: names resolved to ids, literals to values, fixtures merged in. */
import type { Builtin } from '../builtins/builtin.ts';
import type { TestDeclaration, TestExpectation } from '../syntax/ast.ts';
import type { Outcome, RecordValue, Reference, Value } from '../types/values.ts';

/** A record that a test declares; required attributes left out are UNKNOWN, defaults are filled in. */
export interface TestRecord {
  readonly reference: Reference;
  readonly attributes: RecordValue;
}

export interface CheckedExpectation {
  readonly verdict: 'permit' | 'deny';
  /** The action's name in the policy; an expectation of several actions becomes several. */
  readonly action: string;
  /** `claim`, or `layer`, or `layer.rule`. */
  readonly by:
    | { readonly kind: 'claim'; readonly claim: string }
    | { readonly kind: 'layer'; readonly layer: string; readonly rule: string | undefined }
    /** A cause before any rule, such as `unknown_action`. */
    | { readonly kind: 'code'; readonly code: string }
    | undefined;
  readonly declaration: TestExpectation;
}

/** What a test says of the world: outcome of a call of a builtin with these arguments. */
export interface GivenCall {
  readonly builtin: Builtin;
  readonly arguments: readonly Value[];
  /** `undefined` for absent, UNKNOWN for failed. */
  readonly outcome: Outcome;
}

export interface CheckedTest {
  readonly title: string;
  readonly declaration: TestDeclaration;
  readonly subject: Reference;
  readonly resource: Reference;
  /** All declared records, subject and resource included. */
  readonly records: readonly TestRecord[];
  readonly actionAttributes: RecordValue;
  readonly context: RecordValue;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Undefined: `risk` follows from the signals. */
  readonly risk: { readonly low: number; readonly high: number } | undefined;
  readonly modes: readonly string[];
  readonly overrides: readonly string[];
  readonly exhaustedLimits: readonly string[];
  readonly losses: readonly string[];
  readonly calls: readonly GivenCall[];
  /** Paths withheld, root first: `['resource', 'owner']`; the value there is UNKNOWN. */
  readonly missing: readonly (readonly string[])[];
  readonly expectations: readonly CheckedExpectation[];
}
