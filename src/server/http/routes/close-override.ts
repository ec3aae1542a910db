import { activationStatus } from '../../live/emergency-status.ts';
import { aboutOf } from '../about-of.ts';
import { parameterOf } from '../parameter.ts';
import { refusalProblem } from '../refusal-problem.ts';
import type { Route } from '../route.ts';
import { ActivationStatus, CloseOverrideQuery } from '../schemas/emergency-schema.ts';
import { sendJson } from '../send-json.ts';

export const closeOverride: Route = {
  method: 'delete',
  path: '/emergency/overrides/{name}',
  name: 'closeOverride',
  summary: 'Close an override for a subject',
  description:
    'Ends an override for one subject before it expires. The answer is the activation that was closed.',
  tag: 'Emergency',
  scope: 'admin',
  parameters: { name: 'The name of the override.' },
  query: CloseOverrideQuery,
  answers: { 200: { description: 'The override is closed', schema: ActivationStatus } },
  problems: ['audit_unavailable', 'override_not_open', 'state_unavailable', 'unknown_override'],
  handler:
    ({ emergency }) =>
    async (request, response) => {
      const { type, id, reason } = request.query as CloseOverrideQuery;
      const name = parameterOf(request, 'name');
      const changed = await emergency.closeOverride(name, { type, id }, reason, aboutOf(response));
      if (!changed.ok) throw refusalProblem(changed, '?id');
      sendJson(response, 200, activationStatus(changed.value));
    },
};
