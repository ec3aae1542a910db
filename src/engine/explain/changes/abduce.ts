import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { assertNever } from '../../../dsl/syntax/ast.ts';
import { pathText } from '../../compile/path-text.ts';
import { abduceCall } from './abduce-call.ts';
import { abduceComparison } from './abduce-comparison.ts';
import { abduceInNetwork, abduceMembership, abduceOverlap } from './abduce-membership.ts';
import { abduceExistence, abducePresence, openWay } from './abduce-presence.ts';
import { abduceQuantifier } from './abduce-quantifier.ts';
import { abduceRisk } from './abduce-risk.ts';
import { abduceIs, abduceMatches } from './abduce-tests.ts';
import { abduceWaiting } from './abduce-waiting.ts';
import { changeableOf } from './changeable.ts';
import { conditionText } from './describe-change.ts';
import { best, combine, type EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

/**
 * The sets of edits, cheapest first, that lead to a condition that is certainly as wanted: the empty set when it is
 * already, none when no change brings it about; then the log says why. They are proposals: some only make the next step
 * possible, and what is shared between conditions is only settled by trying them.
 */
export function abduce(
  expression: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const holds = wanted ? compiler.certainly(expression)(input) : !compiler.possibly(expression)(input);
  if (holds) return [[]];
  if (!log.spend(1)) return [];
  const { noted } = log;
  const ways = log.about(
    () => conditionText(expression, wanted),
    () => waysTo(expression, wanted, context),
  );
  if (ways.length === 0 && log.noted === noted) {
    const condition = conditionText(expression, wanted);
    log.note({ why: 'no_value', condition, text: `no values were found for which \`${condition}\` holds` });
  }
  return ways;
}

function waysTo(expression: CheckedExpression, wanted: boolean, context: SearchContext): readonly EditSet[] {
  const { log } = context;
  switch (expression.kind) {
    case 'constant':
      log.note({
        why: 'literal',
        condition: conditionText(expression, wanted),
        text: 'the policy says so of every such request',
      });
      return [];
    case 'not':
      return abduce(expression.operand, !wanted, context);
    case 'and':
    case 'or': {
      const parts = expression.operands.map((operand) => abduce(operand, wanted, context));
      return (expression.kind === 'and') === wanted ? combine(parts, log) : best(parts.flat(), log);
    }
    case 'implies': {
      const left = abduce(expression.left, !wanted, context);
      const right = abduce(expression.right, wanted, context);
      return wanted ? best([...left, ...right], log) : combine([left, right], log);
    }
    case 'comparison':
      return abduceComparison(expression, wanted, context);
    case 'riskComparison':
      return abduceRisk(expression, wanted, context, abduce);
    case 'membership':
      return abduceMembership(expression, wanted, context);
    case 'overlap':
      return abduceOverlap(expression, wanted, context);
    case 'inNetwork':
      return abduceInNetwork(expression, wanted, context);
    case 'matches':
      return abduceMatches(expression, wanted, context);
    case 'is':
      return abduceIs(expression, wanted, context);
    case 'exists':
      return abduceExistence(expression.operand, wanted, context);
    case 'has':
      return abducePresence(expression.operand, wanted, context);
    case 'quantifier':
      return abduceQuantifier(expression, wanted, context, abduce);
    case 'call': {
      if (expression.builtin.evaluate !== undefined) {
        const moved = abduceWaiting(expression, wanted, context);
        return best([...abduceCall(expression, wanted, context), ...moved], log);
      }
      changeableOf(expression, context);
      return openWay(expression, context);
    }
    case 'attribute':
    case 'index': {
      const changeable = changeableOf(expression, context);
      if (changeable === undefined) return openWay(expression, context);
      const text = wanted ? changeable.path : `not ${changeable.path}`;
      return changeable.become(wanted, text, `\`${changeable.path}\` is \`${wanted}\``);
    }
    case 'local':
    case 'variable':
    case 'identifier':
    case 'collection':
    case 'arithmetic':
    case 'negation':
      log.note({
        why: 'computed',
        condition: conditionText(expression, wanted),
        text: `\`${pathText(expression)}\` follows from other values`,
      });
      return [];
    default:
      return assertNever(expression);
  }
}
