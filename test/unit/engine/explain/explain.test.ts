import { expect } from 'chai';
import { renderExplanation } from '../../../../src/engine/explain/render.ts';
import { engineOf, explain, NOW } from '../support/ask.ts';
import { asking, EXPLAINED_FILES } from '../support/explained-bundle.ts';

describe('explain', () => {
  const engine = engineOf(...EXPLAINED_FILES);
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
        'It would be permitted after this change:',
        '  - step up: `context.mfa_at` within 15 minutes  [by the caller]',
        '      from "2026-01-05T11:00:00Z" to "2026-01-05T12:00:00Z"',
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
