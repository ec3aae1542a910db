import { placeOf } from '../../dsl/source/source-text.ts';
import { Reference } from '../../dsl/types/values.ts';
import { decideInput } from '../decide/decide.ts';
import type { FactView } from '../decide/facts.ts';
import { missingForClaim, missingForRule } from '../decide/find-missing.ts';
import { inputOf, type Question } from '../decide/question.ts';
import type { Verdict } from '../decide/types.ts';
import { showReference } from './changes/resolve-place.ts';
import type { SearchContext } from './changes/search-context.ts';
import { SearchLog } from './changes/search-log.ts';
import {
  contextOf,
  type SearchTools,
  type Standing,
  standingAgainst,
  waysAround,
} from './changes/standing.ts';
import type { Obstacle, Unchangeable } from './types.ts';

/** Whether rules denied, or something before them that no change of values moves. */
export function isDecidedByRules({ code }: Verdict): boolean {
  return code === 'forbidden' || code === 'limit_exceeded' || code === 'claim_missing';
}

/** What denies a question and cannot be changed, in the order of causes. */
export function findObstacles(question: Question, verdict: Verdict, tools: SearchTools): readonly Obstacle[] {
  if (!isDecidedByRules(verdict)) return beforeRules(question, verdict, tools);
  const context = contextOf(question, tools, new SearchLog());
  const obstacles = standingAgainst(context).flatMap((one): Obstacle[] => {
    // What one rule needs says nothing of the next.
    const log = new SearchLog();
    if (waysAround(one, { ...context, log }).length > 0 || log.endedEarly) return [];
    return [obstacleOf(one, log.reasons, context, tools)];
  });
  return [...obstacles, ...notLoaded(question, tools)];
}

/** Of more causes than these that can only not be moved together the first are named. */
const MAXIMUM_IN_CONFLICT = 4;

/** Each of the causes can be moved, and yet not all of them together. */
export function obstaclesInConflict(question: Question, tools: SearchTools): readonly Obstacle[] {
  const context = contextOf(question, tools, new SearchLog());
  const text = 'what would move it, other rules do not bear';
  return standingAgainst(context)
    .slice(0, MAXIMUM_IN_CONFLICT)
    .map((one) => obstacleOf(one, [{ why: 'conflict', condition: null, text }], context, tools));
}

function obstacleOf(
  standing: Standing,
  reasons: readonly Unchangeable[],
  { input }: SearchContext,
  tools: SearchTools,
): Obstacle {
  const named: readonly Unchangeable[] =
    reasons.length > 0
      ? reasons
      : [
          {
            why: 'no_value',
            condition: null,
            text: 'no values were found with which it would turn out otherwise',
          },
        ];
  if (standing.kind === 'claim') {
    const { claim } = standing;
    const { missing } = missingForClaim(claim, input, tools);
    return { kind: 'claim', name: claim.claim, place: null, missing, reasons: named };
  }
  const { rule } = standing;
  const { origin } = rule;
  return {
    kind: origin.kind === 'limit' ? 'limit' : 'forbid',
    name: `${rule.name.layer}.${rule.name.rule}`,
    place: placeOf(origin.kind === 'limit' ? origin.limit.declaration.span : origin.rule.span),
    missing: missingForRule(rule, input, tools),
    reasons: named,
  };
}

/** Who asks, and what for, is what a question is about: another would be another question. */
function beforeRules(question: Question, { code }: Verdict, tools: SearchTools): readonly Obstacle[] {
  const { subject, resource } = question.request;
  switch (code) {
    case 'unknown_subject':
      return [
        aboutEntity('subject', subject, 'identity', `there is no record of ${shown(subject)}, who asks`),
      ];
    case 'unknown_resource':
      return [
        aboutEntity(
          'resource',
          resource,
          'identity',
          `there is no record of ${shown(resource)}, which is asked for`,
        ),
      ];
    case 'resource_exists':
      return [
        aboutEntity('resource', resource, 'identity', `${shown(resource)} exists already, and was to be new`),
      ];
    default:
      return notLoaded(question, tools);
  }
}

/** Records that deciding asks for and that could not be loaded. */
function notLoaded(question: Question, tools: SearchTools): readonly Obstacle[] {
  const asked = new Map<string, Reference>();
  const record: FactView['record'] = (type, id) => {
    const found = question.facts.record(type, id);
    if (found === undefined) asked.set(`${type}:${id}`, new Reference(type, id));
    return found;
  };
  decideInput(tools.plan, inputOf(tools.plan, { ...question, facts: { record } }), tools);
  return [...asked.values()].map((reference) =>
    aboutEntity('facts', reference, 'no_record', `the record of ${shown(reference)} could not be loaded`),
  );
}

function aboutEntity(
  kind: Obstacle['kind'],
  { type, id }: Reference,
  why: Unchangeable['why'],
  text: string,
): Obstacle {
  return { kind, name: `${type}:${id}`, place: null, missing: [], reasons: [{ why, condition: null, text }] };
}

function shown(reference: Reference): string {
  return `\`${showReference(reference)}\``;
}
