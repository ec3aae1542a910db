import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { placeOf } from '../../dsl/source/source-text.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import { type DecideTools, decideInput, establisherOf } from '../decide/decide.ts';
import { missingForClaim, missingForRule } from '../decide/find-missing.ts';
import { inputOf, type Question } from '../decide/question.ts';
import type { ClaimStep, LayerStep, OverrideStep, TriplePlan } from '../decide/triple-plan.ts';
import type { Verdict } from '../decide/types.ts';
import { abduce, abducePresence } from './changes/abduce.ts';
import { best, combine, costOf, type Edit, type EditSet } from './changes/edit.ts';
import { editLive, without } from './changes/edit-question.ts';
import type { SearchContext } from './changes/search-context.ts';
import type { Change, Obstacle } from './types.ts';

/** So many sets of changes are tried before the search gives up. */
const MAXIMUM_TRIALS = 200;
/** Of more permits than these only some are looked at. */
const MAXIMUM_PERMITS = 200;
/** A change may bring another rule into play, whose own changes are then looked for, so many times. */
const MAXIMUM_ROUNDS = 4;

/**
 * A smallest set of changes after which a denied question would be permitted: each set is tried before it is named, and
 * every change in it is needed. Null when no change of values was found that leads there.
 */
export function findChanges(
  plan: TriplePlan,
  question: Question,
  verdict: Verdict,
  tools: DecideTools,
): readonly Change[] | null {
  if (!isDecidedByRules(verdict)) return null;
  const search = new ChangeSearch(plan, question, tools);
  return search.run()?.map((edit) => edit.change) ?? null;
}

/** Whether rules denied, or something before them that no value changes. */
function isDecidedByRules({ code }: Verdict): boolean {
  return code === 'forbidden' || code === 'limit_exceeded' || code === 'claim_missing';
}

/** What stands in the way of a permit and no change of values moves; nothing where rules did not decide. */
export function findObstacles(
  plan: TriplePlan,
  question: Question,
  verdict: Verdict,
  tools: DecideTools,
): readonly Obstacle[] {
  if (!isDecidedByRules(verdict)) return [];
  const input = inputOf(plan, question);
  const context: SearchContext = { input, compiler: tools.compiler };
  const obstacles: Obstacle[] = [];
  for (const step of plan.forbids) {
    for (const rule of step.candidates(input)) {
      if (!rule.applies(input) || avoid(rule, context).length > 0) continue;
      obstacles.push({
        kind: rule.origin.kind === 'limit' ? 'limit' : 'forbid',
        name: `${rule.name.layer}.${rule.name.rule}`,
        place: placeOf(
          rule.origin.kind === 'limit' ? rule.origin.limit.declaration.span : rule.origin.rule.span,
        ),
        missing: missingForRule(rule, input, tools),
      });
    }
  }
  for (const claim of plan.claims) {
    if (establisherOf(claim, plan.triple.action, input) !== undefined) continue;
    if (establish(claim, context).length > 0) continue;
    const { missing } = missingForClaim(claim, input, tools);
    obstacles.push({ kind: 'claim', name: claim.claim, place: null, missing });
  }
  return obstacles;
}

class ChangeSearch {
  readonly #plan: TriplePlan;
  readonly #question: Question;
  readonly #tools: DecideTools;
  #trials = 0;

  constructor(plan: TriplePlan, question: Question, tools: DecideTools) {
    this.#plan = plan;
    this.#question = question;
    this.#tools = tools;
  }

