import { actorOf } from '../policy-actor-of.ts';
import type { Route } from '../route.ts';
import { ActivationResult, RollbackQuery } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

export const rollBackPolicies: Route = {
  method: 'post',
  path: '/policies/rollback',
  name: 'rollBackPolicies',
  summary: 'Go back to the version before',
  description:
    'Makes the version answer that answered before the one that does. Doing it again goes one further back. With `from` nothing is done when another version answers than you believe.',
  tag: 'Policies',
  scope: 'admin',
  query: RollbackQuery,
  answers: { 200: { description: 'The version before is active', schema: ActivationResult } },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'no_earlier_version',
    'policies_from_folder',
    'policy_changed',
    'policy_findings',
    'policy_tampered',
    'policy_tests_failed',
    'policy_too_slow',
    'signature_invalid',
    'signature_missing',
    'signature_untrusted',
  ],
  handler:
    ({ policies }) =>
    async (request, response) => {
      const { from } = request.query as RollbackQuery;
      const version = from === undefined ? undefined : Number(from);
      sendJson(response, 200, await policies.rollback(version, actorOf(response)));
    },
};
