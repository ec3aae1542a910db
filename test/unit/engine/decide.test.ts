import { expect } from 'chai';
import { type Asking, decide, engineOf, questionOf, short } from './support/ask.ts';

const SCHEMA = `
enum status { active, banned }
enum plan { free, pro, enterprise }
entity user from table users { status: status, roles: set<role> = {}, plan: plan, on_call: bool = false, last_ip: ip? }
entity robot supplied { name: string }
entity doc from table docs { owner: user, public: bool, size: int }
context { door: string, ticket: string?, ip: ip?, at: time?, tls: bool? }
action list, read, update, erase as "erase:hard" on doc by user
action read on doc by robot
action create on doc by user new
require permission and access
`;

const RBAC = `layer 2 rbac version 1 grants permission
role viewer { list, read, create on doc }
role editor extends viewer { update on doc when resource.size < 100 }
role chief when subject.on_call { erase on doc }
permit robots: read on doc by robot when true because "robots may read"
`;

const OWNERSHIP = `layer 3 ownership version 1 grants access
permit owner: any on doc by user when resource.owner == subject because "the subject owns it"
permit new_owner: create on doc by user when resource.owner == subject
permit public: read on doc when resource.public because "it is public" advise thank(whom: resource.owner, size: resource.size)
`;

const GUARD = `layer 4 security version 1
forbid banned: any on any by user when subject.status == banned because "the account is banned"
forbid plain: update, erase on doc unless has context.tls and context.tls because "TLS is needed" advise use_tls(port: 443)
forbid frozen_owner: any on doc when exists resource.owner and resource.owner.status == banned
`;

const EMERGENCY = `layer 9 emergency version 1
mode lockdown "nobody moves" {
  forbid locked_down: any on any by user unless subject.roles contains editor because "lockdown"
}
mode quiet { forbid hush: any on any when true }
loss of redis: continue
loss of database: enter quiet
override break_glass: read, update on doc by user
  when subject.on_call and has context.ticket
  waives access
  expires after 1h
  because "break-glass access"
`;

const LIMITS = `layer 10 limits version 1
forbid too_risky: any on any when risk >= 80 because "too risky" advise step_up(method: "mfa")
limit api: any on any by user for each subject per subject.plan { free: 10 per 1m burst 20, pro: 50 per 1m } because "slow down"
limit by_door: read on doc for each context.door, resource to 5 per 1s
signal bare: any on any weight 60 when not has context.ip
signal moved: any on any by user weight 50 when has subject.last_ip and has context.ip and subject.last_ip != context.ip
`;

const ANN = { status: 'active', roles: ['editor'], plan: 'free' };
const DOC = { owner: 'ann', public: false, size: 5 };
const FACTS = { 'user:ann': ANN, 'doc:d': DOC };
const IP = { ip: '10.0.0.1', door: 'front' };

