import { accessRequestOf } from '../../decide/access-request.ts';
import { exchangeOf } from '../exchange.ts';
import type { Route } from '../route.ts';
import { AccessQuestion, ExplainedDecision } from '../schemas/access-schema.ts';
import { sendJson } from '../send-json.ts';
import { unavailable } from '../unavailable.ts';

export const explain: Route = {
  method: 'post',
  path: '/explain',
  name: 'explain',
  summary: 'One decision with the full trace',
  description:
    'Answers the same question as `/decide`, and says of every layer which rules apply, what they read, and what would permit. It is neither counted against limits nor recorded.',
  tag: 'Decisions',
  scope: 'decide',
  body: AccessQuestion,
  answers: { 200: { description: 'The decision and its explanation', schema: ExplainedDecision } },
  problems: ['facts_unavailable', 'timed_out'],
  handler:
    ({ decisions }) =>
    async (_request, response) => {
      const outcome = await decisions.explain(accessRequestOf(exchangeOf(response).body as AccessQuestion));
      if (!outcome.ok) throw unavailable(outcome.problem);
      sendJson(response, 200, outcome.answer);
    },
};
