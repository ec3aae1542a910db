import type {
  CheckedLimit,
  CheckedRate,
  CheckedRule,
  LimitCase,
  RuleCase,
  Triple,
} from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import type { Asked } from '../compile/generate/first-of.ts';
import type { ReadSet } from '../compile/read-set.ts';
import type { RuleName } from '../decide/types.ts';

/** From what a lowered rule came. */
export type LoweredOrigin =
  | { readonly kind: 'rule'; readonly rule: CheckedRule; readonly case: RuleCase }
  | { readonly kind: 'limit'; readonly limit: CheckedLimit; readonly case: LimitCase };

/** A rule (or limit) for the triples of one of its cases, as a predicate over the whole request. */
export interface LoweredRule {
  readonly name: RuleName;
  readonly effect: 'permit' | 'forbid';
  /** Position in its layer. */
  readonly order: number;
  readonly triples: readonly Triple[];
  readonly origin: LoweredOrigin;
  readonly reads: ReadSet;
  /** What must hold for the rule to count, as far as an index may look at it; undefined for limits. */
  readonly condition: CheckedExpression | undefined;
  /** The same as `applies`, for who asks several rules in turn. */
  readonly asked: Asked;
  /** Whether it counts: a permit that is certainly true, a forbid that is possibly true and whose mode is on. */
  readonly applies: Predicate;
  /** Whether it counts for certain, whatever is unknown. */
  readonly appliesCertainly: Predicate;
  /** Whether its condition may hold, for all that is known. */
  readonly mayHold: Predicate;
  /** What it says when it decides. */
  readonly because: string | undefined;
  readonly adviceName: string | undefined;
  readonly adviceArguments: (
    triple: Triple,
  ) => readonly { readonly name: string; readonly value: CheckedExpression }[];
}

/** Says what a request takes from a limit; see `LimitUse`. */
export interface LoweredLimit {
  readonly limit: CheckedLimit;
  readonly triples: readonly Triple[];
  readonly use: (input: DecisionInput) => LimitReading;
}
export interface LimitReading {
  /** Undefined when a key or the rate is unknown. */
  readonly bucket: string | undefined;
  readonly rate: CheckedRate | undefined;
}
