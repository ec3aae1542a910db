import { exchangeOf } from '../exchange.ts';
import { actorOf } from '../policy-actor-of.ts';
import type { Route } from '../route.ts';
import { PublishedVersion, PublishPolicies } from '../schemas/policy-schema.ts';
import { sendJson } from '../send-json.ts';

/** Escaped as JSON, the largest bundle has about so many bytes. */
const MAXIMUM_BODY = 24 * 1024 * 1024;

export const publishPolicies: Route = {
  method: 'post',
  path: '/policies/versions',
  name: 'publishPolicies',
  summary: 'Publish a bundle as a version',
  description:
    'Checks and tests the files and keeps them as the next version, which answers once it is activated. The same content is the same version. A layer that says something else than in the newest version must have another `version`.',
  tag: 'Policies',
  scope: 'admin',
  body: PublishPolicies,
  bodyBytes: MAXIMUM_BODY,
  answers: {
    200: { description: 'This content was published before', schema: PublishedVersion },
    201: { description: 'The new version', schema: PublishedVersion },
  },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'invalid_bundle',
    'layer_version_unchanged',
    'policies_from_folder',
    'policy_changed',
    'policy_findings',
    'policy_tests_failed',
    'policy_too_slow',
    'signature_invalid',
    'signature_missing',
    'signature_untrusted',
    'too_many_signatures',
  ],
  handler:
    ({ policies }) =>
    async (_request, response) => {
      const { files, signature } = exchangeOf(response).body as PublishPolicies;
      const signed =
        signature === undefined
          ? undefined
          : { keyId: signature.keyId, signature: Buffer.from(signature.value, 'base64') };
      const version = await policies.publish(files, signed, actorOf(response));
      sendJson(response, version.isNew ? 201 : 200, version);
    },
};
