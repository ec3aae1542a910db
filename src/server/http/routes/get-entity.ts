import { entityProblem } from '../entity-problem.ts';
import { parameterOf } from '../parameter.ts';
import { entityTag } from '../preconditions.ts';
import type { Route } from '../route.ts';
import { Entity } from '../schemas/entity-schema.ts';
import { sendJson } from '../send-json.ts';

export const getEntity: Route = {
  method: 'get',
  path: '/entities/{type}/{id}',
  name: 'getEntity',
  summary: 'Read an entity',
  description: 'Gives an entity as it is stored, with its revision as `ETag`. What was acknowledged is seen.',
  tag: 'Entities',
  scope: 'admin',
  parameters: { type: 'The entity’s name in the bundle.', id: 'The id.' },
  answers: { 200: { description: 'The entity', schema: Entity } },
  problems: ['database_unavailable', 'entity_not_found', 'entity_not_stored', 'unknown_entity_type'],
  handler:
    ({ entities }) =>
    async (request, response) => {
      const outcome = await entities.get(parameterOf(request, 'type'), parameterOf(request, 'id'));
      if (!outcome.ok) throw entityProblem(outcome);
      sendJson(response, 200, outcome.value, { ETag: entityTag(outcome.value.revision) });
    },
};
