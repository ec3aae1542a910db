import { aboutOf } from '../about-of.ts';
import { entityProblem } from '../entity-problem.ts';
import { parameterOf } from '../parameter.ts';
import { CONSISTENCY_HEADER, preconditionOf } from '../preconditions.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { Entity } from '../schemas/entity-schema.ts';
import { sendJson } from '../send-json.ts';

export const deleteEntity: Route = {
  method: 'delete',
  path: '/entities/{type}/{id}',
  name: 'deleteEntity',
  summary: 'Delete an entity',
  description:
    'Deletes what is stored of an entity, with `If-Match` only if it is still what was read. The answer is the entity as it was, with a token as `Velro-Consistency`: a decision with `"consistency": "at_least:TOKEN"` sees the deletion.',
  tag: 'Entities',
  scope: 'admin',
  parameters: { type: 'The entity’s name in the bundle.', id: 'The id.' },
  headers: { 'If-Match': 'The `ETag` that the entity must have, or `*` for any.' },
  answers: { 200: { description: 'It is deleted', schema: Entity } },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'entity_not_found',
    'entity_not_stored',
    'invalid_request',
    'precondition_failed',
    'unknown_entity_type',
  ],
  handler:
    ({ entities }) =>
    async (request, response) => {
      const precondition = preconditionOf(request.headers);
      if (precondition.kind === 'absent')
        throw new Problem('invalid_request', 'what is to be deleted must be there: send no `If-None-Match`');
      const outcome = await entities.delete(
        parameterOf(request, 'type'),
        parameterOf(request, 'id'),
        precondition,
        aboutOf(response),
      );
      if (!outcome.ok) throw entityProblem(outcome);
      const { entity, token } = outcome.value;
      sendJson(response, 200, entity, { [CONSISTENCY_HEADER]: token });
    },
};
