import { expect } from 'chai';
import { type Asking, decide, engineOf, explain, NOW, short } from '../support/ask.ts';
import { asking, DOC, EXPLAINED_FILES } from '../support/explained-bundle.ts';

describe('the changes that an explanation names', () => {
  const engine = engineOf(...EXPLAINED_FILES);

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
      asking({ action: 'erase', context: { mfa_at: '2026-01-05T12:00:00Z' } }, { 'doc:d': { owner: 'bob' } }),
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
      ['time: wait until the limit `limits.api` has something left'],
      asking({}),
    ],
    ['a risk that was given', asking({ live: { risk: { low: 10, high: 90 } } }), null],
    [
      'an override',
      asking({}, { 'user:ann': { roles: ['on_call'] }, 'doc:d': { owner: 'bob' } }),
      ['operator: open the override `break_glass` for the subject'],
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

  it('name the path, the condition, the advice that it answers and what to put where', () => {
    const [change] =
      explain(engine, asking({ action: 'erase', context: { mfa_at: '2026-01-05T11:00:00Z' } })).changes ?? [];
    expect(change).to.deep.equal({
      path: 'context.mfa_at',
      condition: 'now - context.mfa_at <= 15m',
      text: 'step up: `context.mfa_at` within 15 minutes',
      by: 'request',
      advice: 'step_up',
      edit: {
        kind: 'value',
        at: { part: 'context', entity: null, path: ['mfa_at'] },
        from: '2026-01-05T11:00:00Z',
        to: '2026-01-05T12:00:00Z',
      },
    });
  });

  it('are none of a permit', () => {
    expect(explain(engine, asking({})).changes).to.deep.equal([]);
  });
});
