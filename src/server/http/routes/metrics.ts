import { Type } from '../../../dsl/json-schema.ts';
import type { Route } from '../route.ts';
import { sendText } from '../send-json.ts';

export const metrics: Route = {
  method: 'get',
  path: '/metrics',
  name: 'metrics',
  summary: 'Figures for Prometheus',
  description:
    'Decisions by verdict and code with their durations, problems, the bundle that answers, losses, the audit log, every pool of connections, and the process.',
  tag: 'Operations',
  scope: 'open',
  answers: {
    200: {
      description: 'The figures, in the text format of Prometheus',
      schema: Type.String(),
      contentType: 'text/plain',
    },
  },
  problems: [],
  handler:
    ({ metrics: { contentType, expose } }) =>
    async (_request, response) =>
      sendText(response, 200, await expose(), contentType),
};
