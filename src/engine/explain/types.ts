import type { RuleName, Verdict } from '../decide/types.ts';

/** Why a verdict is what it is, layer by layer. Plain data: it goes into JSON as it is. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly layers: readonly LayerExplanation[];
  /** For each required claim, who established it. */
  readonly claims: readonly { readonly claim: string; readonly by: RuleName | null }[];
  /** What layers 7 and 8 say of this question (times as in the policy, such as `3m`). */
  readonly cache: CacheExplanation;
  readonly audit: { readonly level: string; readonly durable: boolean; readonly sample: number } | null;
  /**
   * Of a denial: changes that permit once all of them are made, in this order, and of which none can be left out; null
   * when none were found. Of a permit: none.
   */
  readonly changes: readonly Change[] | null;
  /** Where `changes` is null: what stands in the way and cannot be changed, in the order of causes. */
  readonly obstacles: readonly Obstacle[];
  /** True when a bound ended the search: then there may be changes where none are named, or fewer than are named. */
  readonly searchEndedEarly: boolean;
  /** The risk as an interval, with the signals in whose scope the question is. */
  readonly risk: {
    readonly low: number;
    readonly high: number;
    readonly signals: readonly SignalExplanation[];
  };
  /** The purity of the whole triple and, in ms, the instant at which the verdict may flip (null for never). */
  readonly purity: 'pure' | 'clock' | 'live';
  readonly flipsAt: number | null;
}

/** What denies and cannot be changed: a rule that counts, a claim that nobody can be brought to establish, what is asked for. */
export interface Obstacle {
  readonly kind: 'forbid' | 'limit' | 'claim' | 'subject' | 'resource' | 'action' | 'facts';
  /** `layer.rule`, the claim, the action, or `type:id`. */
  readonly name: string;
  /** `file:line:column`; null of all but rules and limits. */
  readonly place: string | null;
  /** Paths, and calls of builtins, that it reads and whose values are missing or unknown. */
  readonly missing: readonly string[];
  /** What in it cannot be changed, and why; at least one. */
  readonly reasons: readonly Unchangeable[];
}

/** A part of a condition that no change brings about. */
export interface Unchangeable {
  readonly why: UnchangeableWhy;
  /** In the language, where it is a part of a condition; else null. */
  readonly condition: string | null;
  /** A sentence for people, without a full stop. */
  readonly text: string;
}

/**
 * Why something cannot be changed. `identity`: it is who asks, or what for. `source`: a source outside answers, such as
 * the check of a signature. `observed`: it was seen to happen, or is given. `literal`: the policy says so of everything.
 * `computed`: it follows from other values. `no_record`: there is no record that could hold it, or it was not loaded.
 * `no_value`: no value was found that would do. `conflict`: what would move it stands against what other rules need.
 */
export type UnchangeableWhy =
  | 'identity'
  | 'source'
  | 'observed'
  | 'literal'
  | 'computed'
  | 'no_record'
  | 'no_value'
  | 'conflict';

export interface CacheExplanation {
  readonly never: boolean;
  readonly permit: {
    readonly for: string;
    readonly shared: string | null;
    readonly stale: string | null;
  } | null;
  readonly deny: {
    readonly for: string;
    readonly shared: string | null;
    readonly stale: string | null;
  } | null;
}

export interface SignalExplanation {
  readonly signal: string;
  readonly weight: number;
  readonly outcome: 'true' | 'false' | 'unknown';
  readonly place: string;
}

export interface LayerExplanation {
  readonly number: number;
  readonly name: string;
  readonly grants: string | null;
  /** `passed`: a guard forbids nothing. `granted`: its claim is established here. `silent`: neither. */
  readonly outcome: 'passed' | 'forbidden' | 'granted' | 'silent';
  /** The forbidding or granting rule. */
  readonly rule: string | null;
  /** All rules of this layer that apply to the question, in the order of the text. */
  readonly rules: readonly RuleExplanation[];
}

export interface RuleExplanation {
  readonly rule: string;
  readonly effect: 'permit' | 'forbid' | 'limit' | 'override';
  /** `file:line:column`. */
  readonly place: string;
  /** Of its condition. */
  readonly outcome: 'true' | 'false' | 'unknown';
  /** Whether it counts: a permit when true, a forbid when not false (and its mode is on). */
  readonly applies: boolean;
  readonly because: string | null;
  readonly documentation: string | null;
  /** The values that the condition read, by path, in the order of reading. */
  readonly reads: readonly ReadValue[];
  /** Paths that were missing or unknown and made the outcome unknown. */
  readonly missing: readonly string[];
}

export interface ReadValue {
  readonly path: string;
  readonly state: 'value' | 'absent' | 'unknown';
  /** JSON; undefined unless `state` is 'value'. */
  readonly value?: unknown;
}

/** One change that helps to permit. */
export interface Change {
  /** Such as `context.session.mfa_at`; null for what is no value (a mode, an override, a limit, a record). */
  readonly path: string | null;
  /** What must hold, in the language where it is about a value: `now - context.session.mfa_at <= 15m`. */
  readonly condition: string;
  /** A sentence for people, without a full stop: "sign in again: `context.session.mfa_at` within 15 minutes". */
  readonly text: string;
  /** Who can make it: the caller, whoever keeps the data, an operator (mode, override), or time. */
  readonly by: 'request' | 'data' | 'operator' | 'time';
  /** Advice of the rule that this change answers, if any. */
  readonly advice: string | null;
  /** All that is needed to make it. */
  readonly edit: ChangeEdit;
}

/** What a change does. Values are JSON as requests and facts spell them; `null` is absence. */
export type ChangeEdit =
  /** The value at a place becomes another. `from` is null also of what is unknown. */
  | {
      readonly kind: 'value';
      readonly at: ChangePlace;
      readonly from: unknown;
      readonly to: unknown;
    }
  /**
   * A set or list loses elements, then gains others. What is absent starts as its default, else empty. Where elements
   * are removed, those that cannot be read go too.
   */
  | {
      readonly kind: 'elements';
      readonly at: ChangePlace;
      readonly add: readonly unknown[];
      readonly remove: readonly unknown[];
    }
  /** The store gets a record of an entity. */
  | {
      readonly kind: 'record';
      readonly entity: EntityName;
      readonly attributes: Readonly<Record<string, unknown>>;
    }
  /** Nothing is done until this instant (RFC 3339). */
  | { readonly kind: 'time'; readonly from: string; readonly to: string }
  | { readonly kind: 'mode'; readonly mode: string; readonly on: false }
  | { readonly kind: 'override'; readonly override: string; readonly on: true }
  | { readonly kind: 'limit'; readonly limit: string; readonly exhausted: false };

/** Where a value stands: in the context or the action's properties, in what the request says of an entity, or in a record. */
export interface ChangePlace {
  readonly part: 'context' | 'action' | 'request' | 'facts';
  /** Of `request` and `facts`: whose attribute it is. */
  readonly entity: EntityName | null;
  /** Attributes and keys of maps from there, spelled as in requests and facts. */
  readonly path: readonly string[];
}

export interface EntityName {
  readonly type: string;
  readonly id: string;
}