  /** Looks at the cheapest proposals first; one that brings a new denial is carried on from there. */
  run(): EditSet | undefined {
    let open: readonly EditSet[] = [[]];
    let found: EditSet | undefined;
    for (
      let round = 0;
      round < MAXIMUM_ROUNDS && open.length > 0 && this.#trials < MAXIMUM_TRIALS;
      round += 1
    ) {
      const next: EditSet[] = [];
      for (const edits of open) {
        for (const proposal of this.#proposals(edits)) {
          if (found !== undefined && costOf(proposal) >= costOf(found)) continue;
          if (this.#trials >= MAXIMUM_TRIALS) break;
          if (this.#permits(proposal)) found = this.#smallest(proposal);
          else next.push(proposal);
        }
      }
      open = best(next).slice(0, 8);
    }
    return found;
  }

  #apply(edits: EditSet): Question {
    return edits.reduce((question, edit) => edit.apply(question), this.#question);
  }

  #permits(edits: EditSet): boolean {
    this.#trials += 1;
    return decideInput(this.#plan, inputOf(this.#plan, this.#apply(edits)), this.#tools).permitted;
  }

  /** Leaves out, one after the other, what is not needed. */
  #smallest(edits: EditSet): EditSet {
    let needed = edits;
    for (const edit of edits) {
      const fewer = needed.filter((one) => one !== edit);
      if (fewer.length < needed.length && this.#permits(fewer)) needed = fewer;
    }
    return needed;
  }

  /** What would satisfy everything that still stands against a permit once these edits are made. */
  #proposals(edits: EditSet): readonly EditSet[] {
    const input = inputOf(this.#plan, this.#apply(edits));
    const context: SearchContext = { input, compiler: this.#tools.compiler };
    const parts: (readonly EditSet[])[] = [[edits]];
    for (const step of this.#plan.forbids) {
      for (const rule of step.candidates(input)) if (rule.applies(input)) parts.push(avoid(rule, context));
    }
    for (const claim of this.#plan.claims) {
      if (establisherOf(claim, this.#plan.triple.action, input) === undefined)
        parts.push(establish(claim, context));
    }
    return parts.length === 1 ? [] : combine(parts);
  }
}

/** Ways to keep a forbid or a limit from counting. */
function avoid(rule: LoweredRule, context: SearchContext): readonly EditSet[] {
  const { origin } = rule;
  const advice = rule.adviceName ?? null;
  if (origin.kind === 'limit') {
    const present = [origin.case.selector, ...origin.case.keys]
      .filter((key): key is CheckedExpression => key !== undefined)
      .map((key) => known(key, context));
    const parts = context.input.live.exhausted.has(rule.name.rule)
      ? [...present, [[limitWait(rule)]]]
      : present;
    return advise(combine(parts), advice);
  }
  const alternatives: EditSet[] =
    rule.condition === undefined ? [] : [...abduce(rule.condition, false, context)];
  if (origin.rule.origin.kind === 'mode') alternatives.push([leaveMode(origin.rule.origin.mode)]);
  return best(advise(alternatives, advice));
}

/** A value that is there needs no change. */
function known(expression: CheckedExpression, context: SearchContext): readonly EditSet[] {
  const outcome = context.compiler.value(expression)(context.input);
  if (outcome !== undefined && typeof outcome !== 'symbol') return [[]];
  return abducePresence(expression, true, context);
}

/** Ways to establish a claim: by one of its permits, or by an override. */
function establish(claim: ClaimStep, context: SearchContext): readonly EditSet[] {
  const alternatives: EditSet[] = [];
  for (const step of claim.permits) {
    for (const { condition } of permitsOf(step, context)) {
      if (condition !== undefined) alternatives.push(...abduce(condition, true, context));
    }
  }
  for (const step of claim.overrides) alternatives.push(...activate(step, context));
  return best(alternatives);
}

/** Of a great many permits, those that are nearest to holding and the first in the text. */
function permitsOf(step: LayerStep, { input }: SearchContext): Iterable<LoweredRule> {
  if (step.rules.length <= MAXIMUM_PERMITS) return step.rules;
  return new Set([
    ...step.candidates(input).slice(0, MAXIMUM_PERMITS),
    ...step.rules.slice(0, MAXIMUM_PERMITS),
  ]);
}

function activate(step: OverrideStep, context: SearchContext): readonly EditSet[] {
  const { name } = step.override;
  const holds = step.case.condition === undefined ? [[]] : abduce(step.case.condition, true, context);
  if (context.input.live.overrides.has(name)) return holds;
  const edit = operatorEdit(
    `override ${name}`,
    `override ${name} is active`,
    `activate the override \`${name}\` for the subject`,
    'operator',
    (question) => editLive(question, (live) => ({ overrides: new Set([...live.overrides, name]) })),
  );
  return combine([[[edit]], holds]);
}

function leaveMode(mode: string): Edit {
  return operatorEdit(
    `mode ${mode}`,
    `mode ${mode} is off`,
    `leave mode \`${mode}\``,
    'operator',
    (question) => editLive(question, (live) => ({ modes: without(live.modes, mode) })),
  );
}

function limitWait(rule: LoweredRule): Edit {
  const { layer, rule: name } = rule.name;
  const condition = `limit ${layer}.${name} has something left`;
  return operatorEdit(`limit ${name}`, condition, `wait until the ${condition}`, 'time', (question) =>
    editLive(question, (live) => ({ exhausted: without(live.exhausted, name) })),
  );
}

function operatorEdit(
  place: string,
  condition: string,
  text: string,
  by: Change['by'],
  apply: Edit['apply'],
): Edit {
  return { change: { path: null, condition, text, by, advice: null }, place, mark: 'changed', apply };
}

/** What the caller can do in answer to a rule carries the rule's advice. */
function advise(alternatives: readonly EditSet[], advice: string | null): EditSet[] {
  if (advice === null) return [...alternatives];
  const words = advice.replaceAll('_', ' ');
  return alternatives.map((edits) =>
    edits.map((edit) =>
      edit.change.by === 'request'
        ? { ...edit, change: { ...edit.change, text: `${words}: ${edit.change.text}`, advice } }
        : edit,
    ),
  );
}
