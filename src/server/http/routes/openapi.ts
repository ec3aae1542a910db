import { Type } from '../../../dsl/json-schema.ts';
import type { Route } from '../route.ts';
import { sendJson } from '../send-json.ts';

export const openapi: Route = {
  method: 'get',
  path: '/openapi.json',
  name: 'openapi',
  summary: 'This description',
  description: 'All routes as OpenAPI 3.1, made of the schemas that requests are checked by.',
  tag: 'Operations',
  scope: 'open',
  answers: {
    200: {
      description: 'The description',
      schema: Type.Unsafe<unknown>({ type: 'object', additionalProperties: true }),
    },
  },
  problems: [],
  handler:
    ({ openApi }) =>
    (_request, response) =>
      sendJson(response, 200, openApi()),
};
