import type { World } from '../../dsl/builtins/builtin.ts';
import type { CheckedLimit, CheckedRate, Triple } from '../../dsl/check/bundle.ts';
import type { RecordValue, Reference } from '../../dsl/types/values.ts';

/** A question as it comes from outside, in the information model of AuthZEN 1.0; properties are still JSON. */
export interface AccessRequest {
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly properties?: JsonObject | undefined;
  };
  /** The name is the action's spelling. */
  readonly action: { readonly name: string; readonly properties?: JsonObject | undefined };
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly properties?: JsonObject | undefined;
  };
  readonly context?: JsonObject | undefined;
}
export type JsonObject = { readonly [key: string]: unknown };

/** A question with values of their declared types. It is made by `Engine.prepare` and good for one bundle. */
export interface PreparedRequest {
  /** Undefined when no such (action, types) is declared: every decision is then a denial as `unknown_action`. */
  readonly triple: Triple | undefined;
  readonly action: string;
  readonly subject: Reference;
  readonly resource: Reference;
  readonly actionAttributes: RecordValue;
  readonly context: RecordValue;
  /** What the request supplies of entities, by `Reference.key`: only attributes that the schema takes from requests. */
  readonly supplied: ReadonlyMap<string, RecordValue>;
  /** Paths of what was sent and is not used (unknown, or not taken from requests), such as `subject.properties.roles`. */
  readonly ignored: readonly string[];
  /** Paths of supplied values that do not fit their declared type; they count as unknown. */
  readonly illTyped: readonly string[];
}

/** An interval of 0 to 100, low ≤ high. */
export interface Risk {
  readonly low: number;
  readonly high: number;
}

/** What changes from moment to moment and is no fact: an argument of every decision, never cached. */
export interface LiveState {
  /** Undefined: computed from the bundle's signals. */
  readonly risk?: Risk | undefined;
  /** Modes that are on, those entered by a loss included. */
  readonly modes: ReadonlySet<string>;
  /** Overrides that are active for the subject of this request. */
  readonly overrides: ReadonlySet<string>;
  /** Limits whose bucket has nothing left for this request. */
  readonly exhausted: ReadonlySet<string>;
  /** Dependencies that are lost (`redis`, `database`, `audit`, `geo`); modes that their `loss of` enters are on. */
  readonly losses: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
/** Nothing unusual. */
export const QUIET: LiveState = {
  modes: NOTHING,
  overrides: NOTHING,
  exhausted: NOTHING,
  losses: NOTHING,
};

/** Why a request is denied, or that it is permitted. Codes are API. */
export type VerdictCode =
  | 'permitted'
  | 'forbidden'
  | 'claim_missing'
  | 'limit_exceeded'
  | 'unknown_action'
  | 'unknown_subject'
  | 'unknown_resource'
  | 'resource_exists'
  | 'deadline_exceeded'
  | 'facts_unavailable';

/** The rule that decided, or that established a claim. */
export interface RuleName {
  readonly layer: string;
  readonly rule: string;
}

export interface Verdict {
  readonly permitted: boolean;
  readonly code: VerdictCode;
  /** The deciding rule's `because`, else a sentence made from the code. */
  readonly reason: string;
  /** The forbidding rule (or limit). */
  readonly cause: RuleName | undefined;
  /** The first required claim that nobody established. */
  readonly claim: string | undefined;
  /** Who established what, in the order of `require`; complete for a permit only. An override's layer is its own. */
  readonly grants: readonly { readonly claim: string; readonly by: RuleName }[];
  readonly advice:
    | { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
    | undefined;
  /** Paths whose values were missing or unknown when the denial was decided, such as `resource.owner`. */
  readonly missing: readonly string[];
  /** Overrides that the permit needed. */
  readonly overrides: readonly string[];
  /** The earliest instant (ms) at which a comparison with `now` could change this verdict; Infinity if none can. */
  readonly flipsAt: number;
}

/** What one request takes from a limit: `rate` undefined means no limit for this subject; UNKNOWN keys or rates exhaust it. */
export interface LimitUse {
  readonly limit: CheckedLimit;
  /** Bucket key, made of the values of the limit's keys; undefined when one of them is unknown: then it is exhausted. */
  readonly bucket: string | undefined;
  readonly rate: CheckedRate | undefined;
}

/** All that a decision needs besides the question and the facts. */
export interface Circumstances {
  readonly live: LiveState;
  readonly world: World;
}
