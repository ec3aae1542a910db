import { Ability, type MatchConditions, type RawRuleOf } from '@casl/ability';
import type { Triple } from '../../dsl/check/bundle.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import { predicateOf } from '../compile/generate/first-of.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** A CASL ability over decisions: its actions are those of the policy, its subjects both types of a question. */
type DecisionAbility = Ability<[string, DecisionInput | string], MakePredicate>;
/** CASL has a rule's predicate made when it first asks it. */
type MakePredicate = () => Predicate;
type RawDecisionRule = RawRuleOf<DecisionAbility> & { readonly lowered: LoweredRule };

/** What CASL takes for "any action" and "any subject" by default; no policy can say these. */
const UNSPEAKABLE_ACTION = '\u0000any action';
const UNSPEAKABLE_SUBJECT = '\u0000any subject';

/** What CASL calls the types of a question. Names hold no bar, so no two questions share a name. */
export function subjectTypeOf(triple: Triple): string {
  return `${triple.resource}|${triple.subject}`;
}

/** Finds the first rule in the order of the text that applies to a question. */
export interface RuleFinder {
  find(action: string, input: DecisionInput): LoweredRule | undefined;
}

/** Of questions that no rule covers. */
export const NOTHING_APPLIES: RuleFinder = { find: () => undefined };

/**
 * Rules of one effect as one CASL ability; they come by layer and in the order of the text. CASL lets the last matching
 * rule decide, so they are given to it from last to first, and the one that it finds is the first.
 */
export function abilityOf(rules: readonly LoweredRule[], writeAfter: number): RuleFinder {
  const raw = rules.toReversed().flatMap((rule) => rawRulesOf(rule, writeAfter));
  return { find: finderOf(raw, (input) => input.subjectType) };
}

function finderOf(raw: RawDecisionRule[], subjectType: (input: DecisionInput) => string): RuleFinder['find'] {
  const ability: DecisionAbility = new Ability<[string, DecisionInput | string], MakePredicate>(raw, {
    conditionsMatcher: (make) => make() as unknown as MatchConditions,
    detectSubjectType: (input) => subjectType(input),
    anyAction: UNSPEAKABLE_ACTION,
    anySubjectType: UNSPEAKABLE_SUBJECT,
  });
  return (action, input) => {
    const rule = ability.relevantRuleFor(action, input);
    return rule === null ? undefined : (rule.origin as RawDecisionRule).lowered;
  };
}

const EVERY_ACTION = 'decide';
const EVERY_SUBJECT = 'question';

/** A rule and what is left to ask of it. */
export interface AskedRule {
  readonly rule: LoweredRule;
  readonly applies: Predicate;
}

/** The same for rules that all cover the questions that are asked here, so that CASL need not tell these apart. */
export function sharedAbilityOf(rules: readonly AskedRule[]): RuleFinder {
  const raw = rules
    .toSorted((a, b) => b.rule.order - a.rule.order)
    .map(({ rule, applies }) => rawRule(rule, EVERY_ACTION, EVERY_SUBJECT, () => applies));
  const find = finderOf(raw, () => EVERY_SUBJECT);
  return { find: (_, input) => find(EVERY_ACTION, input) };
}

/** One raw rule for each set of actions that the rule covers on the same types. */
function rawRulesOf(rule: LoweredRule, writeAfter: number): RawDecisionRule[] {
  const applies: MakePredicate = () => predicateOf(rule.asked, writeAfter);
  const actionsByTypes = new Map<string, string[]>();
  for (const triple of rule.triples) {
    const types = subjectTypeOf(triple);
    const actions = actionsByTypes.get(types);
    if (actions === undefined) actionsByTypes.set(types, [triple.action]);
    else actions.push(triple.action);
  }
  const typesByActions = new Map<string, { readonly action: string[]; readonly subject: string[] }>();
  for (const [types, action] of actionsByTypes) {
    const key = action.toSorted().join(' ');
    const group = typesByActions.get(key);
    if (group === undefined) typesByActions.set(key, { action, subject: [types] });
    else group.subject.push(types);
  }
  return [...typesByActions.values()].map(({ action, subject }) => rawRule(rule, action, subject, applies));
}

function rawRule(
  rule: LoweredRule,
  action: string | string[],
  subject: string | string[],
  applies: MakePredicate,
): RawDecisionRule {
  return { action, subject, inverted: rule.effect === 'forbid', conditions: applies, lowered: rule };
}
