import type { CheckedBundle } from '../../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import type { LoweredRule } from '../../abilities/lowered-rule.ts';
import { type DecideTools, establisherOf } from '../../decide/decide.ts';
import { inputOf, type Question } from '../../decide/question.ts';
import type { ClaimStep, LayerStep, OverrideStep, TriplePlan } from '../../decide/triple-plan.ts';
import { once } from '../../once.ts';
import type { Change } from '../types.ts';
import { abduce } from './abduce.ts';
import { known } from './abduce-presence.ts';
import { best, combine, type Edit, type EditSet } from './edit.ts';
import { editLive, without } from './edit-question.ts';
import { knownTo, mentionedIn } from './known-references.ts';
import type { SearchContext } from './search-context.ts';
import type { SearchLog } from './search-log.ts';

/** Of more permits than these only some are looked at. */
const MAXIMUM_PERMITS = 200;

/** What a search for changes works with. */
export interface SearchTools extends DecideTools {
  readonly plan: TriplePlan;
  readonly bundle: CheckedBundle;
}

/** A question as a search looks at it. */
export function contextOf(
  question: Question,
  { plan, bundle, compiler }: SearchTools,
  log: SearchLog,
): SearchContext {
  const input = inputOf(plan, question);
  return {
    plan,
    question,
    input,
    compiler,
    bundle,
    log,
    mentioned: once(() => mentionedIn(question.request)),
    known: once(() => knownTo(input)),
  };
}

/** What stands between a question and a permit: a forbid or limit that counts, or a claim that nobody establishes. */
export type Standing =
  | { readonly kind: 'rule'; readonly rule: LoweredRule }
  | { readonly kind: 'claim'; readonly claim: ClaimStep };

/** All that stands against a permit, in the order of causes. */
export function standingAgainst({ plan, input }: SearchContext): readonly Standing[] {
  const standing: Standing[] = [];
  for (const step of plan.forbids) {
    for (const rule of step.candidates(input)) if (rule.applies(input)) standing.push({ kind: 'rule', rule });
  }
  for (const claim of plan.claims) {
    if (establisherOf(claim, plan.triple.action, input) === undefined)
      standing.push({ kind: 'claim', claim });
  }
  return standing;
}

/** Ways to move what stands in the way. */
export function waysAround(standing: Standing, context: SearchContext): readonly EditSet[] {
  return standing.kind === 'rule' ? avoid(standing.rule, context) : establish(standing.claim, context);
}

/** Ways to keep a forbid or a limit from counting. */
function avoid(rule: LoweredRule, context: SearchContext): readonly EditSet[] {
  const { origin } = rule;
  const { log } = context;
  const advice = rule.adviceName ?? null;
  if (origin.kind === 'limit') {
    const parts = [origin.case.selector, ...origin.case.keys]
      .filter((key): key is CheckedExpression => key !== undefined)
      .map((key) => known(key, context));
    if (context.input.live.exhausted.has(rule.name.rule)) parts.push([[waitForLimit(rule)]]);
    return advise(combine(parts, log), advice);
  }
  const alternatives: EditSet[] = [];
  if (rule.condition !== undefined) alternatives.push(...abduce(rule.condition, false, context));
  else log.note({ why: 'literal', condition: null, text: 'it forbids every such request' });
  if (origin.rule.origin.kind === 'mode') alternatives.push([leaveMode(origin.rule.origin.mode, context)]);
  return best(advise(alternatives, advice), log);
}

/** Ways to establish a claim: by one of its permits, or by an override. */
function establish(claim: ClaimStep, context: SearchContext): readonly EditSet[] {
  const { log } = context;
  const alternatives: EditSet[] = [];
  let permits = 0;
  for (const step of claim.permits) {
    for (const { condition } of permitsOf(step, context)) {
      permits += 1;
      if (condition !== undefined) alternatives.push(...abduce(condition, true, context));
    }
  }
  for (const step of claim.overrides) alternatives.push(...activate(step, context));
  if (permits + claim.overrides.length === 0) {
    log.note({
      why: 'literal',
      condition: null,
      text: `no rule establishes \`${claim.claim}\` for such a request`,
    });
  }
  return best(alternatives, log);
}

/** Of a great many permits, those that are nearest to holding and the first in the text. */
function permitsOf(step: LayerStep, { input, log }: SearchContext): Iterable<LoweredRule> {
  if (step.rules.length <= MAXIMUM_PERMITS) return step.rules;
  log.endEarly();
  return new Set([
    ...step.candidates(input).slice(0, MAXIMUM_PERMITS),
    ...step.rules.slice(0, MAXIMUM_PERMITS),
  ]);
}

function activate(step: OverrideStep, context: SearchContext): readonly EditSet[] {
  const { name } = step.override;
  const holds = step.case.condition === undefined ? [[]] : abduce(step.case.condition, true, context);
  if (context.input.live.overrides.has(name)) return holds;
  const edit = stateEdit(
    {
      condition: `override ${name} is open`,
      text: `open the override \`${name}\` for the subject`,
      by: 'operator',
      edit: { kind: 'override', override: name, on: true },
    },
    (question) => editLive(question, (live) => ({ overrides: new Set([...live.overrides, name]) })),
  );
  return combine([[[edit]], holds], context.log);
}

/** A mode ends when an operator leaves it, or when what its loss entered it for is back. */
function leaveMode(mode: string, { bundle, input }: SearchContext): Edit {
  const lost = [...input.live.losses].filter((dependency) => bundle.losses.get(dependency) === mode);
  const back = lost.map((dependency) => `\`${dependency}\``).join(' and ');
  return stateEdit(
    {
      condition: `mode ${mode} is off`,
      text:
        lost.length === 0
          ? `leave mode \`${mode}\``
          : `mode \`${mode}\` ends: ${back} is back, and no operator keeps it`,
      by: lost.length === 0 ? 'operator' : 'time',
      edit: { kind: 'mode', mode, on: false },
    },
    (question) => editLive(question, (live) => ({ modes: without(live.modes, mode) })),
  );
}

function waitForLimit(rule: LoweredRule): Edit {
  const { layer, rule: name } = rule.name;
  const condition = `limit ${layer}.${name} has something left`;
  return stateEdit(
    {
      condition,
      text: `wait until the limit \`${layer}.${name}\` has something left`,
      by: 'time',
      edit: { kind: 'limit', limit: name, exhausted: false },
    },
    (question) => editLive(question, (live) => ({ exhausted: without(live.exhausted, name) })),
  );
}

function stateEdit(change: Pick<Change, 'condition' | 'text' | 'by' | 'edit'>, apply: Edit['apply']): Edit {
  return {
    change: { path: null, advice: null, ...change },
    place: change.condition,
    mark: 'changed',
    apply,
  };
}

/** What the caller can do in answer to a rule carries the rule's advice. */
function advise(alternatives: readonly EditSet[], advice: string | null): readonly EditSet[] {
  if (advice === null) return alternatives;
  const words = advice.replaceAll('_', ' ');
  return alternatives.map((edits) =>
    edits.map((edit) =>
      edit.change.by === 'request' && edit.change.advice === null
        ? { ...edit, change: { ...edit.change, text: `${words}: ${edit.change.text}`, advice } }
        : edit,
    ),
  );
}
