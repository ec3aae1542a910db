import { expect } from 'chai';
import { type Expected, judgeAnswer } from '../../../artillery/support/judge-answer.ts';
import type { Answer } from '../../../artillery/support/question.ts';

const DENIAL: Expected = { decision: false, code: 'forbidden', cause: 'rbac.inactive_account' };
const CLAIM: Expected = { decision: false, code: 'claim_missing', claim: 'access' };
const PERMIT: Expected = { decision: true, code: 'permitted' };
const REFUSAL: Expected = { status: 400, problem: 'malformed_json' };

function decision(decided: boolean, context: object, more: Partial<Answer> = {}): Answer {
  return {
    status: 200,
    headers: { 'x-request-id': 'one', 'content-type': 'application/json' },
    body: JSON.stringify({ decision: decided, context }),
    ...more,
  };
}

function problem(status: number, code: string, more: object = {}): Answer {
  return {
    status,
    headers: { 'x-request-id': 'one', 'content-type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify({ status, code, requestId: 'one', ...more }),
  };
}

const forbidden = { code: 'forbidden', layer: 'rbac', rule: 'inactive_account' };
const outcome = (expected: Expected, answer: Answer): string =>
  judgeAnswer('case', expected, 'one', answer).outcome;

describe('judging an answer', () => {
  it('takes the expected one', () => {
    expect(outcome(PERMIT, decision(true, { code: 'permitted' }))).to.equal('right');
    expect(outcome(DENIAL, decision(false, forbidden))).to.equal('right');
    expect(outcome(CLAIM, decision(false, { code: 'claim_missing', claim: 'access' }))).to.equal('right');
    expect(outcome(REFUSAL, problem(400, 'malformed_json'))).to.equal('right');
  });

  it('looks at every part of a decision', () => {
    const wrong: readonly (readonly [Expected, Answer])[] = [
      [DENIAL, decision(true, forbidden)],
      [DENIAL, decision(true, { code: 'permitted' })],
      [PERMIT, decision(false, { code: 'permitted' })],
      [DENIAL, decision(false, { ...forbidden, code: 'limit_exceeded' })],
      [DENIAL, decision(false, { ...forbidden, layer: 'limits' })],
      [DENIAL, decision(false, { ...forbidden, rule: 'other' })],
      [DENIAL, decision(false, { code: 'forbidden' })],
      [CLAIM, decision(false, { code: 'claim_missing', claim: 'permission' })],
      [PERMIT, decision(true, { code: 'permitted', layer: 'rbac', rule: 'x' })],
      [PERMIT, decision(true, { code: 'permitted' }, { status: 201 })],
      [PERMIT, decision(true, { code: 'permitted' }, { headers: { 'x-request-id': 'one' } })],
      [PERMIT, problem(400, 'malformed_json')],
      [PERMIT, decision(true, {}, { body: 'no JSON' })],
      [PERMIT, decision(true, {}, { body: 'null' })],
    ];
    for (const [expected, answer] of wrong) expect(outcome(expected, answer), answer.body).to.equal('wrong');
  });

  it('looks at every part of a problem', () => {
    const answers = [
      problem(401, 'malformed_json'),
      problem(400, 'invalid_request'),
      problem(400, 'malformed_json', { status: 401 }),
      problem(400, 'malformed_json', { requestId: 'two' }),
      problem(400, 'malformed_json', { decision: false }),
      {
        ...problem(400, 'malformed_json'),
        headers: { 'x-request-id': 'one', 'content-type': 'application/json' },
      },
      decision(true, { code: 'permitted' }),
    ];
    for (const answer of answers) expect(outcome(REFUSAL, answer), answer.body).to.equal('wrong');
  });

  it('wants the id of the request back', () => {
    const answer = decision(true, { code: 'permitted' });
    expect(judgeAnswer('case', PERMIT, 'two', answer)).to.deep.include({
      outcome: 'wrong',
      complaint: "expected the request's id, not one, got a permit (permitted)",
    });
    const { 'x-request-id': _, ...headers } = answer.headers;
    expect(outcome(PERMIT, { ...answer, headers })).to.equal('wrong');
  });

  it('tells a denial that came too late from a wrong one, and a permit never', () => {
    const late = { code: 'deadline_exceeded' };
    expect(outcome(PERMIT, decision(false, late))).to.equal('late');
    expect(outcome(DENIAL, decision(false, late))).to.equal('late');
    expect(outcome(PERMIT, decision(true, late))).to.equal('wrong');
    expect(outcome(DENIAL, decision(true, late))).to.equal('wrong');
    expect(outcome(REFUSAL, decision(false, late))).to.equal('wrong');
  });

  it('counts a 5xx as no verdict, whatever it says', () => {
    expect(outcome(PERMIT, problem(503, 'audit_unavailable'))).to.equal('server_error');
    expect(outcome(DENIAL, decision(false, forbidden, { status: 500 }))).to.equal('server_error');
    expect(outcome(REFUSAL, { status: 502, headers: {}, body: '' })).to.equal('server_error');
  });

  it('complains in one sentence', () => {
    const complaint = (expected: Expected, answer: Answer) =>
      judgeAnswer('case', expected, 'one', answer).complaint;
    expect(complaint(DENIAL, decision(true, { code: 'permitted' }))).to.equal(
      'expected a denial (forbidden rbac.inactive_account), got a permit (permitted)',
    );
    expect(complaint(REFUSAL, problem(401, 'unauthenticated'))).to.equal(
      'expected 400 malformed_json, got 401 unauthenticated',
    );
    expect(complaint(PERMIT, decision(true, {}, { body: '<html>' }))).to.equal(
      'expected a permit (permitted), got no JSON object',
    );
    expect(complaint(PERMIT, decision(true, { code: 'permitted' }))).to.equal(undefined);
  });
});
