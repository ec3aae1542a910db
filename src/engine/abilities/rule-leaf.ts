import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import { type AskedRule, type RuleFinder, sharedAbilityOf } from './ability-set.ts';
import { type Conjunct, remaining } from './conjuncts.ts';
import type { IndexedFinder } from './indexed-finder.ts';
import type { LiteralConstraints } from './literal-keys.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** A rule on its way into the index. */
export interface Entry {
  readonly rule: LoweredRule;
  readonly constraints: LiteralConstraints;
  /** What is left to ask: what the literals on the way here have settled is left out. */
  readonly open: readonly Conjunct[];
}

/** A condition that so many rules share is asked before them. */
const SHARED = 3;

/** Rules that share a condition, such as a `let`: where it does not hold, none of them is asked. */
interface Group {
  /** The shared condition, as a permit (certainly true) or a forbid (possibly true) asks it. */
  readonly guard: Predicate;
  readonly mayPass: Predicate;
  readonly ability: RuleFinder;
  readonly rules: readonly { readonly rule: LoweredRule; readonly mayHold: Predicate }[];
}

/**
 * Rules that no literal tells apart any more. They are asked one after the other, those that share a condition after it;
 * of those of which the same is left to ask, the first stands for all.
 */
export class RuleLeaf implements IndexedFinder {
  readonly depth = 0;
  readonly #entries: readonly Entry[];
  readonly #compiler: Compiler;
  #made: readonly Group[] | undefined;

  constructor(entries: readonly Entry[], compiler: Compiler) {
    this.#entries = entries;
    this.#compiler = compiler;
  }

  /** Made when first asked: of thousands of literals few come up soon. */
  get #groups(): readonly Group[] {
    this.#made ??= groupsOf(this.#entries, this.#compiler);
    return this.#made;
  }

  find(action: string, input: DecisionInput): LoweredRule | undefined {
    let first: LoweredRule | undefined;
    for (const { guard, ability } of this.#groups) {
      if (!guard(input)) continue;
      const rule = ability.find(action, input);
      if (rule !== undefined && (first === undefined || rule.order < first.order)) first = rule;
    }
    return first;
  }

  candidates(): readonly LoweredRule[] {
    return this.#entries.map((entry) => entry.rule);
  }

  visit(input: DecisionInput, look: (rule: LoweredRule) => boolean): boolean {
    for (const { mayPass, rules } of this.#groups) {
      if (!mayPass(input)) continue;
      for (const { rule, mayHold } of rules) if (mayHold(input) && !look(rule)) return false;
    }
    return true;
  }
}

function groupsOf(entries: readonly Entry[], compiler: Compiler): readonly Group[] {
  const counts = new Map<CheckedExpression, number>();
  for (const { open } of entries)
    for (const { expression } of open) counts.set(expression, (counts.get(expression) ?? 0) + 1);
  const byGuard = new Map<CheckedExpression | undefined, Entry[]>();
  for (const entry of entries) {
    const guard = guardOf(entry, counts);
    const group = byGuard.get(guard);
    if (group === undefined) byGuard.set(guard, [entry]);
    else group.push(entry);
  }
  return [...byGuard].map(([guard, members]) => groupOf(guard, members, compiler));
}

/** Of what is left to ask of a rule, what it shares with the most others. */
function guardOf(
  { open }: Entry,
  counts: ReadonlyMap<CheckedExpression, number>,
): CheckedExpression | undefined {
  let best: CheckedExpression | undefined;
  let most = SHARED - 1;
  for (const { expression } of open) {
    const count = counts.get(expression) ?? 0;
    if (count > most) {
      most = count;
      best = expression;
    }
  }
  return best;
}

function groupOf(guard: CheckedExpression | undefined, entries: readonly Entry[], compiler: Compiler): Group {
  const isForbid = entries[0]?.rule.effect === 'forbid';
  const asked = new Map<Predicate, AskedRule>();
  const rules = entries.map(({ rule, open }) => {
    const rest = guard === undefined ? open : open.filter(({ expression }) => expression !== guard);
    const applies = remaining(rule, rest, compiler, rule.effect === 'permit' ? 'certainly' : 'possibly');
    const known = asked.get(applies);
    if (known === undefined || rule.order < known.rule.order) asked.set(applies, { rule, applies });
    return { rule, mayHold: remaining(rule, rest, compiler, 'possibly') };
  });
  const mayPass = guard === undefined ? ALWAYS : compiler.possibly(guard);
  return {
    guard: guard === undefined ? ALWAYS : isForbid ? mayPass : compiler.certainly(guard),
    mayPass,
    ability: sharedAbilityOf([...asked.values()]),
    rules,
  };
}
