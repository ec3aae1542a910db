import { expect } from 'chai';
import { formatFile } from '../../src/dsl/format/format-file.ts';
import { lintBundle } from '../../src/dsl/lint/lint-bundle.ts';
import { placeOf } from '../../src/dsl/source/source-text.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createReference } from '../../src/engine/reference/reference.ts';
import { isCovered } from '../../src/engine/testing/coverage.ts';
import { runTests } from '../../src/engine/testing/run-tests.ts';
import { questionOf } from '../../src/engine/testing/test-circumstances.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';

const LAYERS = [
  'identifiers',
  'rbac',
  'ownership',
  'security_context',
  'inheritance',
  'media_access',
  'performance',
  'audit',
  'emergency',
  'limits',
];

const { sources, bundle, diagnostics } = loadReferenceBundle();

describe('the reference bundle', () => {
  it('checks without any finding', () => {
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([]);
  });

  it('lints without any finding, its tests run', () => {
    const findings = lintBundle(bundle, { matched: runTests(bundle, { coverage: true }).coverage });
    expect(findings.map(({ span, rule, message }) => `${placeOf(span)} ${rule} ${message}`)).to.deep.equal(
      [],
    );
  });

  it('has its ten layers, two of them granting access and one permission', () => {
    expect(bundle.layers.map(({ number, name }) => `${number} ${name}`)).to.deep.equal(
      LAYERS.map((name, index) => `${index + 1} ${name}`),
    );
    const granting = bundle.layers.filter(({ grants }) => grants !== undefined);
    expect(granting.map(({ name, grants }) => `${name} ${grants}`)).to.deep.equal([
      'rbac permission',
      'ownership access',
      'inheritance access',
    ]);
  });

  const policyOf = (triple: string) => bundle.policies[bundle.triplesByKey.get(triple)?.index ?? -1];

  it('keeps verdicts as long as layer 7 promises, and never those on sensitive actions', () => {
    const times = (action: string, type: string): (number | undefined)[] => {
      const permit = policyOf(`${action}|user|${type}`)?.cache.permit;
      return [permit?.lifetime, permit?.shared].map((one) => one && one / 1000);
    };
    expect(times('read', 'generation')).to.deep.equal([180, 600]);
    expect(times('read', 'project')).to.deep.equal([900, 3600]);
    expect(times('read', 'team')).to.deep.equal([600, 1800]);
    expect(times('download', 'media')).to.deep.equal([60, 300]);
    expect(times('update', 'project')).to.deep.equal([300, 900]);
    for (const action of ['delete', 'share'])
      expect(policyOf(`${action}|user|project`)?.cache.never).to.equal(true);
    expect(policyOf('administer|user|team')?.cache.never).to.equal(true);
    for (const { deadline } of bundle.policies) expect(deadline).to.equal(75);
    expect(bundle.authenticationDeadline).to.equal(50);
  });

  it('writes down every denial and, durably, every sensitive permit', () => {
    for (const triple of bundle.triples) {
      const { audit } = bundle.policies[triple.index] ?? {};
      expect(audit?.deny).to.deep.equal({ level: 'warning', durable: false, sample: 100 });
      const isSensitive = ['delete', 'share', 'administer'].includes(triple.action);
      const isLooking = ['list', 'read', 'download'].includes(triple.action);
      expect(audit?.permit, triple.key).to.deep.equal({
        level: isSensitive ? 'notice' : 'info',
        durable: isSensitive,
        sample: isLooking ? 10 : 100,
      });
    }
    expect(bundle.retention).to.equal(400 * 86_400_000);
  });

  it('limits each plan as layer 10 promises', () => {
    const ratesOf = (name: string): Record<string, number[]> => {
      const rates = bundle.limits.get(name)?.rates;
      if (!(rates instanceof Map)) throw new Error(`${name} has no rates by plan`);
      return Object.fromEntries(
        [...rates].map(([plan, { count, burst, per }]) => [plan, [count, burst, per]]),
      );
    };
    const perMinute = (...pairs: [number, number][]) =>
      Object.fromEntries(
        ['free', 'pro', 'enterprise'].map((plan, at) => [plan, [...(pairs[at] ?? []), 60_000]]),
      );
    expect(ratesOf('api')).to.deep.equal(perMinute([10, 20], [50, 100], [200, 400]));
    expect(ratesOf('create_generation')).to.deep.equal(perMinute([5, 10], [25, 50], [100, 200]));
    expect(ratesOf('download_media')).to.deep.equal(perMinute([30, 60], [150, 300], [500, 1000]));
    expect(bundle.limits.get('per_object')?.rates).to.include({ count: 100, per: 60_000 });
    expect(bundle.limits.get('destructive')?.rates).to.include({ count: 10, per: 300_000 });
  });

  for (const source of sources) {
    it(`${source.path} is in canonical form`, () => {
      expect(formatFile(parseSource(source).file)).to.equal(source.text);
    });
  }

  it('gives every rule that decides a reason that people understand', () => {
    const silent = bundle.layers.flatMap(({ name, rules, limits }) =>
      [...rules.filter(({ origin }) => origin.kind !== 'grant'), ...limits]
        .filter(({ because }) => because === undefined)
        .map((rule) => `${name}.${rule.name}`),
    );
    expect(silent).to.deep.equal([]);
  });

  describe('its tests', () => {
    const report = runTests(bundle, { coverage: true });

    it('are at least 150', () => expect(report.tests.length).to.be.at.least(150));

    it('pass', () => {
      const failures = report.tests.flatMap(({ title, expectations }) =>
        expectations
          .filter(({ passed }) => !passed)
          .map((one) => `${one.place} ${title}: ${one.expectation} ${one.failure}`),
      );
      expect(failures).to.deep.equal([]);
    });

    it('are answered alike by the engine and by the reference interpreter', () => {
      const engine = createEngine(bundle);
      const interpreter = createReference(bundle.files);
      let asked = 0;
      for (const test of bundle.tests) {
        for (const expectation of test.expectations) {
          const { request, facts, circumstances } = questionOf(bundle, test, expectation);
          const { permitted, cause, claim } = engine.decide(request, facts, circumstances);
          const plain = interpreter.decide(request, facts, circumstances);
          expect([plain.permitted, plain.cause, plain.claim], test.title).to.deep.equal([
            permitted,
            cause,
            claim,
          ]);
          asked += 1;
        }
      }
      expect(asked).to.be.at.least(600);
    });

    it('show of every rule where it counts and where it does not', () => {
      expect(report.coverage).to.have.length.at.least(70);
      expect(report.coverage?.filter((rule) => !isCovered(rule)).map(({ name }) => name)).to.deep.equal([]);
    });
  });
});
