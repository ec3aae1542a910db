import type { CheckedBundle, CheckedRule, Triple } from '../../check/bundle.ts';
import { defineLintRule } from '../lint-rule.ts';
import { type Formula, Formulas } from '../logic/formula.ts';
import { Implications } from '../logic/implication.ts';
import { constraintOf } from '../logic/range.ts';
import { isNever, nameSpanOf } from '../support/bundle-rules.ts';
import { CheckedStructure } from '../support/structure.ts';

export const subsumedRule = defineLintRule('subsumedRule', {
  category: 'bugs',
  summary: 'An earlier rule of the layer applies wherever this one does.',
  rationale: `An earlier rule with the same effect covers all that this one covers, under a condition that is the same or weaker. The later rule
changes no verdict and is never named as the cause. Either it is left over, or the earlier one is wider than its author knows, and
that is the case to look for.

Only what is plain to see is found: the same conditions, fewer of them, and wider bounds. A narrow rule *before* a wide one is fine: it
gives the better reason.`,
  avoid: `permit current: read on document
  when resource.status != archived

permit colleague: read on document by user
  when resource.status == published and subject.active
`,
  prefer: `permit colleague: read on document by user
  when resource.status == published and subject.active

permit current: read on document
  when resource.status != archived
`,
  check: ({ bundle, report }) => {
    const search = new Search(bundle);
    for (const layer of bundle.layers) {
      for (const effect of ['permit', 'forbid'] as const) {
        const rules = layer.rules.filter((rule) => rule.effect === effect && rule.origin.kind !== 'grant');
        for (const [rule, other] of search.subsumed(rules)) {
          const related = [{ span: nameSpanOf(other), message: 'applies to all of it' }];
          report(nameSpanOf(rule), { rule: rule.name, other: other.name, effect }, { related });
        }
      }
    }
  },
});

/** A rule is compared with at most so many earlier ones that have a part of its condition. */
const MAXIMUM_CANDIDATES = 24;

/**
 * Finds pairs without comparing all with all: an earlier rule waits under its rarest part, and a later one looks under
 * each of its own, since it must say, or narrow, every part of the earlier.
 */
class Search {
  readonly #bundle: CheckedBundle;
  readonly #formulas = new Formulas(new CheckedStructure());
  readonly #implications: Implications;

  constructor(bundle: CheckedBundle) {
    this.#bundle = bundle;
    this.#implications = new Implications(this.#formulas, bundle);
  }

  *subsumed(rules: readonly CheckedRule[]): Generator<readonly [CheckedRule, CheckedRule]> {
    const conditions = new Map(rules.map((rule) => [rule, this.#conditionsOf(rule)]));
    const uses = new Map<string, number>();
    for (const formulas of conditions.values()) {
      for (const key of new Set(formulas.flatMap((one) => this.#keysOf(one))))
        uses.set(key, (uses.get(key) ?? 0) + 1);
    }
    const waiting = new Map<string, CheckedRule[]>();
    for (const rule of rules) {
      const formulas = conditions.get(rule) ?? [];
      if (formulas.length === 0) continue;
      const other = this.#findAmong(rule, formulas, waiting);
      if (other !== undefined) {
        yield [rule, other];
        continue;
      }
      // A condition that always holds waits where everybody looks.
      for (const formula of formulas) {
        for (const key of this.#rarestKeys(formula, uses)) {
          const list = waiting.get(key) ?? [];
          waiting.set(key, list);
          if (list.length < MAXIMUM_CANDIDATES && list.at(-1) !== rule) list.push(rule);
        }
      }
    }
  }

  #conditionsOf(rule: CheckedRule): Formula[] {
    return rule.cases
      .filter(({ condition }) => !isNever(condition))
      .map(({ condition }) => this.#formulas.of(condition));
  }

  #findAmong(
    rule: CheckedRule,
    formulas: readonly Formula[],
    waiting: ReadonlyMap<string, readonly CheckedRule[]>,
  ): CheckedRule | undefined {
    const seen = new Set<CheckedRule>();
    for (const key of ['', ...formulas.flatMap((formula) => this.#keysOf(formula))]) {
      for (const other of waiting.get(key) ?? []) {
        if (seen.size >= MAXIMUM_CANDIDATES) return undefined;
        if (seen.has(other) || !isOnWith(other, rule)) continue;
        seen.add(other);
        if (this.#covers(other, rule)) return other;
      }
    }
    return undefined;
  }

  /** True when `wide` applies wherever `narrow` does, on each triple; rules that say the same are duplicates. */
  #covers(wide: CheckedRule, narrow: CheckedRule): boolean {
    const wider = new Map<Triple, Formula>();
    for (const { condition, triples } of wide.cases) {
      const formula = this.#formulas.of(condition);
      for (const triple of triples) wider.set(triple, formula);
    }
    let isSame = wide.cases.reduce((sum, one) => sum + one.triples.length, 0);
    for (const { condition, triples } of narrow.cases) {
      const formula = this.#formulas.of(condition);
      const answers = new Map<Formula, boolean>();
      for (const triple of triples) {
        const other = wider.get(triple);
        if (other === undefined) return false;
        const holds = answers.get(other) ?? this.#implications.holds(formula, other);
        answers.set(other, holds);
        if (!holds) return false;
        if (other.id === formula.id) isSame -= 1;
      }
    }
    return isSame !== 0;
  }

  /** Texts of which two formulas have one in common if the first implies the second. */
  #keysOf(formula: Formula): string[] {
    switch (formula.kind) {
      case 'truth':
        return [''];
      case 'atom': {
        const constraint = constraintOf(formula, this.#bundle, this.#formulas.structure);
        return constraint === undefined ? [`=${formula.id}`] : [`#${constraint.subject}`];
      }
      case 'and':
        return formula.parts.flatMap((part) => this.#keysOf(part));
      case 'or':
        return [`=${formula.id}`, ...formula.parts.flatMap((part) => this.#keysOf(part))];
    }
  }

  /** Keys of the part of a condition that the fewest rules share. */
  #rarestKeys(formula: Formula, uses: ReadonlyMap<string, number>): readonly string[] {
    if (formula.kind !== 'and') return this.#keysOf(formula);
    const choices = formula.parts.map((part) => this.#keysOf(part));
    const cost = (keys: readonly string[]): number =>
      keys.reduce((sum, key) => sum + (uses.get(key) ?? 0), 0);
    return choices.toSorted((a, b) => cost(a) - cost(b))[0] ?? [''];
  }
}

/** True when one rule counts whenever the other does. */
function isOnWith(other: CheckedRule, rule: CheckedRule): boolean {
  if (other.origin.kind !== 'mode') return true;
  return rule.origin.kind === 'mode' && rule.origin.mode === other.origin.mode;
}
