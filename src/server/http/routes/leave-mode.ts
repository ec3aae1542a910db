import { modeStatus } from '../../live/emergency-status.ts';
import { aboutOf } from '../about-of.ts';
import { parameterOf } from '../parameter.ts';
import { refusalProblem } from '../refusal-problem.ts';
import type { Route } from '../route.ts';
import { LeaveModeQuery, ModeStatus } from '../schemas/emergency-schema.ts';
import { sendJson } from '../send-json.ts';

export const leaveMode: Route = {
  method: 'delete',
  path: '/emergency/modes/{name}',
  name: 'leaveMode',
  summary: 'Leave a mode',
  description:
    'Turns a mode off that an operator entered. A mode that a lost dependency turns on stays on until that is back: see `on` in the answer.',
  tag: 'Emergency',
  scope: 'admin',
  parameters: { name: 'The name of the mode.' },
  query: LeaveModeQuery,
  answers: { 200: { description: 'No operator keeps the mode on', schema: ModeStatus } },
  problems: ['audit_unavailable', 'state_unavailable', 'unknown_mode'],
  handler:
    ({ emergency, ports }) =>
    async (request, response) => {
      const name = parameterOf(request, 'name');
      const { reason } = request.query as LeaveModeQuery;
      const changed = await emergency.leaveMode(name, reason, aboutOf(response));
      if (!changed.ok) throw refusalProblem(changed);
      sendJson(response, 200, modeStatus(name, ports.bundles.current().engine.bundle, ports));
    },
};
