import { expect } from 'chai';
import { renderExplanation } from '../../../../src/engine/explain/render.ts';
import { type Asking, decide, engineOf, explain, NOW, short } from '../support/ask.ts';

const SCHEMA = `
enum status { active, banned }
enum visibility { private, public }
enum level ordered { low, mid, high }
entity user from table users { status: status, roles: set<role> = {}, levels: map<team, level> = {}, score: int, supplied device: string? }
entity team from table teams { name: string }
entity doc from table docs { owner: user, team: team?, visibility: visibility, size: int, readers: set<user> = {}, opens_at: time? }
context { ip: ip, mfa_at: time?, token: string?, tls: bool }
action read, update, erase on doc by user
require permission and access
`;
const FILES = [
  SCHEMA,
  `layer 2 rbac version 1 grants permission
role viewer { read on doc }
role editor extends viewer { update, erase on doc }
role chief { read on doc }
role on_call { read on doc }
`,
  `layer 3 ownership version 1 grants access
/// Owners do as they like.
permit owner: any on doc when resource.owner == subject because "the subject owns it"
permit team: read, update on doc when has resource.team and has subject.levels[resource.team] and subject.levels[resource.team] >= mid
permit reader: read on doc when resource.readers contains subject
`,
  `layer 4 security version 1
forbid banned: any on any when subject.status == banned because "the account is banned"
forbid stale: erase on doc unless has context.mfa_at and now - context.mfa_at <= 15m because "sign in again" advise step_up(method: "mfa")
forbid plain: any on any unless context.tls
forbid outside: update on doc unless context.ip in cidr("10.0.0.0/8")
forbid early: read on doc when has resource.opens_at and now < resource.opens_at
forbid unsigned: erase on doc when resource.visibility == public unless has context.token and has media.token_valid(context.token, "DELETE", resource.id, subject.id) and media.token_valid(context.token, "DELETE", resource.id, subject.id)
forbid reserved: read on doc when resource.id == "reserved"
`,
  `layer 7 performance version 1
cache permit: read on doc for 3m shared 10m stale 30s
cache deny: any on any for 5s
never cache: erase on any
`,
  `layer 8 audit version 1
audit deny: any on any at warning
audit permit: erase on any at notice durable
`,
  `layer 9 emergency version 1
mode lockdown { forbid locked_down: any on any unless subject.roles contains chief }
override break_glass: read on doc when subject.roles contains on_call waives access expires after 1h
`,
  `layer 10 limits version 1
forbid too_risky: any on any when risk >= 80
limit api: any on any for each subject to 10 per 1m
signal odd: any on any weight 30 when subject.score > 5
`,
];

const ANN = { status: 'active', roles: ['editor'], score: 1 };
const DOC = { owner: 'ann', visibility: 'private', size: 5 };
const BASE: Asking = {
  context: { ip: '10.0.0.1', tls: true },
  facts: { 'user:ann': ANN, 'doc:d': DOC, 'team:t': { name: 'T' } },
};

