import { modeStatus } from '../../live/emergency-status.ts';
import { aboutOf } from '../about-of.ts';
import { exchangeOf } from '../exchange.ts';
import { parameterOf } from '../parameter.ts';
import { refusalProblem } from '../refusal-problem.ts';
import type { Route } from '../route.ts';
import { EnterMode, ModeStatus } from '../schemas/emergency-schema.ts';
import { sendJson } from '../send-json.ts';

export const enterMode: Route = {
  method: 'post',
  path: '/emergency/modes/{name}',
  name: 'enterMode',
  summary: 'Enter a mode',
  description:
    'Turns a mode of the policy on until somebody leaves it, over restarts too. Answered once that is safely stored and recorded. Entering a mode that is on changes nothing.',
  tag: 'Emergency',
  scope: 'admin',
  parameters: { name: 'The name of the mode.' },
  body: EnterMode,
  answers: { 200: { description: 'The mode is on', schema: ModeStatus } },
  problems: ['audit_unavailable', 'state_unavailable', 'unknown_mode'],
  handler:
    ({ emergency, ports }) =>
    async (request, response) => {
      const { reason } = exchangeOf(response).body as EnterMode;
      const name = parameterOf(request, 'name');
      const changed = await emergency.enterMode(name, reason.trim(), aboutOf(response));
      if (!changed.ok) throw refusalProblem(changed);
      sendJson(response, 200, modeStatus(name, ports.bundles.current().engine.bundle, ports));
    },
};
