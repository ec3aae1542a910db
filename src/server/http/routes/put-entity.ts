import { aboutOf } from '../about-of.ts';
import { entityProblem } from '../entity-problem.ts';
import { exchangeOf } from '../exchange.ts';
import { parameterOf } from '../parameter.ts';
import { CONSISTENCY_HEADER, entityTag, preconditionOf } from '../preconditions.ts';
import type { Route } from '../route.ts';
import { Entity, PutEntity } from '../schemas/entity-schema.ts';
import { sendJson } from '../send-json.ts';

export const putEntity: Route = {
  method: 'put',
  path: '/entities/{type}/{id}',
  name: 'putEntity',
  summary: 'Write an entity',
  description:
    'Stores an entity as a whole, or the stored attributes of a mapped one, after checking it by the running bundle. With `If-Match` only if it is still what was read, with `If-None-Match: *` only if there is none. Answered once it is recorded and stored, with a token as `Velro-Consistency`: a decision with `"consistency": "at_least:TOKEN"` sees the write.',
  tag: 'Entities',
  scope: 'admin',
  parameters: { type: 'The entity’s name in the bundle.', id: 'The id.' },
  headers: {
    'If-Match': 'The `ETag` that the entity must have, or `*` for any.',
    'If-None-Match': '`*`: there must be no such entity.',
  },
  body: PutEntity,
  bodyBytes: 1024 * 1024,
  answers: {
    200: { description: 'It was replaced', schema: Entity },
    201: { description: 'It was created', schema: Entity },
  },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'entity_not_stored',
    'invalid_entity',
    'precondition_failed',
    'unknown_entity_type',
  ],
  handler:
    ({ entities }) =>
    async (request, response) => {
      const { attributes } = exchangeOf(response).body as PutEntity;
      const outcome = await entities.put(
        parameterOf(request, 'type'),
        parameterOf(request, 'id'),
        attributes,
        preconditionOf(request.headers),
        aboutOf(response),
      );
      if (!outcome.ok) throw entityProblem(outcome);
      const { entity, created, token } = outcome.value;
      const headers = { ETag: entityTag(entity.revision), [CONSISTENCY_HEADER]: token };
      sendJson(response, created ? 201 : 200, entity, headers);
    },
};