describe('explain', () => {
  const engine = engineOf(...FILES);
  const asking = (changes: Asking, records: Readonly<Record<string, object>> = {}): Asking => {
    const facts = Object.fromEntries(
      Object.entries({ ...BASE.facts, ...records }).map(([key, value]) => [
        key,
        { ...(BASE.facts?.[key] as object), ...(value as object) },
      ]),
    );
    return { ...BASE, facts, ...changes, context: { ...BASE.context, ...changes.context } };
  };

  it('says layer by layer what came of the question', () => {
    const { layers, claims, verdict } = explain(engine, asking({}));
    expect(verdict.permitted).to.equal(true);
    expect(layers.map(({ name, outcome, rule }) => [name, outcome, rule])).to.deep.equal([
      ['rbac', 'granted', 'role:viewer'],
      ['ownership', 'granted', 'owner'],
      ['security', 'passed', null],
      ['performance', 'passed', null],
      ['audit', 'passed', null],
      ['emergency', 'passed', null],
      ['limits', 'passed', null],
    ]);
    expect(claims).to.deep.equal([
      { claim: 'permission', by: { layer: 'rbac', rule: 'role:viewer' } },
      { claim: 'access', by: { layer: 'ownership', rule: 'owner' } },
    ]);
  });

  it('lists every rule that covers the question in the order of the text, and what each read', () => {
    const ownership = explain(engine, asking({})).layers[1];
    expect(ownership?.rules.map(({ rule, outcome, applies }) => [rule, outcome, applies])).to.deep.equal([
      ['owner', 'true', true],
      ['team', 'false', false],
      ['reader', 'false', false],
    ]);
    expect(ownership?.rules[0]).to.deep.include({
      effect: 'permit',
      place: '2.velro:3:1',
      because: 'the subject owns it',
      documentation: 'Owners do as they like.',
      reads: [{ path: 'resource.owner', state: 'value', value: 'ann' }],
    });
    expect(ownership?.rules[1]?.reads).to.deep.equal([{ path: 'resource.team', state: 'absent' }]);
  });

  it('names what was missing where that left a rule unknown', () => {
    const { layers } = explain(engine, asking({}, { 'user:ann': { status: 'gone', roles: 7 } }));
    const banned = layers[2]?.rules[0];
    expect([banned?.outcome, banned?.applies, banned?.missing]).to.deep.equal([
      'unknown',
      true,
      ['subject.status'],
    ]);
    expect(banned?.reads).to.deep.equal([{ path: 'subject.status', state: 'unknown' }]);
    expect(layers[0]?.rules[0]).to.deep.include({
      outcome: 'unknown',
      applies: false,
      missing: ['subject.roles'],
    });
  });

  it('shows limits, modes and overrides with the rules of their layers', () => {
    const live = {
      modes: new Set(['lockdown']),
      overrides: new Set(['break_glass']),
      exhausted: new Set(['api']),
    };
    const { layers } = explain(engine, asking({ live }, { 'user:ann': { roles: ['on_call'] } }));
    expect(layers[5]?.rules.map(({ rule, effect, applies }) => [rule, effect, applies])).to.deep.equal([
      ['locked_down', 'forbid', true],
      ['break_glass', 'override', true],
    ]);
    expect(layers[6]?.rules.map(({ rule, effect, applies }) => [rule, effect, applies])).to.deep.equal([
      ['too_risky', 'forbid', false],
      ['api', 'limit', true],
    ]);
    const idle = explain(engine, asking({}));
    expect(idle.layers[5]?.rules.map(({ applies }) => applies)).to.deep.equal([false, false]);
  });

  it('says what layers 7 and 8 hold for it, and how long the verdict can last', () => {
    const permitted = explain(engine, asking({}));
    expect(permitted.cache).to.deep.equal({
      never: false,
      permit: { for: '3m', shared: '10m', stale: '30s' },
      deny: { for: '5s', shared: null, stale: null },
    });
    expect([permitted.audit, permitted.purity, permitted.flipsAt]).to.deep.equal([null, 'live', null]);
    const erased = explain(engine, asking({ action: 'erase', context: { mfa_at: '2026-01-05T11:50:00Z' } }));
    expect([erased.cache.never, erased.audit?.level, erased.audit?.durable]).to.deep.equal([
      true,
      'notice',
      true,
    ]);
    expect(erased.flipsAt).to.equal(NOW + 5 * 60_000 + 1);
    expect(explain(engine, asking({}, { 'user:ann': { status: 'banned' } })).audit?.level).to.equal(
      'warning',
    );
  });

  it('shows the risk with the signals in whose scope the question is', () => {
    const odd = { signal: 'odd', weight: 30, place: '7.velro:4:1' };
    expect(explain(engine, asking({})).risk).to.deep.equal({
      low: 0,
      high: 0,
      signals: [{ ...odd, outcome: 'false' }],
    });
    const { risk } = explain(engine, asking({}, { 'user:ann': { score: 'high' } }));
    expect(risk).to.deep.equal({ low: 0, high: 30, signals: [{ ...odd, outcome: 'unknown' }] });
  });

  it('has nothing to say of a question that is not declared', () => {
    const { verdict, layers, changes } = explain(engine, asking({ action: 'paint' }));
    expect([verdict.code, layers, changes]).to.deep.equal(['unknown_action', [], null]);
  });

  it('is plain data', () => {
    const explanation = explain(
      engine,
      asking({ context: { mfa_at: '2026-01-05T11:00:00Z' }, action: 'erase' }),
    );
    const plain = JSON.parse(JSON.stringify(explanation)) as typeof explanation;
    expect({ ...plain, verdict: null }).to.deep.equal({ ...explanation, verdict: null });
  });

  it('names what no change of values moves, with its place', () => {
    const before = asking({ resource: 'doc:reserved', context: { tls: false } }, { 'doc:reserved': DOC });
    const explanation = explain(engine, before);
    expect(explanation.changes).to.equal(null);
    expect(explanation.obstacles.map(({ kind, name, missing }) => [kind, name, missing])).to.deep.equal([
      ['forbid', 'security.reserved', []],
    ]);
    expect(explanation.obstacles[0]?.place).to.match(/:8:1$/);
    expect(renderExplanation(explanation, { color: false })).to.match(
      /in the way stand:\n {2}- security\.reserved {2}\S+:8:1/,
    );
    expect(explain(engine, asking({ action: 'paint' })).obstacles).to.deep.equal([]);
    expect(explain(engine, asking({ context: { tls: false } })).obstacles).to.deep.equal([]);
  });

  describe('the changes that would permit', () => {
    const rows: readonly (readonly [
      why: string,
      asking: Asking,
      changes: readonly string[] | null,
      after?: Asking,
    ])[] = [
      [
        'an old proof of identity',
        asking({ action: 'erase', context: { mfa_at: '2026-01-05T11:00:00Z' } }),
        ['request: step up: `context.mfa_at` within 15 minutes'],
        asking({ action: 'erase', context: { mfa_at: '2026-01-05T12:00:00Z' } }),
      ],
      [
        'no proof of identity',
        asking({ action: 'erase' }),
        ['request: step up: `context.mfa_at` within 15 minutes'],
        asking({ action: 'erase', context: { mfa_at: '2026-01-05T12:00:00Z' } }),
      ],
      ['a boolean', asking({ context: { tls: false } }), ['request: `context.tls` is `true`'], asking({})],
      [
        'an address',
        asking({ action: 'update', context: { ip: '11.0.0.1' } }),
        ['request: `context.ip` is in `10.0.0.0/8`'],
        asking({ action: 'update', context: { ip: '10.0.0.0' } }),
      ],
      [
        'two things at once',
        asking({ action: 'update', context: { ip: '11.0.0.1', tls: false } }),
        ['request: `context.tls` is `true`', 'request: `context.ip` is in `10.0.0.0/8`'],
        asking({ action: 'update' }),
      ],
      [
        'an enum',
        asking({}, { 'user:ann': { status: 'banned' } }),
        ['data: `subject.status != banned`'],
        asking({}),
      ],
      [
        'a role',
        asking({}, { 'user:ann': { roles: [] } }),
        ['data: `subject.roles` contains `viewer`'],
        asking({}, { 'user:ann': { roles: ['viewer'] } }),
      ],
      [
        'an owner',
        asking(
          { action: 'erase', context: { mfa_at: '2026-01-05T12:00:00Z' } },
          { 'doc:d': { owner: 'bob' } },
        ),
        ['data: `resource.owner` is `subject`'],
        asking({ action: 'erase', context: { mfa_at: '2026-01-05T12:00:00Z' } }),
      ],
      [
        'a level',
        asking(
          { action: 'update' },
          { 'doc:d': { owner: 'bob', team: 't' }, 'user:ann': { levels: { t: 'low' } } },
        ),
        ['data: `resource.owner` is `subject`'],
        asking({ action: 'update' }),
      ],
      [
        'time',
        asking({}, { 'doc:d': { opens_at: '2026-01-05T13:00:00Z' } }),
        ['time: wait until `now >= resource.opens_at`'],
        asking({ now: NOW + 3_600_000 }, { 'doc:d': { opens_at: '2026-01-05T13:00:00Z' } }),
      ],
      [
        'a mode',
        asking({ live: { modes: new Set(['lockdown']) } }),
        ['operator: leave mode `lockdown`'],
        asking({}),
      ],
      [
        'a limit',
        asking({ live: { exhausted: new Set(['api']) } }),
        ['time: wait until the limit limits.api has something left'],
        asking({}),
      ],
      [
        'a risk',
        asking({ live: { risk: { low: 10, high: 90 } } }),
        ['time: wait until the risk has fallen'],
        asking({ live: { risk: { low: 0, high: 0 } } }),
      ],
      [
        'an override',
        asking({}, { 'user:ann': { roles: ['on_call'] }, 'doc:d': { owner: 'bob' } }),
        ['operator: activate the override `break_glass` for the subject'],
        asking(
          { live: { overrides: new Set(['break_glass']) } },
          { 'user:ann': { roles: ['on_call'] }, 'doc:d': { owner: 'bob' } },
        ),
      ],
      ['an id', asking({ resource: 'doc:reserved' }, { 'doc:reserved': DOC }), null],
      ['a subject that is not there', asking({ subject: 'user:eve' }), null],
    ];
    for (const [why, before, changes, after] of rows) {
      it(`of ${why}: ${changes === null ? 'none' : changes.join(' and ')}`, () => {
        expect(decide(engine, before).permitted).to.equal(false);
        const found = explain(engine, before).changes;
        expect(found === null ? null : found.map(({ by, text }) => `${by}: ${text}`)).to.deep.equal(changes);
        if (after !== undefined) expect(short(decide(engine, after))).to.equal('permit');
      });
    }

    it('name the path, the condition, the advice that it answers and a value that would do', () => {
      const [change] =
        explain(engine, asking({ action: 'erase', context: { mfa_at: '2026-01-05T11:00:00Z' } })).changes ??
        [];
      expect(change).to.deep.equal({
        path: 'context.mfa_at',
        condition: 'now - context.mfa_at <= 15m',
        text: 'step up: `context.mfa_at` within 15 minutes',
        by: 'request',
        advice: 'step_up',
        example: '2026-01-05T12:00:00Z',
      });
    });

    it('name a source that would have to answer otherwise, for no value does it', () => {
      const unsigned = asking(
        {
          action: 'erase',
          context: { mfa_at: '2026-01-05T12:00:00Z', token: 'x' },
          sources: { 'media.token_valid': () => false },
        },
        { 'doc:d': { visibility: 'public' } },
      );
      const changes = explain(engine, unsigned).changes;
      expect(changes?.map(({ path, by }) => [path, by])).to.deep.equal([[null, 'request']]);
      expect(changes?.[0]?.text).to.match(/no value alone brings about/);
    });

    it('are none of a permit', () => {
      expect(explain(engine, asking({})).changes).to.deep.equal([]);
    });
  });

  describe('as text', () => {
    it('is a tree from the verdict down to the values read', () => {
      const text = renderExplanation(
        explain(engine, asking({ action: 'erase', context: { mfa_at: '2026-01-05T11:00:00Z' } })),
      );
      for (const line of [
        'DENY  sign in again',
        '  by security.stale (forbidden)',
        '  advice: step_up(method: "mfa")',
        '✓  3 ownership  granted access',
        '✗  4 security  forbidden',
        '     ✗ forbid stale  3.velro:3:1',
        '         context.mfa_at = "2026-01-05T11:00:00Z"',
        '  - step up: `context.mfa_at` within 15 minutes, such as "2026-01-05T12:00:00Z"  [request]',
        'cache: never (live)',
        'audit: warning',
      ]) {
        expect(text.split('\n')).to.include(line);
      }
    });

    it('is coloured only when asked', () => {
      const explanation = explain(engine, asking({}));
      expect(renderExplanation(explanation)).to.not.include('\u001B');
      expect(renderExplanation(explanation, { color: true })).to.include('\u001B[32m');
    });
  });
});
