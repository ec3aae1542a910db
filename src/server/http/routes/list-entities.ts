import { entityProblem } from '../entity-problem.ts';
import { parameterOf } from '../parameter.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { EntityPage, ListEntitiesQuery } from '../schemas/entity-schema.ts';
import { sendJson } from '../send-json.ts';

const DEFAULT_LIMIT = 100;

export const listEntities: Route = {
  method: 'get',
  path: '/entities/{type}',
  name: 'listEntities',
  summary: 'Read the entities of a type',
  description:
    'Gives the stored entities of a type by id, page after page. What is there all the while is on one page exactly, whatever is written meanwhile. A page of large entities may be shorter than asked.',
  tag: 'Entities',
  scope: 'admin',
  parameters: { type: 'The entity’s name in the bundle.' },
  query: ListEntitiesQuery,
  answers: { 200: { description: 'A page', schema: EntityPage } },
  problems: ['database_unavailable', 'entity_not_stored', 'unknown_entity_type'],
  handler:
    ({ entities }) =>
    async (request, response) => {
      const { limit, cursor } = request.query as ListEntitiesQuery;
      const outcome = await entities.list(
        parameterOf(request, 'type'),
        limit === undefined ? DEFAULT_LIMIT : Number(limit),
        cursor,
      );
      if (!outcome.ok) throw entityProblem(outcome);
      if (outcome.value === undefined) {
        const message = 'must be `next` of a page of this type';
        throw new Problem('invalid_request', `the cursor ${message}`, {
          errors: [{ pointer: '?cursor', message }],
        });
      }
      sendJson(response, 200, outcome.value);
    },
};
