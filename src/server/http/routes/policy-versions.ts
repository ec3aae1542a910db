import { pageOf } from '../policy-page.ts';
import type { Route } from '../route.ts';
import { PageQuery, PolicyVersions } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

export const policyVersions: Route = {
  method: 'get',
  path: '/policies/versions',
  name: 'policyVersions',
  summary: 'All versions',
  description: 'What was published, the newest first, and which version answers.',
  tag: 'Policies',
  scope: 'admin',
  query: PageQuery,
  answers: { 200: { description: 'A page of versions', schema: PolicyVersions } },
  problems: ['database_unavailable', 'policies_from_folder'],
  handler:
    ({ policies }) =>
    async (request, response) =>
      sendJson(response, 200, await policies.versions(pageOf(request))),
};
