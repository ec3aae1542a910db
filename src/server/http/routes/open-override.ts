import { parseDuration } from '../../../dsl/types/parse-duration.ts';
import { activationStatus } from '../../live/emergency-status.ts';
import { aboutOf } from '../about-of.ts';
import { exchangeOf } from '../exchange.ts';
import { parameterOf } from '../parameter.ts';
import { Problem } from '../problem.ts';
import { refusalProblem } from '../refusal-problem.ts';
import type { Route } from '../route.ts';
import { ActivationStatus, OpenOverride } from '../schemas/emergency-schema.ts';
import { sendJson } from '../send-json.ts';

export const openOverride: Route = {
  method: 'post',
  path: '/emergency/overrides/{name}',
  name: 'openOverride',
  summary: 'Open an override for a subject',
  description:
    'Lets an override of the policy count for one subject until it expires or is closed. Every forbid still counts, and each decision that needs it is recorded at `critical`. Opening it again replaces reason and expiry.',
  tag: 'Emergency',
  scope: 'admin',
  parameters: { name: 'The name of the override.' },
  body: OpenOverride,
  answers: { 200: { description: 'The override is open', schema: ActivationStatus } },
  problems: ['audit_unavailable', 'state_unavailable', 'too_many_overrides', 'unknown_override'],
  handler:
    ({ emergency, ports }) =>
    async (request, response) => {
      const { subject, reason, duration } = exchangeOf(response).body as OpenOverride;
      const name = parameterOf(request, 'name');
      const most = ports.bundles.current().engine.bundle.overrides.get(name)?.expiresAfter;
      const milliseconds = durationOf(duration, most);
      const changed = await emergency.openOverride(
        name,
        subject,
        reason.trim(),
        milliseconds,
        aboutOf(response),
      );
      if (!changed.ok) throw refusalProblem(changed, '/subject');
      sendJson(response, 200, activationStatus(changed.value));
    },
};

/** The duration asked for in milliseconds; more than the policy allows is refused and not shortened in silence. */
function durationOf(text: string | undefined, most: number | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds <= 0) {
    throw invalidDuration('must be a duration such as `30m` or `PT30M`');
  }
  if (most !== undefined && milliseconds > most) {
    throw invalidDuration(`must not be longer than the policy allows, ${most / 1_000} seconds`);
  }
  return milliseconds;
}

function invalidDuration(message: string): Problem {
  return new Problem('invalid_request', `the duration ${message}`, {
    errors: [{ pointer: '/duration', message }],
  });
}
