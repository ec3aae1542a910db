import type { Response } from 'express';
import { accessRequestOf, consistencyOf } from '../../decide/access-request.ts';
import type { Outcome } from '../../decide/decision-service.ts';
import { aboutOf } from '../about-of.ts';
import { CACHE_HEADERS } from '../cache-headers.ts';
import { exchangeOf } from '../exchange.ts';
import type { Route } from '../route.ts';
import { AccessQuestion, Decision } from '../schemas/access-schema.ts';
import { sendJson } from '../send-json.ts';
import { unavailable } from '../unavailable.ts';

export const decide: Route = {
  method: 'post',
  path: '/decide',
  name: 'decide',
  summary: 'One decision',
  description:
    'Answers whether a subject may do something to a resource. A denial is a 200 with `decision: false`. The request is counted against the limits of the policy and recorded as its audit lines say. Of facts from a database, the header `Velro-Cache` says whether they had been kept, and in which level.',
  tag: 'Decisions',
  scope: 'decide',
  isDecision: true,
  body: AccessQuestion,
  answers: { 200: { description: 'The decision, and why', schema: Decision } },
  problems: ['audit_unavailable', 'facts_unavailable', 'timed_out'],
  handler: ({ decisions, metrics, ports: { clock } }) => {
    const answer = (response: Response, outcome: Outcome<Decision>, startedAt: number): void => {
      if (!outcome.ok) throw unavailable(outcome.problem);
      const { decision, context } = outcome.answer;
      metrics.decided(decision, context.code, clock.monotonic() - startedAt);
      const { source } = outcome;
      sendJson(response, 200, outcome.answer, source === undefined ? undefined : CACHE_HEADERS[source]);
    };
    // Only what has to be waited for is: most decisions are there at once.
    return (_request, response) => {
      const { authenticationExpired, body } = exchangeOf(response);
      const about = aboutOf(response);
      const startedAt = clock.monotonic();
      const outcome = authenticationExpired
        ? decisions.expire(about)
        : decisions.decide(
            accessRequestOf(body as AccessQuestion),
            about,
            consistencyOf(body as AccessQuestion),
          );
      return outcome instanceof Promise
        ? outcome.then((later) => answer(response, later, startedAt))
        : answer(response, outcome, startedAt);
    };
  },
};
