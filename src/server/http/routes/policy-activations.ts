import { pageOf } from '../policy-page.ts';
import type { Route } from '../route.ts';
import { PageQuery, PolicyActivations } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

export const policyActivations: Route = {
  method: 'get',
  path: '/policies/activations',
  name: 'policyActivations',
  summary: 'What answered when',
  description: 'Who activated or rolled back which version, when, and what that changed; the newest first.',
  tag: 'Policies',
  scope: 'admin',
  query: PageQuery,
  answers: { 200: { description: 'A page of activations', schema: PolicyActivations } },
  problems: ['database_unavailable', 'policies_from_folder'],
  handler:
    ({ policies }) =>
    async (request, response) =>
      sendJson(response, 200, await policies.activations(pageOf(request))),
};
