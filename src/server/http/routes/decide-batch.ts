import { accessRequestOf } from '../../decide/access-request.ts';
import { aboutOf } from '../about-of.ts';
import { batchItems } from '../batch-items.ts';
import { exchangeOf } from '../exchange.ts';
import { Problem, problemDocument } from '../problem.ts';
import type { Route } from '../route.ts';
import { BatchDecision, BatchQuestion } from '../schemas/batch-schema.ts';
import { sendJson } from '../send-json.ts';
import { unavailable } from '../unavailable.ts';

export const decideBatch: Route = {
  method: 'post',
  path: '/decide/batch',
  name: 'decideBatch',
  summary: 'Several decisions',
  description:
    'Answers up to 1,000 questions in their order, in the shape of an Access Evaluations request of AuthZEN 1.0. Each is counted and recorded as a decision of its own; all are decided by one bundle and as of one time, with one look for the facts of all. A question that cannot be answered is `decision: false` with the problem as `error` in its `context`.',
  tag: 'Decisions',
  scope: 'decide',
  body: BatchQuestion,
  bodyBytes: 1024 * 1024,
  answers: { 200: { description: 'The decisions, in order', schema: BatchDecision } },
  problems: [],
  handler:
    ({ decisions, metrics, ports: { clock } }) =>
    async (_request, response) => {
      const batch = exchangeOf(response).body as BatchQuestion;
      const { requestId } = exchangeOf(response);
      const startedAt = clock.monotonic();
      const items = batchItems(batch);
      const outcomes = await decisions.decideAll(
        items.map((item) => (item instanceof Problem ? undefined : accessRequestOf(item))),
        batch.options?.evaluations_semantic ?? 'execute_all',
        aboutOf(response),
      );
      const evaluations = outcomes.map((outcome, index) => {
        if (outcome?.ok === true) {
          const { decision, context } = outcome.answer;
          metrics.decided(decision, context.code, clock.monotonic() - startedAt);
          return outcome.answer;
        }
        const problem = outcome === undefined ? items[index] : unavailable(outcome.problem);
        if (!(problem instanceof Problem)) throw new Error('a question without an answer had nothing wrong');
        const { code, message, errors } = problem;
        metrics.refused(code);
        return { decision: false, context: { error: problemDocument(code, message, requestId, errors) } };
      });
      sendJson(response, 200, { evaluations });
    },
};
