import { actorOf } from '../policy-actor-of.ts';
import { versionIn } from '../policy-page.ts';
import type { Route } from '../route.ts';
import { ActivationResult } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

export const activatePolicies: Route = {
  method: 'post',
  path: '/policies/versions/{version}/activate',
  name: 'activatePolicies',
  summary: 'Make a version answer',
  description:
    'Verifies, checks and tests a published version and makes it answer in every instance. Answered once that is stored and recorded and this instance has taken it up. Activating the version that answers changes nothing.',
  tag: 'Policies',
  scope: 'admin',
  parameters: { version: 'The number of the version.' },
  answers: { 200: { description: 'The version is active', schema: ActivationResult } },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'policies_from_folder',
    'policy_findings',
    'policy_tampered',
    'policy_tests_failed',
    'policy_too_slow',
    'signature_invalid',
    'signature_missing',
    'signature_untrusted',
    'unknown_version',
  ],
  handler:
    ({ policies }) =>
    async (request, response) =>
      sendJson(response, 200, await policies.activate(versionIn(request), actorOf(response))),
};
