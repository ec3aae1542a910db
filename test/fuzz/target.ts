import type { Chance } from '../support/generate-chance.ts';

/** Part of Velro that is fed inputs. An input is text; what is promised of every text is checked. */
export interface Target {
  readonly name: TargetName;
  /** Texts to begin with. */
  readonly seeds: readonly string[];
  /** A new input from a grammar. */
  generate(chance: Chance): string;
  /** An input that differs from another; `others` are inputs to take parts of. */
  mutate(chance: Chance, input: string, others: readonly string[]): string;
  /** Throws when a promise is broken. */
  check(input: string): void | Promise<void>;
  /** Ends what the target started. */
  close?(): Promise<void>;
}

export const TARGET_NAMES = ['lexer', 'parser', 'checker', 'formatter', 'decide'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** A promise that does not hold. Anything else that a target throws is a finding as well. */
class Broken extends Error {
  override readonly name = 'Broken';
}

/** Throws unless a promise holds. */
export function promise(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}
