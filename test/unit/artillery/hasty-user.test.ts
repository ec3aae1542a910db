import { expect } from 'chai';
import { FREE_PLAN, HastyUser } from '../../../artillery/support/hasty-user.ts';
import type { Answer, Judgement } from '../../../artillery/support/question.ts';
import { loadReferenceBundle } from '../../support/reference-bundle.ts';

const answer = (decided: boolean, context: object): Answer => ({
  status: 200,
  headers: { 'x-request-id': 'one', 'content-type': 'application/json' },
  body: JSON.stringify({ decision: decided, context }),
});
const PERMIT = answer(true, { code: 'permitted' });
const limited = (retryAfter: unknown): Answer =>
  answer(false, { code: 'limit_exceeded', layer: 'limits', rule: 'api', retryAfter });

/** A user who was answered `PERMIT` so often, all at the instant 0. */
function afterPermits(count: number): HastyUser {
  const user = new HastyUser('u');
  for (let asked = 0; asked < count; asked++) expect(user.ask('one', 0)(PERMIT, 0).outcome).to.equal('right');
  return user;
}
const next = (user: HastyUser, given: Answer, at = 0): Judgement => user.ask('one', at)(given, at);

describe('a hasty user', () => {
  it('knows the limit of layer 10', () => {
    const { bundle } = loadReferenceBundle();
    const limit = [...bundle.limits.values()].find(({ name }) => name === 'api');
    const rates = limit?.rates;
    expect(rates instanceof Map && rates.get('free')).to.deep.include(FREE_PLAN);
  });

  it('is permitted what the bucket holds, and not once more', () => {
    const user = afterPermits(FREE_PLAN.burst);
    expect(next(user, PERMIT)).to.deep.include({
      outcome: 'wrong',
      complaint: 'expected at most 20 permits by now, got 21',
    });
  });

  it('is permitted once more for each token that was refilled, and no sooner', () => {
    const interval = FREE_PLAN.per / FREE_PLAN.count;
    expect(next(afterPermits(FREE_PLAN.burst), PERMIT, interval - 1).outcome).to.equal('wrong');
    const user = afterPermits(FREE_PLAN.burst);
    expect(next(user, PERMIT, interval).outcome).to.equal('right');
    expect(next(user, PERMIT, interval).outcome).to.equal('wrong');
  });

  it('is denied by the limit after that, with the seconds to wait', () => {
    const user = afterPermits(FREE_PLAN.burst);
    expect(next(user, limited(6))).to.deep.include({ outcome: 'right', name: 'u-over-the-limit' });
    for (const retryAfter of [undefined, 0, 7, 1.5, '3']) {
      expect(next(user, limited(retryAfter)).complaint, String(retryAfter)).to.match(/^expected retryAfter/);
    }
  });

  it('is not denied before', () => {
    expect(next(afterPermits(FREE_PLAN.burst - 1), limited(3)).outcome).to.equal('wrong');
  });

  it('is not denied for anything else', () => {
    const other = answer(false, {
      code: 'limit_exceeded',
      layer: 'limits',
      rule: 'per_object',
      retryAfter: 1,
    });
    expect(next(afterPermits(FREE_PLAN.burst), other).outcome).to.equal('wrong');
  });

  it('may be told that it was too late', () => {
    expect(next(afterPermits(1), answer(false, { code: 'deadline_exceeded' })).outcome).to.equal('late');
  });
});
