import { type Key, keyOf, type Outcome, ValueSet } from '../../dsl/types/values.ts';
import { isMissing } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, ValueOf } from '../compile/decision-input.ts';
import { conjunctsOf, openAfter } from './conjuncts.ts';
import type { IndexedFinder } from './indexed-finder.ts';
import { type LiteralSelector, literalConstraints } from './literal-keys.ts';
import type { LoweredRule } from './lowered-rule.ts';
import { type Entry, RuleLeaf } from './rule-leaf.ts';

/** Fewer rules than these are asked one after the other. */
export const LEAF_RULES = 16;
/** Literals are looked up one within the other this deep. */
const MAXIMUM_DEPTH = 4;

/**
 * The finder of rules that all cover the same questions. A permit is looked for in the bucket of its literal; a forbid
 * counts unless it is certainly false, so where the value is missing all forbids that name a literal are asked.
 */
export function indexRules(rules: readonly LoweredRule[], compiler: Compiler): IndexedFinder {
  const entries = rules.map((rule) => ({
    rule,
    constraints: literalConstraints(rule.condition),
    open: conjunctsOf(rule),
  }));
  return build(entries, compiler, 0, new Set());
}

function build(
  entries: readonly Entry[],
  compiler: Compiler,
  level: number,
  used: ReadonlySet<string>,
): IndexedFinder {
  const selector =
    entries.length <= LEAF_RULES || level >= MAXIMUM_DEPTH ? undefined : chooseSelector(entries, used);
  return selector === undefined
    ? new RuleLeaf(entries, compiler)
    : new IndexNode(entries, selector, compiler, level, used);
}

/** The selector after which the fewest rules are left to ask; none when it would not spare a leaf's worth of them. */
function chooseSelector(entries: readonly Entry[], used: ReadonlySet<string>): LiteralSelector | undefined {
  const counts = new Map<string, { selector: LiteralSelector; covered: number; buckets: Map<Key, number> }>();
  for (const { constraints } of entries) {
    for (const [name, { selector, keys }] of constraints) {
      if (used.has(name)) continue;
      let count = counts.get(name);
      if (count === undefined) counts.set(name, (count = { selector, covered: 0, buckets: new Map() }));
      count.covered += 1;
      for (const key of keys) count.buckets.set(key, (count.buckets.get(key) ?? 0) + 1);
    }
  }
  let best: LiteralSelector | undefined;
  let lowest = entries.length - LEAF_RULES;
  for (const { selector, covered, buckets } of counts.values()) {
    let squares = 0;
    let total = 0;
    for (const size of buckets.values()) {
      squares += size * size;
      total += size;
    }
    const left = entries.length - covered + squares / total;
    if (left < lowest) {
      lowest = left;
      best = selector;
    }
  }
  return best;
}

class IndexNode implements IndexedFinder {
  readonly depth: number;
  readonly #isMember: boolean;
  readonly #isForbid: boolean;
  readonly #value: ValueOf;
  readonly #buckets = new Map<Key, IndexedFinder>();
  /** Rules that name no literal here. */
  readonly #rest: IndexedFinder | undefined;
  /** All rules that name a literal here, by their other literals; built when first needed. */
  readonly #buildMissing: () => IndexedFinder;
  #missing: IndexedFinder | undefined;

  constructor(
    entries: readonly Entry[],
    selector: LiteralSelector,
    compiler: Compiler,
    level: number,
    used: ReadonlySet<string>,
  ) {
    const { name } = selector;
    const within = new Set([...used, name]);
    const covered = entries.filter((entry) => entry.constraints.has(name));
    const rest = entries.filter((entry) => !entry.constraints.has(name));
    const byKey = new Map<Key, Entry[]>();
    for (const entry of covered) {
      for (const key of entry.constraints.get(name)?.keys ?? []) {
        const bucket = byKey.get(key);
        const settled = { ...entry, open: openAfter(entry.open, name, key) };
        if (bucket === undefined) byKey.set(key, [settled]);
        else bucket.push(settled);
      }
    }
    this.#isMember = selector.kind === 'member';
    this.#isForbid = entries[0]?.rule.effect === 'forbid';
    this.#value = compiler.value(selector.path);
    for (const [key, bucket] of byKey) this.#buckets.set(key, build(bucket, compiler, level + 1, within));
    this.#rest = rest.length === 0 ? undefined : build(rest, compiler, level, within);
    this.#buildMissing = () => build(covered, compiler, level + 1, within);
    this.depth = 1 + Math.max(0, ...[...this.#buckets.values()].map((one) => one.depth));
  }

  find(action: string, input: DecisionInput): LoweredRule | undefined {
    let first = this.#rest?.find(action, input);
    const ask = (finder: IndexedFinder | undefined): void => {
      const rule = finder?.find(action, input);
      if (rule !== undefined && (first === undefined || rule.order < first.order)) first = rule;
    };
    this.#visit(this.#value(input), this.#isForbid, ask);
    return first;
  }

  candidates(input: DecisionInput): readonly LoweredRule[] {
    const rules = new Set(this.#rest?.candidates(input));
    this.#visit(this.#value(input), true, (finder) => {
      for (const rule of finder?.candidates(input) ?? []) rules.add(rule);
    });
    return [...rules].toSorted((a, b) => a.order - b.order);
  }

  visit(input: DecisionInput, look: (rule: LoweredRule) => boolean): boolean {
    let goesOn = this.#rest?.visit(input, look) ?? true;
    this.#visit(this.#value(input), true, (finder) => {
      if (goesOn && finder !== undefined) goesOn = finder.visit(input, look);
    });
    return goesOn;
  }

  /** Gives `ask` every bucket that the value leads to, and with `open` all rules where the value is not wholly known. */
  #visit(outcome: Outcome, open: boolean, ask: (finder: IndexedFinder | undefined) => void): void {
    if (isMissing(outcome)) {
      if (open) ask(this.#allCovered());
      return;
    }
    if (!this.#isMember) {
      ask(this.#buckets.get(keyOf(outcome)));
      return;
    }
    if (outcome instanceof ValueSet) {
      if (outcome.partial && open) return ask(this.#allCovered());
      for (const key of outcome.items.keys()) ask(this.#buckets.get(key));
      return;
    }
    const items = outcome as readonly Outcome[];
    if (open && items.some(isMissing)) return ask(this.#allCovered());
    for (const item of items) if (!isMissing(item)) ask(this.#buckets.get(keyOf(item)));
  }

  #allCovered(): IndexedFinder {
    this.#missing ??= this.#buildMissing();
    return this.#missing;
  }
}
