import type { CheckedLayer, Triple } from '../../dsl/check/bundle.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import { askedOf, firstOf } from '../compile/generate/first-of.ts';
import { abilityOf, NOTHING_APPLIES, type RuleFinder } from './ability-set.ts';
import type { IndexedFinder } from './indexed-finder.ts';
import type { LoweredLayer } from './lower-layer.ts';
import type { LoweredRule } from './lowered-rule.ts';
import { indexRules } from './rule-index.ts';
import { isGateable, valueGate } from './value-gate.ts';

/** With more rules of a layer than these for a question, an index pays. */
const INDEXED_RULES = 32;
/** Before so many rules that follow each other, a gate pays. */
const GATED_RULES = 4;

/** What one layer has to say of a question, by effect. */
export interface LayerStep {
  readonly layer: CheckedLayer;
  /** By `order`. */
  readonly rules: readonly LoweredRule[];
  /** How many literals deep the index over them is; 0 without one. */
  readonly indexDepth: number;
  /** Those of the rules that may hold for all that is known; the index rules out the others. */
  readonly candidates: (input: DecisionInput) => readonly LoweredRule[];
  /** Shows `look` those of them that may hold, in an order of its own, until it has seen enough and returns false. */
  readonly visit: (input: DecisionInput, look: (rule: LoweredRule) => boolean) => void;
  /** Whether one of the rules may hold for all that is known. */
  readonly mayHold: Predicate;
}

/** Rules of one effect that are asked together: those of neighbouring layers, or the many of one layer. */
interface Section {
  /** Undefined when it holds no rule for the question. */
  finderOf(triple: Triple): RuleFinder | undefined;
}

/**
 * The rules of one effect in several layers, by layer and in the order of the text. The permits of neighbouring layers make
 * up one CASL ability, so that a question asks CASL once; a layer with many rules has an index instead. Forbids that hang
 * on single values of the request have a gate before them, which nearly always spares asking them.
 */
export class RuleSequence {
  readonly #effect: LoweredRule['effect'];
  readonly #layers: readonly LoweredLayer[];
  readonly #compiler: Compiler;
  readonly #indices: SharedIndices;
  readonly #sections: readonly Section[];

  constructor(effect: LoweredRule['effect'], layers: readonly LoweredLayer[], compiler: Compiler) {
    this.#effect = effect;
    this.#layers = layers;
    this.#compiler = compiler;
    this.#indices = new SharedIndices(compiler);
    this.#sections = this.#divide();
  }

