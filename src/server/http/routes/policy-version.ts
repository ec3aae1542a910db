import { parameterOf } from '../parameter.ts';
import { versionIn } from '../policy-page.ts';
import type { Route } from '../route.ts';
import { PolicyVersionWithFiles } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

export const policyVersion: Route = {
  method: 'get',
  path: '/policies/versions/{version}',
  name: 'policyVersion',
  summary: 'One version, with its files',
  description:
    'What was published as a version: files, layers, signatures, by whom and when. Files are shown as they are kept; they are verified before they answer.',
  tag: 'Policies',
  scope: 'admin',
  parameters: { version: 'The number of the version, or `active` for the one that answers.' },
  answers: { 200: { description: 'The version', schema: PolicyVersionWithFiles } },
  problems: ['database_unavailable', 'policies_from_folder', 'unknown_version'],
  handler:
    ({ policies }) =>
    async (request, response) => {
      const version = parameterOf(request, 'version') === 'active' ? 'active' : versionIn(request);
      sendJson(response, 200, await policies.version(version));
    },
};
