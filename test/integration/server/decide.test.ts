import { expect } from 'chai';
import { question, serverFor } from '../../support/test-server.ts';

describe('POST /decide', () => {
  const server = serverFor('all');

  it('permits, and says who established what', async () => {
    const { status, headers, body } = await server.decide('alice', 'read', 'd1');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('application/json');
    expect(body.decision).to.equal(true);
    expect(body.context).to.include({ code: 'permitted' });
    expect(body.context.claims).to.deep.equal({
      permission: 'permission.role:member',
      access: 'ownership.owner',
    });
    expect(body.context.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(body.context.policy).to.deep.equal({
      version: '1.3.1.1.1.1',
      digest: server.running.policy.digest,
    });
    expect(body.context).to.not.have.any.keys(
      'layer',
      'rule',
      'claim',
      'missing',
      'ignored',
      'illTyped',
      'advice',
    );
  });

  it('denies with the rule, its sentence and its advice', async () => {
    const { status, body } = await server.decide('carol', 'read', 'd1');
    expect(status).to.equal(200);
    expect(body.decision).to.equal(false);
    expect(body.context).to.deep.include({
      code: 'forbidden',
      reason: 'the account is suspended',
      layer: 'ownership',
      rule: 'suspended',
      advice: { name: 'contact_support', arguments: { topic: 'suspension' } },
    });
  });

  it('denies with the claim that nobody established', async () => {
    const { body } = await server.decide('bob', 'update', 'd1');
    expect(body.decision).to.equal(false);
    expect(body.context).to.include({ code: 'claim_missing', claim: 'access' });
  });

  for (const [code, subject, action, resource] of [
    ['unknown_action', 'alice', 'fly', 'd1'],
    ['unknown_resource', 'alice', 'read', 'nowhere'],
    ['unknown_subject', 'nobody', 'read', 'd1'],
    ['resource_exists', 'alice', 'create', 'd1'],
  ] as const) {
    it(`denies with ${code}, where the reason is the code`, async () => {
      const { status, body } = await server.decide(subject, action, resource);
      expect(status).to.equal(200);
      expect(body.decision).to.equal(false);
      expect(body.context).to.include({ code, reason: code });
    });
  }

  it('names what it did not use and what does not fit', async () => {
    const asked = question('alice', 'read', 'd1', { ip: '203.0.113.7', token: 5, wish: 'all' });
    const subject = {
      type: 'user',
      id: 'alice',
      properties: { roles: ['admin'], status: 'active', device: 'phone' },
    };
    const { body } = await server.call('/decide', { body: { ...asked, subject } });
    expect(body.context.ignored).to.have.members([
      'context.wish',
      'subject.properties.roles',
      'subject.properties.status',
    ]);
    expect(body.context.illTyped).to.deep.equal(['context.token']);
  });

  it('never takes from the request what belongs to the store', async () => {
    const subject = { type: 'user', id: 'carol', properties: { status: 'active' } };
    const { body } = await server.call('/decide', { body: { ...question('carol', 'read', 'd1'), subject } });
    expect(body.context.rule).to.equal('suspended');
  });

  it('takes the attributes of what is created from the request', async () => {
    const resource = (owner: string): object => ({ type: 'document', id: 'new', properties: { owner } });
    const asked = question('alice', 'create', 'new');
    expect(
      (await server.call('/decide', { body: { ...asked, resource: resource('alice') } })).body.decision,
    ).to.equal(true);
    expect(
      (await server.call('/decide', { body: { ...asked, resource: resource('bob') } })).body.decision,
    ).to.equal(false);
  });

  it('takes a number as the id that it spells', async () => {
    const body = {
      subject: { type: 'service', id: 7 },
      action: { name: 'ping' },
      resource: { type: 'document', id: 'd1' },
    };
    expect((await server.call('/decide', { body })).body.decision).to.equal(true);
  });

  it('takes null as absence', async () => {
    const asked = question('alice', 'read', 'd1') as { subject: object; action: object; resource: object };
    const body = {
      subject: { ...asked.subject, properties: null },
      action: { ...asked.action, properties: null },
      resource: { ...asked.resource, properties: null },
      context: null,
    };
    expect((await server.call('/decide', { body })).body.decision).to.equal(true);
  });

  it('ignores fields that it does not know', async () => {
    const body = {
      ...question('alice', 'read', 'd1'),
      options: { now: '2000-01-01T00:00:00Z' },
      decision: true,
    };
    const answer = await server.call('/decide', { body });
    expect(answer.status).to.equal(200);
    expect(answer.body.context).not.to.have.property('ignored');
  });

  it('answers the same question the same way, whoever else asks', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        server.decide(index % 2 === 0 ? 'alice' : 'carol', 'read', 'd1'),
      ),
    );
    expect(answers.map(({ body }) => body.decision)).to.deep.equal(
      answers.map((_, index) => index % 2 === 0),
    );
    expect(new Set(answers.map(({ body }) => body.context.id)).size).to.equal(100);
  });
});

describe('POST /explain', () => {
  const server = serverFor('all');

  it('gives the verdict of /decide and the layers behind it', async () => {
    for (const subject of ['alice', 'bob', 'carol', 'nobody']) {
      const asked = question(subject, 'update', 'd1');
      const decided = (await server.call('/decide', { body: asked })).body;
      const { status, body } = await server.call('/explain', { body: asked });
      expect(status).to.equal(200);
      expect(body.decision).to.equal(decided.decision);
      const { id: _decided, ...decidedContext } = decided.context;
      const { id: _explained, ...explainedContext } = body.context;
      expect(explainedContext).to.deep.equal(decidedContext);
      expect(body.explanation).to.have.keys(
        'layers',
        'claims',
        'cache',
        'audit',
        'changes',
        'obstacles',
        'searchEndedEarly',
        'risk',
        'purity',
        'flipsAt',
      );
      expect(body.explanation).not.to.have.property('verdict');
    }
  });

  it('names the rule, its place and the values that it read', async () => {
    const { body } = await server.call('/explain', { body: question('carol', 'read', 'd1') });
    const layer = body.explanation.layers.find((one: { name: string }) => one.name === 'ownership');
    expect(layer).to.include({ outcome: 'forbidden', rule: 'suspended' });
    const rule = layer.rules.find((one: { rule: string }) => one.rule === 'suspended');
    expect(rule.place).to.match(/access\.velro:\d+:\d+$/);
    expect(JSON.stringify(rule.reads)).to.include('subject.status');
  });

  it('is neither counted nor recorded', async () => {
    for (let times = 0; times < 10; times += 1) {
      await server.call('/explain', { body: question('bob', 'export', 'd2') });
      await server.call('/explain', { body: question('bob', 'delete', 'd2') });
    }
    expect((await server.decide('bob', 'export', 'd2')).body.decision).to.equal(true);
    await server.running.close();
    expect(
      (await server.auditRecords()).filter(
        (record) => (record['action'] as { name: string }).name === 'delete',
      ),
    ).to.deep.equal([]);
  });
});
