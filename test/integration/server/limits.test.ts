import { expect } from 'chai';
import { question, serverFor } from '../../support/test-server.ts';

describe('limits', () => {
  const server = serverFor('each');

  it('count requests that come at once, one by one, by the plan of the subject', async () => {
    const exports = async (subject: string, resource: string): Promise<number> => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => server.decide(subject, 'export', resource)),
      );
      return answers.filter(({ body }) => body.decision).length;
    };
    expect(await exports('bob', 'd2'), 'free').to.equal(2);
    expect(await exports('alice', 'd1'), 'pro').to.equal(5);
  });

  it('deny as the limit, and say when to come back', async () => {
    for (let times = 0; times < 2; times += 1) await server.decide('bob', 'export', 'd2');
    const { status, body } = await server.decide('bob', 'export', 'd2');
    expect(status).to.equal(200);
    expect(body.decision).to.equal(false);
    expect(body.context).to.include({
      code: 'limit_exceeded',
      layer: 'limits',
      rule: 'exports',
      reason: 'too many exports',
    });
    expect(body.context.retryAfter).to.be.within(1, 30);
  });

  it('count requests that are denied', async () => {
    for (let times = 0; times < 2; times += 1) {
      expect((await server.decide('bob', 'export', 'd1')).body.context.code).to.equal('claim_missing');
    }
    expect((await server.decide('bob', 'export', 'd2')).body.context.code).to.equal('limit_exceeded');
  });

  it('count nothing outside their scope, and no explanations', async () => {
    for (let times = 0; times < 5; times += 1) {
      await server.decide('bob', 'read', 'd2');
      await server.call('/explain', { body: question('bob', 'export', 'd2') });
    }
    expect((await server.decide('bob', 'export', 'd2')).body.decision).to.equal(true);
  });

  it('show in an explanation once they are exhausted', async () => {
    for (let times = 0; times < 2; times += 1) await server.decide('bob', 'export', 'd2');
    const { body } = await server.call('/explain', { body: question('bob', 'export', 'd2') });
    expect(body.context).to.include({ code: 'limit_exceeded', rule: 'exports' });
  });

  it('treat a subject whose plan is not known as exhausted', async () => {
    const { body } = await server.decide('nobody', 'export', 'd2');
    expect(body.decision).to.equal(false);
  });
});
