import type { Type } from '../types/types.ts';
import type { Outcome, Value } from '../types/values.ts';

/** From what may be kept to what may not: `pure` needs its arguments only, `clock` reads `now`, `live` the world. */
export type Purity = 'pure' | 'clock' | 'live';
const PURITIES: readonly Purity[] = ['pure', 'clock', 'live'];
/** The less keepable of two. */
export function worsePurity(a: Purity, b: Purity): Purity {
  return PURITIES.indexOf(a) > PURITIES.indexOf(b) ? a : b;
}

/** What a builtin may be told besides its arguments. All of it is an argument of the decision. */
export interface World {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Implementations of the builtins that need the world, by name; one that is not there has no source: its value is absent. */
  readonly sources: Readonly<Record<string, WorldSource>>;
}
/** Returns a value, `undefined` for absent, UNKNOWN for failed. `about` names whose decision it is. */
export type WorldSource = (args: readonly Value[], about: About) => Outcome;
/** The decision that a source is asked in. */
export interface About {
  readonly now: number;
  readonly subject: { readonly type: string; readonly id: string };
  readonly resource: { readonly type: string; readonly id: string };
  /** The action's name in the policy. */
  readonly action: string;
}

/** A type, or a shape that several types fit (`set.size` takes any set, list or map). */
export type ParameterType = Type | { readonly kind: 'anyCollection' } | { readonly kind: 'anySet' };
export interface BuiltinParameter {
  readonly name: string;
  readonly type: ParameterType;
}

/** A function of the language. One file defines one; checker, evaluators, references and editors read nothing else. */
export interface Builtin {
  /** `family.name`. */
  readonly name: string;
  readonly parameters: readonly BuiltinParameter[];
  readonly returns: Type;
  /** True when it may have no value (`has` then asks whether it does). */
  readonly mayBeAbsent: boolean;
  readonly purity: Purity;
  /** One sentence, with a full stop. */
  readonly summary: string;
  /** Calls in the language and their results as literals of the language, or 'absent' or 'unknown'. */
  readonly examples: readonly BuiltinExample[];
  /** Parameters (by index) that must be literals, such as a path pattern: checked by `checkLiterals` at check time. */
  readonly literals?: readonly number[];
  /** The problem with literal arguments, or undefined; `args[i]` is undefined where the argument is no literal. */
  readonly checkLiterals?: (args: readonly (Value | undefined)[]) => string | undefined;
  /**
   * The value, `undefined` (absent) or UNKNOWN (failed); arguments are never unknown. Undefined for a builtin that needs
   * the world: its implementation is `world.sources[name]`.
   */
  readonly evaluate: ((args: readonly Value[], world: World) => Outcome) | undefined;
  /** The same in two steps, of a pure builtin of one text: who calls several that find the same finds it once. */
  readonly finding?: Finding | undefined;
  /**
   * For `clock` builtins whose result depends on a time argument that is `now`: the next instant after `now` (ms) at which the
   * result could change, or Infinity; undefined for all others.
   */
  readonly flip?: (args: readonly Value[], now: number) => number;
}
/** What is found out about a text, whatever it is, and what a builtin tells of that. */
export interface Finding {
  readonly find: (text: string) => unknown;
  readonly tell: (found: unknown) => Outcome;
}
export interface BuiltinExample {
  readonly call: string;
  readonly result: string;
}

/** Gives a definition its type and its defaults. */
export function defineBuiltin(
  definition: Omit<Builtin, 'mayBeAbsent' | 'evaluate'> & Partial<Pick<Builtin, 'mayBeAbsent' | 'evaluate'>>,
): Builtin {
  return { mayBeAbsent: false, evaluate: undefined, ...definition };
}
