// What Artillery calls before each request and after each answer. JavaScript, because Artillery would bundle TypeScript.

import { appendFileSync } from 'node:fs';
import { createQuestionSource } from './support/question-source.ts';

const {
  VELRO_LOAD_KEY: key = '',
  VELRO_LOAD_COMPLAINTS: complaints = '',
  VELRO_LOAD_WARM_UP_SECONDS: warmUp = '0',
} = process.env;
/** So many complaints are kept; the counters count on. */
const COMPLAINTS_AT_MOST = 20;

const source = createQuestionSource({ key, now: Date.now });
/** @type {number | undefined} */
let startedAt;
let complained = 0;

// Whoever started the run and was killed outright cannot stop it any more.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 250).unref();

/**
 * Puts the next question of the kind that the request is named after into it.
 *
 * @param {{ name: string, headers?: object, body?: string }} request
 * @param {{ vars: Record<string, unknown> }} context
 * @param {unknown} _events
 * @param {() => void} next
 */
export function ask(request, context, _events, next) {
  startedAt ??= Date.now();
  const question = source.take(request.name);
  Object.assign(request, { headers: question.headers, body: question.body });
  context.vars['question'] = question;
  next();
}

/**
 * Compares an answer with the expected one and counts what came of it.
 *
 * @param {unknown} _request
 * @param {{ statusCode: number, headers: Record<string, string>, body: string, timings: { phases: { firstByte: number } } }} response
 * @param {{ vars: Record<string, any> }} context
 * @param {{ emit: (kind: string, name: string, value: number) => void }} events
 * @param {() => void} next
 */
export function check(_request, response, context, events, next) {
  const question = /** @type {import('./support/question.ts').Question} */ (context.vars['question']);
  const { statusCode: status, headers, body } = response;
  const { outcome, name, complaint } = question.judge({ status, headers, body });
  const { kind } = question;
  events.emit('counter', `velro.${outcome}.${kind}`, 1);
  events.emit('counter', 'velro.wrong_verdicts', outcome === 'wrong' ? 1 : 0);
  events.emit('counter', 'velro.server_errors', outcome === 'server_error' ? 1 : 0);
  if (outcome === 'right') events.emit('counter', `velro.seen.${name}`, 1);
  if (complaint !== undefined && complained < COMPLAINTS_AT_MOST) {
    complained += 1;
    appendFileSync(complaints, `${JSON.stringify({ kind, name, outcome, complaint })}\n`);
  }
  if (Date.now() - (startedAt ?? 0) >= Number(warmUp) * 1000) {
    events.emit('histogram', 'velro.time', response.timings.phases.firstByte);
    events.emit('histogram', `velro.time.${kind}`, response.timings.phases.firstByte);
  }
  next();
}
