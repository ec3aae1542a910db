import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { formatTime } from '../../../dsl/types/parse-time.ts';
import { inputOf } from '../../decide/question.ts';
import { conditionText } from './describe-change.ts';
import type { EditSet } from './edit.ts';
import { editNow } from './edit-question.ts';
import type { SearchContext } from './search-context.ts';

/** So many instants at which a condition can turn are looked at: with one an hour, more than a week. */
const MAXIMUM_TURNS = 200;

/** Waiting until a condition turns out as wanted, where time alone brings that about. */
export function abduceWaiting(
  expression: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  if (!readsNow(expression)) return [];
  const { plan, question, input, compiler, log } = context;
  const certainly = compiler.certainly(expression);
  const possibly = compiler.possibly(expression);
  let until = input.now;
  for (let turn = 0; turn < MAXIMUM_TURNS && log.spend(1); turn += 1) {
    const later = inputOf(plan, editNow(question, until));
    for (const slot of [0, 1, 2] as const) later.locals[slot] = input.locals[slot];
    const holds = wanted ? certainly(later) : !possibly(later);
    if (holds && until > input.now) return [[wait(expression, wanted, until, context)]];
    if (!(later.flipsAt > until && later.flipsAt <= LATEST)) return [];
    until = later.flipsAt;
  }
  return [];
}

/** The last instant that RFC 3339 can spell. */
const LATEST = 253_402_300_799_999;

function wait(
  expression: CheckedExpression,
  wanted: boolean,
  until: number,
  { input }: SearchContext,
): EditSet[number] {
  const condition = conditionText(expression, wanted);
  return {
    change: {
      path: 'now',
      condition,
      text: `wait until \`${condition}\``,
      by: 'time',
      advice: null,
      edit: { kind: 'time', from: formatTime(input.now), to: formatTime(until) },
    },
    place: 'now',
    mark: String(until),
    until,
    apply: (question) => editNow(question, until),
  };
}

/** Whether the time of the decision is part of an expression. */
function readsNow(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'variable':
      return expression.name === 'now';
    case 'identifier':
    case 'attribute':
      return readsNow(expression.object);
    case 'index':
      return readsNow(expression.object) || readsNow(expression.key);
    case 'collection':
      return expression.items.some(readsNow);
    case 'call':
      return expression.arguments.some(readsNow);
    case 'arithmetic':
    case 'comparison':
    case 'overlap':
      return readsNow(expression.left) || readsNow(expression.right);
    case 'negation':
    case 'has':
      return readsNow(expression.operand);
    case 'membership':
      return readsNow(expression.element) || readsNow(expression.collection);
    default:
      return false;
  }
}
