import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Clock, Ports } from '../../../src/server/ports.ts';
import { SYSTEM_CLOCK } from '../../../src/server/system-clock.ts';
import { countedFacts, failingFacts, later, slowFacts } from '../../support/slow-ports.ts';
import {
  type Answer,
  question,
  serverFor,
  startHurriedServer,
  startTestServer,
  stopTestServers,
  type TestServer,
} from '../../support/test-server.ts';

interface Item {
  readonly decision: boolean;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly context: any;
}

const ask = (server: TestServer, evaluations: readonly object[], more: object = {}): Promise<Answer> =>
  server.call('/decide/batch', { body: { ...more, evaluations } });
const itemsOf = ({ status, body }: Answer): readonly Item[] => {
  expect(status, JSON.stringify(body)).to.equal(200);
  expect(Object.keys(body)).to.deep.equal(['evaluations']);
  return body.evaluations as readonly Item[];
};
const decisionsOf = (answer: Answer): readonly boolean[] => itemsOf(answer).map(({ decision }) => decision);
const document = (id: string): object => ({ resource: { type: 'document', id } });
const ALICE_READS = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' } };
const semantic = (name: string): object => ({ options: { evaluations_semantic: name } });

describe('POST /decide/batch', () => {
  const looks: number[] = [];
  const server = serverFor('each', () => ({ adapt: countedFacts(looks) }));
  beforeEach(() => void (looks.length = 0));

  it('answers in order, with one look for the facts of all', async () => {
    const answer = await ask(server, [document('d1'), document('d2'), document('none')], ALICE_READS);
    expect(decisionsOf(answer)).to.deep.equal([true, false, false]);
    const [first, second, third] = itemsOf(answer);
    expect(first!.context).to.include({ code: 'permitted', reason: 'the subject owns the document' });
    expect(second!.context).to.include({ code: 'claim_missing', claim: 'access' });
    expect(third!.context).to.include({ code: 'unknown_resource' });
    expect(looks).to.deep.equal([3]);
  });

  it('replaces what all share by what an item says, as a whole; null says nothing', async () => {
    const shared = { ...question('alice', 'read', 'd1', { ip: '198.51.100.7' }) };
    const answer = await ask(
      server,
      [
        {},
        { context: {} },
        { context: null, subject: { type: 'user', id: 'bob' } },
        question('bob', 'read', 'd2'),
      ],
      shared,
    );
    const blocked = 'the network is blocked';
    expect(itemsOf(answer).map(({ context }) => context.reason)).to.deep.equal([
      blocked,
      'the subject owns the document',
      blocked,
      blocked,
    ]);
  });

  it('ends with the first denial, or the first permit, and goes no further', async () => {
    const three = [document('d2'), document('d1'), document('d2')];
    const denied = await ask(server, three, { ...ALICE_READS, ...semantic('deny_on_first_deny') });
    expect(decisionsOf(denied)).to.deep.equal([false]);
    const permitted = await ask(server, three, { ...ALICE_READS, ...semantic('permit_on_first_permit') });
    expect(decisionsOf(permitted)).to.deep.equal([false, true]);
    const all = await ask(server, three, { ...ALICE_READS, ...semantic('execute_all') });
    expect(decisionsOf(all)).to.deep.equal([false, true, false]);
    const good = await ask(server, [document('d1'), document('d1')], {
      ...ALICE_READS,
      ...semantic('deny_on_first_deny'),
    });
    expect(decisionsOf(good)).to.deep.equal([true, true]);
  });

  it('counts each item against limits, in order, and those after an end not at all', async () => {
    const exported = question('bob', 'export', 'd2');
    const first = await ask(server, [exported], semantic('deny_on_first_deny'));
    expect(decisionsOf(first)).to.deep.equal([true]);
    const ended = await ask(
      server,
      [question('bob', 'export', 'd1'), exported],
      semantic('deny_on_first_deny'),
    );
    expect(decisionsOf(ended)).to.deep.equal([false]);
    const fresh = question('alice', 'export', 'd1');
    const answer = await ask(
      server,
      Array.from({ length: 8 }, () => fresh),
    );
    expect(decisionsOf(answer)).to.deep.equal([true, true, true, true, true, false, false, false]);
    expect(itemsOf(answer)[5]!.context).to.include({ code: 'limit_exceeded', rule: 'exports' });
    expect((await server.decide('alice', 'export', 'd1')).body.decision).to.equal(false);
  });

  it('records each item as a decision of its own, and no more than were made', async () => {
    const answer = await ask(
      server,
      [question('alice', 'delete', 'd1'), question('bob', 'read', 'd9'), question('alice', 'delete', 'd1')],
      semantic('deny_on_first_deny'),
    );
    const ids = itemsOf(answer).map(({ context }) => context.id as string);
    expect(new Set(ids).size).to.equal(2);
    await server.running.close();
    const records = await server.auditRecords();
    expect(records.map(({ id }) => id)).to.deep.equal(ids);
    expect(records[0]).to.include({ decision: 'permit', level: 'notice' });
  });

  it('answers what is no question as an error of its item, which is a denial', async () => {
    const bad = [{}, { subject: { type: 'user' } }, { action: { name: 5 } }];
    const answer = await ask(server, [question('alice', 'read', 'd1'), ...bad]);
    expect(decisionsOf(answer)).to.deep.equal([true, false, false, false]);
    const [, empty, noId] = itemsOf(answer);
    expect(empty!.context.error).to.include({ status: 400, code: 'invalid_request' });
    expect(empty!.context.error.errors.map((one: { pointer: string }) => one.pointer)).to.have.members([
      '/subject',
      '/action',
      '/resource',
    ]);
    expect(noId!.context.error.errors).to.deep.include({ pointer: '/subject/id', message: 'is required' });
    const ended = await ask(server, [{}, document('d1')], semantic('deny_on_first_deny'));
    expect(decisionsOf(ended)).to.deep.equal([false]);
    const found = await ask(
      server,
      [{}, question('alice', 'read', 'd1')],
      semantic('permit_on_first_permit'),
    );
    expect(decisionsOf(found)).to.deep.equal([false, true]);
  });

  it('denies what nobody declared without asking for facts', async () => {
    const answer = await ask(server, [question('alice', 'fly', 'd1')]);
    expect(itemsOf(answer)[0]!.context).to.include({ code: 'unknown_action' });
    expect(looks).to.deep.equal([]);
  });

  it('takes 1,000 questions, and neither none nor more', async () => {
    const many = (count: number): object[] => Array.from({ length: count }, () => document('d1'));
    expect(decisionsOf(await ask(server, many(1_000), ALICE_READS))).to.have.length(1_000);
    for (const evaluations of [many(1_001), []]) {
      const { status, body } = await ask(server, evaluations, ALICE_READS);
      expect([status, body.code]).to.deep.equal([400, 'invalid_request']);
      expect(body.errors[0].pointer).to.equal('/evaluations');
    }
    const none = await server.call('/decide/batch', { body: question('alice', 'read', 'd1') });
    expect(none.body.code).to.equal('invalid_request');
  });

  it('takes no more than 64 KiB that all share', async () => {
    const answer = await ask(server, [{}], question('alice', 'read', 'd1', { token: 'x'.repeat(70_000) }));
    expect(answer.body).to.include({ status: 400, code: 'invalid_request' });
    const own = await ask(server, [question('alice', 'read', 'd1', { token: 'x'.repeat(70_000) })]);
    expect(decisionsOf(own)).to.deep.equal([true]);
  });

  it('takes no other semantic', async () => {
    const { body } = await ask(server, [document('d1')], { ...ALICE_READS, ...semantic('any') });
    expect(body).to.include({ code: 'invalid_request' });
  });

  it('gives each item the verdict that it has alone', async function () {
    this.timeout(300_000);
    const name = fc.constantFrom('alice', 'bob', 'carol', 'dora', 'nobody', '');
    const type = fc.constantFrom('user', 'document', 'service', 'nothing');
    const properties = fc.option(fc.record({ device: fc.string(), name: fc.string() }));
    const entity = fc.record({ type, id: fc.oneof(name, fc.constantFrom('d1', 'd2', 'd3')), properties });
    const parts = {
      subject: fc.oneof(
        { arbitrary: fc.record({ type: fc.constant('user'), id: name }), weight: 5 },
        { arbitrary: entity, weight: 1 },
      ),
      action: fc.record({
        name: fc.constantFrom('read', 'read', 'read', 'update', 'delete', 'create', 'ping', 'fly'),
      }),
      resource: fc.oneof(
        {
          arbitrary: fc.record({ type: fc.constant('document'), id: fc.constantFrom('d1', 'd2', 'd3') }),
          weight: 5,
        },
        { arbitrary: entity, weight: 1 },
      ),
      context: fc.option(
        fc.record(
          { ip: fc.constantFrom('203.0.113.7', '203.0.113.8', '198.51.100.7', 'none') },
          { requiredKeys: [] },
        ),
      ),
    };
    const some = fc.record(parts, { requiredKeys: [] });
    const shares = fc.record(parts);
    let permits = 0;
    const property = fc.asyncProperty(
      shares,
      fc.array(some, { minLength: 4, maxLength: 16 }),
      async (shared, evaluations) => {
        const items = itemsOf(await ask(server, evaluations, shared));
        expect(items).to.have.length(evaluations.length);
        for (const [index, item] of evaluations.entries()) {
          const said = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
          const alone = await server.call('/decide', { body: { ...shared, ...said } });
          const batched = items[index]!;
          if (alone.status === 200) {
            const { id: _alone, ...expected } = alone.body.context;
            const { id: _batched, ...actual } = batched.context;
            expect([batched.decision, actual]).to.deep.equal([alone.body.decision, expected]);
          } else {
            const { requestId: _alone, ...expected } = alone.body;
            const { requestId: _batched, ...actual } = batched.context.error;
            expect(batched.decision).to.equal(false);
            expect({ ...actual, detail: '' }).to.deep.equal({ ...expected, detail: '' });
          }
          if (batched.decision) permits += 1;
        }
      },
    );
    await fc.assert(property, { numRuns: 120, seed: 7 });
    expect(permits).to.be.at.least(50);
  });
});