  /** What each layer has to say of the question; layers without a rule for it are left out. */
  stepsOf(triple: Triple): LayerStep[] {
    return this.#layers.flatMap(({ layer, rulesFor }): LayerStep[] => {
      const rules = rulesFor(triple, this.#effect);
      if (rules.length === 0) return [];
      if (rules.length <= INDEXED_RULES) {
        const visit: LayerStep['visit'] = (input, look) =>
          void rules.every((rule) => !rule.mayHold(input) || look(rule));
        const firstOfThem = firstOf(
          rules.map(({ condition }) => askedOf(condition, 'possibly', this.#compiler)),
          this.#compiler.writeAfter,
        );
        const mayHold: Predicate = (input) => firstOfThem(input) >= 0;
        return [{ layer, rules, indexDepth: 0, candidates: () => rules, visit, mayHold }];
      }
      const index = this.#indices.of(rules);
      return [
        {
          layer,
          rules,
          indexDepth: index.depth,
          candidates: (input) => index.candidates(input),
          visit: (input, look) => void index.visit(input, look),
          mayHold: (input) => !index.visit(input, seenEnough),
        },
      ];
    });
  }

  /** Finds the first rule for the question that applies. */
  finderOf(triple: Triple): RuleFinder {
    const finders = this.#sections
      .map((section) => section.finderOf(triple))
      .filter((finder) => finder !== undefined);
    const [only, ...others] = finders;
    if (only === undefined) return NOTHING_APPLIES;
    return others.length === 0 ? only : inTurn(finders);
  }

  #divide(): Section[] {
    const sections: Section[] = [];
    let neighbours: LoweredLayer[] = [];
    const close = (): void => {
      const rules = neighbours.flatMap((one) => one.rules.filter(({ effect }) => effect === this.#effect));
      for (const run of runsOf(rules)) {
        const section =
          this.#effect === 'permit'
            ? permitSection(run.rules, this.#compiler)
            : forbidSection(run.rules, this.#compiler);
        sections.push(run.isGated ? gatedSection(section, run.rules, this.#compiler) : section);
      }
      neighbours = [];
    };
    for (const lowered of this.#layers) {
      if (!hasMany(lowered, this.#effect)) {
        neighbours.push(lowered);
        continue;
      }
      close();
      sections.push({
        finderOf: (triple) => {
          const rules = lowered.rulesFor(triple, this.#effect);
          if (rules.length === 0) return undefined;
          const index = this.#indices.of(rules);
          return {
            find(action, input) {
              // An index asks closures, which do not say what they met.
              input.metUnknown = true;
              return index.find(action, input);
            },
          };
        },
      });
    }
    close();
    return sections;
  }
}

function hasMany({ rules, rulesFor }: LoweredLayer, effect: LoweredRule['effect']): boolean {
  const triples = new Set(rules.flatMap((rule) => (rule.effect === effect ? rule.triples : [])));
  return [...triples].some((triple) => rulesFor(triple, effect).length > INDEXED_RULES);
}

/** Rules that follow each other, and whether a gate is asked before them. */
interface Run {
  readonly rules: LoweredRule[];
  readonly isGated: boolean;
}

/** Divides rules, which are in order, so that where enough of them are gateable these are by themselves. */
function runsOf(rules: readonly LoweredRule[]): readonly Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < rules.length; ) {
    let end = start;
    while (end < rules.length && isGateable(rules[end] as LoweredRule)) end += 1;
    const names = new Set(rules.slice(start, end).map(({ order, name }) => `${name.layer} ${order}`));
    const isGated = names.size >= GATED_RULES;
    if (end === start || !isGated) end = Math.max(end, start + 1);
    const last = runs.at(-1);
    if (!isGated && last?.isGated === false) last.rules.push(...rules.slice(start, end));
    else runs.push({ rules: rules.slice(start, end), isGated });
    start = end;
  }
  return runs;
}

/** Ends a visit at the first rule that may hold. */
const seenEnough = (): boolean => false;

function permitSection(rules: readonly LoweredRule[], compiler: Compiler): Section {
  const ability = abilityOf(rules, compiler.writeAfter);
  const covered = new Set(rules.flatMap((rule) => rule.triples));
  return { finderOf: (triple) => (covered.has(triple) ? ability : undefined) };
}

/**
 * Forbids mostly do not apply, so CASL is only asked once one does: a walk over their conditions costs less than its. What
 * it then asks again are the rules of that layer alone.
 */
function forbidSection(rules: readonly LoweredRule[], compiler: Compiler): Section {
  const abilities = new Map<string, RuleFinder>();
  for (const [layer, own] of Map.groupBy(rules, (rule) => rule.name.layer))
    abilities.set(layer, abilityOf(own, compiler.writeAfter));
  return {
    finderOf: shared(rules, (covering) => {
      const firstApplying = firstOf(
        covering.map((rule) => rule.asked),
        compiler.writeAfter,
      );
      const askedThen = covering.map((rule) => abilities.get(rule.name.layer));
      return { find: (action, input) => askedThen[firstApplying(input)]?.find(action, input) };
    }),
  };
}

/** A section that is only asked where the gate of its rules for the question lets it pass. */
function gatedSection(section: Section, rules: readonly LoweredRule[], compiler: Compiler): Section {
  const gateOf = shared(rules, (covering) => valueGate(covering, compiler));
  return {
    finderOf(triple) {
      const finder = section.finderOf(triple);
      const gate = gateOf(triple);
      if (finder === undefined || gate === undefined) return undefined;
      return { find: (action, input) => (gate(input) ? finder.find(action, input) : undefined) };
    },
  };
}

/** What is made of the rules that cover a question, once for all questions that the same rules cover. */
function shared<Made>(
  rules: readonly LoweredRule[],
  make: (covering: readonly LoweredRule[]) => Made,
): (triple: Triple) => Made | undefined {
  const known = new Map<string, Made>();
  return (triple) => {
    const covering = rules.filter((rule) => rule.triples.includes(triple));
    if (covering.length === 0) return undefined;
    const name = covering.map((rule) => rules.indexOf(rule)).join(' ');
    let made = known.get(name);
    if (made === undefined) known.set(name, (made = make(covering)));
    return made;
  };
}

function inTurn(finders: readonly RuleFinder[]): RuleFinder {
  return {
    find(action, input) {
      for (let index = 0; index < finders.length; index += 1) {
        const rule = finders[index]?.find(action, input);
        if (rule !== undefined) return rule;
      }
      return undefined;
    },
  };
}

/** Indices by their rules: questions that the same rules cover share one. */
class SharedIndices {
  readonly #compiler: Compiler;
  readonly #known: { readonly rules: readonly LoweredRule[]; readonly finder: IndexedFinder }[] = [];

  constructor(compiler: Compiler) {
    this.#compiler = compiler;
  }

  of(rules: readonly LoweredRule[]): IndexedFinder {
    const same = this.#known.find(
      (one) => one.rules.length === rules.length && one.rules.every((rule, at) => rule === rules[at]),
    );
    if (same !== undefined) return same.finder;
    const finder = indexRules(rules, this.#compiler);
    this.#known.push({ rules, finder });
    return finder;
  }
}
