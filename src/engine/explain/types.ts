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
  /** For a denial, a smallest set of changes that would permit; null when there is none that a change of values reaches. */
  readonly changes: readonly Change[] | null;
  /** Where `changes` is null: what stands in the way and no change of values moves, in the order of causes. */
  readonly obstacles: readonly Obstacle[];
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

/** A forbid or limit that counts whatever values are changed, or a claim that nothing can be brought to establish. */
export interface Obstacle {
  readonly kind: 'forbid' | 'limit' | 'claim';
  /** `layer.rule`, or the claim. */
  readonly name: string;
  /** `file:line:column`; null of a claim. */
  readonly place: string | null;
  /** Paths, and calls of builtins, that it reads and whose values are missing or unknown. */
  readonly missing: readonly string[];
}

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

/** One change of a value that helps to permit. */
export interface Change {
  /** Such as `context.session.mfa_at`; null for what no value changes (a mode, a limit, a source's answer). */
  readonly path: string | null;
  /** What must hold of it, in the language: `context.session.mfa_at > now - 15m`. */
  readonly condition: string;
  /** A sentence for people: "sign in again: `context.session.mfa_at` within 15 minutes". */
  readonly text: string;
  /** Who could change it: the caller (supplied), the owner of the data (store), an operator (mode, override), or time. */
  readonly by: 'request' | 'data' | 'operator' | 'time';
  /** Advice of the rule that this change answers, if any. */
  readonly advice: string | null;
  /** A value that would do, as JSON, where one is known (a time in RFC 3339, a member of a set). */
  readonly example?: unknown;
}
