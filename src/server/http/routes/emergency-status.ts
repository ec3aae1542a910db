import { emergencyStatus as statusOf } from '../../live/emergency-status.ts';
import type { Route } from '../route.ts';
import { EmergencyStatus } from '../schemas/emergency-schema.ts';
import { sendJson } from '../send-json.ts';

export const emergencyStatus: Route = {
  method: 'get',
  path: '/emergency',
  name: 'emergencyStatus',
  summary: 'Modes, overrides and losses',
  description:
    'Says which modes are on and why, which overrides are open for whom, and which dependencies are lost.',
  tag: 'Emergency',
  scope: 'admin',
  answers: { 200: { description: 'The state', schema: EmergencyStatus } },
  problems: [],
  handler:
    ({ ports }) =>
    (_request, response) =>
      sendJson(response, 200, statusOf(ports)),
};
