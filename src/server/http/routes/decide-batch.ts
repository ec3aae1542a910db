import { accessRequestOf, consistencyOf } from '../../decide/access-request.ts';
import type { Outcome } from '../../decide/decision-service.ts';
import { aboutOf } from '../about-of.ts';
import { batchItems } from '../batch-items.ts';
import { CACHE_HEADERS } from '../cache-headers.ts';
import { exchangeOf } from '../exchange.ts';
import { Problem, problemDocument } from '../problem.ts';
import type { Route } from '../route.ts';
import type { Decision } from '../schemas/access-schema.ts';
import { BatchDecision, BatchQuestion } from '../schemas/batch-schema.ts';
import { sendJson } from '../send-json.ts';
import { unavailable } from '../unavailable.ts';

/** How the facts of all came to be known: only where none had to be loaded they were kept. */
function cacheHeaderOf(
  outcomes: readonly (Outcome<Decision> | undefined)[],
): Readonly<Record<string, string>> | undefined {
  const sources = new Set(outcomes.map((outcome) => (outcome?.ok === true ? outcome.source : undefined)));
  const source = (['miss', 'bypass', 'l1-hit'] as const).find((one) => sources.has(one));
  return source && CACHE_HEADERS[source];
}

export const decideBatch: Route = {
  method: 'post',
  path: '/decide/batch',
  name: 'decideBatch',
  summary: 'Several decisions',
  description:
    'Answers up to 1,000 questions in their order, in the shape of an Access Evaluations request of AuthZEN 1.0. Each is counted and recorded as a decision of its own; all are decided by one bundle and as of one time, by facts of one state. Of facts from a database, the header `Velro-Cache` says whether all had been kept. A question that cannot be answered is `decision: false` with the problem as `error` in its `context`.',
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
        consistencyOf(batch),
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
      sendJson(response, 200, { evaluations }, cacheHeaderOf(outcomes));
    },
};