describe('a batch', () => {
  afterEach(stopTestServers);

  it('whose facts cannot be loaded has an error in each item that needs them, and no permit', async () => {
    const server = await startTestServer({ adapt: failingFacts });
    const guard =
      'layer 0 guard version 1\nforbid no_address: any on any unless has context.ip because "say where from"\n';
    writeFileSync(join(server.policies, 'guard.velro'), guard);
    await server.running.close();
    const again = await startTestServer({ adapt: failingFacts }, server.folder);
    const items = itemsOf(
      await ask(again, [
        question('alice', 'read', 'd1', { ip: '203.0.113.7' }),
        question('alice', 'fly', 'd1'),
        question('alice', 'read', 'd1'),
      ]),
    );
    expect(items.map(({ decision }) => decision)).to.deep.equal([false, false, false]);
    expect(items[0]!.context.error).to.include({ status: 503, code: 'facts_unavailable' });
    expect(items[1]!.context).to.include({ code: 'unknown_action' });
    expect(items[2]!.context).to.include({ code: 'forbidden', rule: 'no_address' });
  });

  it('has deadlines that cover what an item would take alone, not the items before it', async () => {
    let ticks = 0;
    const clock: Clock = { now: () => SYSTEM_CLOCK.now(), monotonic: () => (ticks += 5) };
    const server = await startHurriedServer({ clock });
    const before = ticks;
    const one = question('alice', 'read', 'd1');
    const answer = await ask(
      server,
      Array.from({ length: 200 }, () => one),
    );
    expect(ticks - before, 'far beyond the deadline').to.be.above(1_000);
    expect(new Set(decisionsOf(answer))).to.deep.equal(new Set([true]));
  });

  it('has deadlines that cover its look for facts', async () => {
    const server = await startHurriedServer({ adapt: slowFacts(() => new Promise(() => undefined)) });
    const items = itemsOf(
      await ask(server, [question('alice', 'read', 'd1'), question('bob', 'read', 'd2')]),
    );
    for (const { decision, context } of items) {
      expect(decision).to.equal(false);
      expect(context).to.include({ code: 'deadline_exceeded' });
    }
  });

  it('has one time and one bundle, however long its facts take', async () => {
    let now = Date.parse('2026-01-05T10:00:00Z');
    const clock: Clock = { now: () => (now += 60_000), monotonic: () => SYSTEM_CLOCK.monotonic() };
    const server = await startTestServer({ clock, adapt: slowFacts(() => later(5)) });
    const timed =
      'layer 6 timed version 1\nforbid odd_hour: read on document when now >= time("2026-01-05T12:00:00Z") because "late"\n';
    writeFileSync(join(server.policies, 'timed.velro'), timed);
    await server.running.close();
    now = Date.parse('2026-01-05T11:55:00Z');
    const again = await startTestServer({ clock, adapt: slowFacts(() => later(5)) }, server.folder);
    now = Date.parse('2026-01-05T11:55:00Z');
    const one = question('alice', 'read', 'd1');
    const items = itemsOf(
      await ask(
        again,
        Array.from({ length: 30 }, () => one),
      ),
    );
    expect(new Set(items.map(({ decision }) => decision))).to.have.lengthOf(1);
  });

  it('is denied no later than it would be recorded: a lost record is an error of its item', async () => {
    const failing = (ports: Ports): Ports => ({
      ...ports,
      audit: {
        ...ports.audit,
        write: (entry) => (entry.durable ? Promise.reject(new Error('disk')) : undefined),
      },
    });
    const server = await startTestServer({ adapt: failing });
    const evaluations = [question('alice', 'delete', 'd1'), question('alice', 'read', 'd1')];
    const items = itemsOf(await ask(server, evaluations));
    expect(items.map(({ decision }) => decision)).to.deep.equal([false, true]);
    expect(items[0]!.context.error).to.include({ status: 503, code: 'audit_unavailable' });
    const ended = itemsOf(await ask(server, evaluations, semantic('deny_on_first_deny')));
    expect(ended).to.have.length(1);
  });
});
