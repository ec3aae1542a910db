import type { Route } from '../route.ts';
import { Health } from '../schemas/operations-schema.ts';
import { sendJson } from '../send-json.ts';

export const healthz: Route = {
  method: 'get',
  path: '/healthz',
  name: 'health',
  summary: 'Whether the process is alive',
  description: 'Answers as long as the process can answer at all, also while it stops.',
  tag: 'Operations',
  scope: 'open',
  answers: { 200: { description: 'It is', schema: Health } },
  problems: [],
  handler: () => (_request, response) => sendJson(response, 200, { status: 'ok' }),
};