describe('decide', () => {
  const engine = engineOf(SCHEMA, RBAC, OWNERSHIP, GUARD, EMERGENCY, LIMITS);
  const ask = (asking: Asking): string => short(decide(engine, { context: IP, facts: FACTS, ...asking }));
  const facts = (changes: Readonly<Record<string, object>>): NonNullable<Asking['facts']> =>
    Object.fromEntries(
      Object.entries({ ...FACTS, ...changes }).map(([key, value]) => {
        const base = FACTS[key as keyof typeof FACTS];
        return [key, { ...base, ...value }];
      }),
    ) as NonNullable<Asking['facts']>;

  const rows: readonly (readonly [why: string, expected: string, asking: Asking])[] = [
    ['the owner with a role', 'permit', {}],
    ['a role that is inherited', 'permit', { action: 'list' }],
    [
      'an action by its spelling',
      'claim_missing permission',
      { action: 'erase:hard', context: { ...IP, tls: true } },
    ],
    ['an action by its name only', 'unknown_action', { action: 'erase' }],
    [
      'a role with a condition of its own',
      'permit',
      {
        action: 'erase:hard',
        context: { ...IP, tls: true },
        facts: facts({ 'user:ann': { on_call: true } }),
      },
    ],
    [
      'a grant whose condition fails',
      'claim_missing permission',
      { action: 'update', context: { ...IP, tls: true }, facts: facts({ 'doc:d': { size: 100 } }) },
    ],
    ['nobody established access', 'claim_missing access', { facts: facts({ 'doc:d': { owner: 'bob' } }) }],
    [
      'of two missing claims the first',
      'claim_missing permission',
      { facts: facts({ 'doc:d': { owner: 'bob' }, 'user:ann': { roles: [] } }) },
    ],
    [
      'an unknown role grants nothing',
      'claim_missing permission',
      { facts: facts({ 'user:ann': { roles: 'editor' } }) },
    ],
    [
      'an action that is not declared for these types',
      'unknown_action',
      { subject: 'robot:r', action: 'update' },
    ],
    ['a type that is not declared', 'unknown_action', { subject: 'ghost:g' }],
    ['a subject without a record', 'unknown_subject', { subject: 'user:eve' }],
    ['a resource without a record', 'unknown_resource', { resource: 'doc:x' }],
    [
      'a supplied subject needs no record',
      'permit',
      { subject: 'robot:r', facts: facts({ 'doc:d': { public: true } }) },
    ],
    [
      'a forbid before a missing claim',
      'forbidden by security.banned',
      { facts: facts({ 'user:ann': { status: 'banned', roles: [] } }) },
    ],
    [
      'a forbid that is unknown',
      'forbidden by security.banned',
      { facts: facts({ 'user:ann': { status: 'gone' } }) },
    ],
    [
      'the first of two forbids',
      'forbidden by security.banned',
      { action: 'update', facts: facts({ 'user:ann': { status: 'banned' } }) },
    ],
    ['a forbid by what the request leaves out', 'forbidden by security.plain', { action: 'update' }],
    [
      'a forbid over a walk',
      'forbidden by security.frozen_owner',
      { facts: facts({ 'doc:d': { owner: 'bob' }, 'user:bob': { status: 'banned' } }) },
    ],
    [
      'a walked record that is not there',
      'claim_missing access',
      { facts: facts({ 'doc:d': { owner: 'bob' } }) },
    ],
    ['a mode that is off', 'permit', { live: { modes: new Set(['elsewhere']) } }],
    ['a mode that is on and spares the subject', 'permit', { live: { modes: new Set(['lockdown']) } }],
    [
      'a mode that is on',
      'forbidden by emergency.locked_down',
      { live: { modes: new Set(['lockdown']) }, facts: facts({ 'user:ann': { roles: ['viewer'] } }) },
    ],
    [
      'a mode that is on while roles are unknown',
      'forbidden by emergency.locked_down',
      { live: { modes: new Set(['lockdown']) }, facts: facts({ 'user:ann': { roles: 7 } }) },
    ],
    ['a mode without a condition', 'forbidden by emergency.hush', { live: { modes: new Set(['quiet']) } }],
    ['an exhausted limit', 'limit_exceeded by limits.api', { live: { exhausted: new Set(['api']) } }],
    [
      'an exhausted limit that is not in scope',
      'permit',
      { action: 'list', live: { exhausted: new Set(['by_door']) } },
    ],
    [
      'a limit whose rate is unknown',
      'limit_exceeded by limits.api',
      { facts: facts({ 'user:ann': { plan: 'gold' } }) },
    ],
    ['a limit whose key is unknown', 'limit_exceeded by limits.by_door', { context: {} }],
    [
      'a plan without a rate',
      'permit',
      { facts: facts({ 'user:ann': { plan: 'enterprise' } }), live: { exhausted: new Set(['api']) } },
    ],
    ['a risk that is given', 'forbidden by limits.too_risky', { live: { risk: { low: 80, high: 80 } } }],
    ['a risk below', 'permit', { live: { risk: { low: 0, high: 79 } } }],
    [
      'a risk whose upper end is too high',
      'forbidden by limits.too_risky',
      { live: { risk: { low: 0, high: 80 } } },
    ],
    ['signals that are true', 'permit', { facts: facts({ 'user:ann': { last_ip: '10.0.0.9' } }) }],
    [
      'an override that is not active',
      'claim_missing access',
      {
        facts: facts({ 'doc:d': { owner: 'bob' }, 'user:ann': { on_call: true } }),
        context: { ...IP, ticket: 'T' },
      },
    ],
    [
      'an override that is active',
      'permit',
      {
        live: { overrides: new Set(['break_glass']) },
        facts: facts({ 'doc:d': { owner: 'bob' }, 'user:ann': { on_call: true } }),
        context: { ...IP, ticket: 'T' },
      },
    ],
    [
      'an active override whose condition fails',
      'claim_missing access',
      {
        live: { overrides: new Set(['break_glass']) },
        facts: facts({ 'doc:d': { owner: 'bob' }, 'user:ann': { on_call: true } }),
      },
    ],
    [
      'an override does not lift a forbid',
      'forbidden by security.banned',
      {
        live: { overrides: new Set(['break_glass']) },
        facts: facts({ 'user:ann': { on_call: true, status: 'banned' } }),
        context: { ...IP, ticket: 'T' },
      },
    ],
    [
      'an override does not waive another claim',
      'claim_missing permission',
      {
        live: { overrides: new Set(['break_glass']) },
        facts: facts({ 'user:ann': { on_call: true, roles: [] } }),
        context: { ...IP, ticket: 'T' },
      },
    ],
    [
      'a new resource by what the request says of it',
      'permit',
      { action: 'create', resource: 'doc:new', resourceProperties: DOC },
    ],
    [
      'a new resource of somebody else',
      'claim_missing access',
      { action: 'create', resource: 'doc:new', resourceProperties: { ...DOC, owner: 'bob' } },
    ],
    [
      'a new resource of which nothing is said',
      'forbidden by security.frozen_owner',
      { action: 'create', resource: 'doc:new' },
    ],
    ['a new resource that exists', 'resource_exists', { action: 'create', resourceProperties: DOC }],
  ];
  for (const [why, expected, asking] of rows) {
    it(`${why}: ${expected}`, () => {
      expect(ask(asking)).to.equal(expected);
    });
  }

  describe('facts that could not be loaded', () => {
    it('leave open what hangs on them, and the answer says so', () => {
      const verdict = decide(engine, { context: IP, facts: { ...FACTS, 'user:ann': 'unavailable' } });
      expect(verdict).to.include({
        permitted: false,
        code: 'facts_unavailable',
        reason: 'facts_unavailable',
      });
      expect(verdict.cause).to.deep.equal({ layer: 'security', rule: 'banned' });
      expect(verdict.missing).to.deep.equal(['subject.status']);
    });

    it('do not hide a forbid that is certain', () => {
      const asking: Asking = { subject: 'robot:r', live: { modes: new Set(['quiet']) }, context: IP };
      const { code, cause } = decide(engine, {
        ...asking,
        facts: { 'doc:d': { ...DOC, owner: 'eve' }, 'user:eve': null },
      });
      expect([code, cause?.rule]).to.deep.equal(['forbidden', 'hush']);
    });

    it('never permit, even where no rule asks for them', () => {
      const bare = engineOf(
        'entity user from table users { name: string }\nentity doc supplied { name: string }\naction read on doc by user\nrequire access\n',
        'layer 1 main version 1 grants access\npermit everybody: read on doc when true\n',
      );
      expect(short(decide(bare, { facts: { 'user:ann': { name: 'Ann' } } }))).to.equal('permit');
      expect(short(decide(bare, { facts: { 'user:ann': 'unavailable' } }))).to.equal('facts_unavailable');
    });
  });

  describe('the answer', () => {
    it('of a permit names who established each claim, in the order of `require`', () => {
      const verdict = decide(engine, { context: IP, facts: FACTS });
      expect(verdict.grants).to.deep.equal([
        { claim: 'permission', by: { layer: 'rbac', rule: 'role:viewer' } },
        { claim: 'access', by: { layer: 'ownership', rule: 'owner' } },
      ]);
      expect(verdict).to.deep.include({
        code: 'permitted',
        reason: 'the subject owns it',
        overrides: [],
        missing: [],
      });
    });

    it('of a permit names the overrides that it needed, and only those', () => {
      const live = { overrides: new Set(['break_glass']) };
      const context = { ...IP, ticket: 'T' };
      const needed = decide(engine, {
        live,
        context,
        facts: facts({ 'doc:d': { owner: 'bob' }, 'user:ann': { on_call: true } }),
      });
      expect(needed.overrides).to.deep.equal(['break_glass']);
      expect(needed.grants[1]).to.deep.equal({
        claim: 'access',
        by: { layer: 'emergency', rule: 'break_glass' },
      });
      const idle = decide(engine, { live, context, facts: facts({ 'user:ann': { on_call: true } }) });
      expect(idle.overrides).to.deep.equal([]);
    });

    it('carries the advice of the deciding rule as JSON', () => {
      const denied = decide(engine, { action: 'update', context: IP, facts: FACTS });
      expect(denied.advice).to.deep.equal({ name: 'use_tls', arguments: { port: 443 } });
      const permitted = decide(engine, {
        subject: 'robot:r',
        context: IP,
        facts: facts({ 'doc:d': { public: true } }),
      });
      expect(permitted.advice).to.deep.equal({ name: 'thank', arguments: { whom: 'ann', size: 5 } });
    });

    it('of a denial gives the reason of the rule, the code where no rule decided, else a sentence', () => {
      expect(decide(engine, { action: 'update', context: IP, facts: FACTS }).reason).to.equal(
        'TLS is needed',
      );
      expect(decide(engine, { resource: 'doc:x', context: IP, facts: FACTS }).reason).to.equal(
        'unknown_resource',
      );
      const open = decide(engine, { context: IP, facts: facts({ 'doc:d': { owner: 'bob' } }) });
      expect(open.reason).to.equal('nothing establishes access');
    });

    it('of a denial names what was missing when it was decided', () => {
      expect(decide(engine, { action: 'update', context: IP, facts: FACTS }).missing).to.deep.equal([
        'context.tls',
      ]);
      expect(decide(engine, { context: {}, facts: FACTS }).missing).to.deep.equal(['context.door']);
      const open = decide(engine, { context: IP, facts: facts({ 'doc:d': { owner: null, public: 'yes' } }) });
      expect(open.missing).to.deep.equal(['resource.owner']);
    });
  });

  describe('limitUses', () => {
    const uses = (asking: Asking): unknown[] => {
      const question = questionOf(engine, { context: IP, facts: FACTS, ...asking });
      return engine
        .limitUses(question.request, question.facts, question.circumstances)
        .map(({ limit, bucket, rate }) => [limit.name, bucket, rate?.count, rate?.burst]);
    };

    it('name the limits in scope with bucket and rate', () => {
      expect(uses({})).to.deep.equal([
        ['api', '8:user:ann;', 10, 20],
        ['by_door', '5:front;5:doc:d;', 5, 5],
      ]);
      expect(uses({ action: 'list' })).to.deep.equal([['api', '8:user:ann;', 10, 20]]);
    });

    it('have no bucket where a key or the rate is unknown', () => {
      expect(uses({ context: {} })[1]).to.deep.equal(['by_door', undefined, 5, 5]);
      expect(uses({ facts: facts({ 'user:ann': { plan: 'gold' } }) })[0]).to.deep.equal([
        'api',
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('have no rate for a plan without one', () => {
      expect(uses({ facts: facts({ 'user:ann': { plan: 'enterprise' } }) })[0]).to.deep.equal([
        'api',
        '',
        undefined,
        undefined,
      ]);
    });
  });

  describe('assessRisk', () => {
    const risk = (asking: Asking): unknown => {
      const {
        request,
        facts: view,
        circumstances,
      } = questionOf(engine, { context: IP, facts: FACTS, ...asking });
      return engine.assessRisk(request, view, circumstances);
    };

    it('adds what is certain at both ends and what is unknown at the upper one', () => {
      expect(risk({})).to.deep.equal({ low: 0, high: 0 });
      expect(risk({ context: { door: 'front' } })).to.deep.equal({ low: 60, high: 60 });
      expect(risk({ context: { ip: 'here' } })).to.deep.equal({ low: 0, high: 60 });
      expect(risk({ facts: facts({ 'user:ann': { last_ip: '10.0.0.9' } }) })).to.deep.equal({
        low: 50,
        high: 50,
      });
    });

    it('is capped at 100 at both ends', () => {
      expect(
        risk({ context: { ip: 7 }, facts: facts({ 'user:ann': { last_ip: '10.0.0.9' } }) }),
      ).to.deep.equal({ low: 0, high: 100 });
    });

    it('says what the signals say, whatever is given', () => {
      expect(risk({ live: { risk: { low: 90, high: 90 } } })).to.deep.equal({ low: 0, high: 0 });
    });
  });
});
