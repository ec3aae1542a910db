import { expect } from 'chai';
import type { CheckedBundle, TriplePolicy } from '../../../../src/dsl/check/bundle.ts';
import { bundleOf, codesOf } from './schema.ts';

const policyOf = (bundle: CheckedBundle, key: string): TriplePolicy | undefined => {
  const triple = bundle.triplesByKey.get(key);
  return triple && bundle.policies[triple.index];
};
const PERMIT = 'permit p: read on document when true\n';

describe('caching, deadlines and audit', () => {
  it('let the strictest of all lines win for each triple', () => {
    const bundle = bundleOf(`${PERMIT}cache permit: any on any for 3m shared 10m stale 30s
cache permit: read on document for 5m shared 8m stale 10s
cache permit: update on document for 1m
cache deny: any on any for 5s
never cache: delete on any
deadline: any on any within 75ms
deadline: read on any within 50ms
deadline authentication within 60ms
deadline authentication within 40ms
audit permit: any on any at info sample 10%
audit permit: read on document at warning sample 5%
audit permit: read on document by user at notice durable
retain 30d
retain 400d`);
    expect(policyOf(bundle, 'read|user|document')).to.deep.equal({
      cache: {
        permit: { lifetime: 180_000, shared: 480_000, stale: 10_000 },
        deny: { lifetime: 5_000, shared: undefined, stale: undefined },
        never: false,
      },
      deadline: 50,
      audit: { permit: { level: 'warning', durable: true, sample: 100 }, deny: undefined },
    });
    expect(policyOf(bundle, 'update|user|document')?.cache.permit).to.deep.equal({
      lifetime: 60_000,
      shared: undefined,
      stale: undefined,
    });
    expect(policyOf(bundle, 'delete|user|folder')?.cache.never).to.equal(true);
    expect(policyOf(bundle, 'delete|user|folder')?.deadline).to.equal(75);
    expect(bundle.authenticationDeadline).to.equal(40);
    expect(bundle.retention).to.equal(400 * 86_400_000);
  });

  it('cover `new` actions too', () => {
    const bundle = bundleOf(`${PERMIT}never cache: any on any`);
    expect(policyOf(bundle, 'create|user|document')?.cache.never).to.equal(true);
  });

  it('say nothing of triples that no line covers', () => {
    const bundle = bundleOf(PERMIT);
    expect(policyOf(bundle, 'read|user|folder')).to.deep.equal({
      cache: { permit: undefined, deny: undefined, never: false },
      deadline: undefined,
      audit: { permit: undefined, deny: undefined },
    });
    expect(bundle.retention).to.equal(undefined);
  });

  it('redact paths that some declared type has', () => {
    const bundle = bundleOf(`${PERMIT}redact context.session.started_at hash
redact subject.nick drop
redact subject.last_seen.ip hash
redact resource.label drop
redact context.reason hash
redact action.fast drop
redact subject.id hash`);
    expect(bundle.redactions.map(({ path, method }) => `${path.join('.')} ${method}`)).to.deep.equal([
      'context.session.started_at hash',
      'subject.nick drop',
      'subject.last_seen.ip hash',
      'resource.label drop',
      'context.reason hash',
      'action.fast drop',
      'subject.id hash',
    ]);
    expect(codesOf(`${PERMIT}redact subject.nock drop`)).to.deep.equal(['VEL2003']);
    expect(codesOf(`${PERMIT}redact context.session.ip drop`)).to.deep.equal(['VEL2003']);
    expect(codesOf(`${PERMIT}redact now drop`)).to.deep.equal(['VEL2020']);
  });

  it('refuse times that do not fit', () => {
    expect(codesOf(`${PERMIT}cache permit: any on any for 10s stale 10s`)).to.deep.equal(['VEL3025']);
    expect(codesOf(`${PERMIT}cache permit: any on any for 0s`)).to.deep.equal(['VEL3025']);
    expect(codesOf(`${PERMIT}deadline: any on any within 0ms`)).to.deep.equal(['VEL3025']);
  });
});

describe('limits and signals', () => {
  it('have one rate, or one for each member of an enum', () => {
    const bundle =
      bundleOf(`${PERMIT}limit one: read on any by user for each subject, context.ip to 10 per 1m burst 20
limit many: read on document for each resource per resource.visibility { private: 1 per 1s, shared: 2 per 1s, public: 3 per 1s burst 9 } because "slow down" advise wait(seconds: 3)`);
    const one = bundle.limits.get('one');
    expect(one?.rates).to.include({ count: 10, per: 60_000, burst: 20 });
    expect(one?.cases[0]?.keys).to.have.length(2);
    const many = bundle.limits.get('many');
    expect(many?.rates instanceof Map && many.rates.get('public')).to.include({
      count: 3,
      per: 1_000,
      burst: 9,
    });
    expect(many?.rates instanceof Map && many.rates.get('shared')).to.include({ burst: 2 });
    expect(many).to.include({ because: 'slow down', adviceName: 'wait' });
    expect(many?.advice[0]?.advice[0]?.value).to.include({ kind: 'constant', value: 3 });
  });

  it('count for single values and choose by an enum that all types agree on', () => {
    expect(codesOf(`${PERMIT}limit l: read on document for each resource.readers to 1 per 1m`)).to.deep.equal(
      ['VEL3026'],
    );
    expect(
      codesOf(`${PERMIT}limit l: read on document for each resource per resource.pages { a: 1 per 1m }`),
    ).to.deep.equal(['VEL3026']);
    const two = 'entity page stored { visibility: level }\naction read on page by user\n';
    const limit =
      'limit l: read on document, page by user for each resource per resource.visibility { low: 1 per 1m }';
    expect(codesOf(`${two}${PERMIT}${limit}`)).to.deep.equal(['VEL3026']);
    expect(
      codesOf(
        `${PERMIT}limit l: read on document for each resource per resource.visibility { privat: 1 per 1m, shared: 1 per 1m, shared: 1 per 1m, public: 1 per 1m }`,
      ),
    ).to.deep.equal(['VEL2006', 'VEL2001']);
  });

  it('must have weights, and read no risk', () => {
    const bundle = bundleOf(`${PERMIT}signal s: any on any by user weight 60 when not subject.active`);
    expect(bundle.signals.get('s')).to.include({ weight: 60 });
    expect(
      codesOf(
        `${PERMIT}let high = risk > 3\nsignal s: any on any by user weight 60 when subject.active and high`,
      ),
    ).to.deep.equal(['VEL3023']);
  });
});

describe('purity', () => {
  const purityOf = (rule: string): string | undefined =>
    bundleOf(`${PERMIT}${rule}`).layers[0]?.rules.at(-1)?.purity;

  it('is the worst of what a rule reads', () => {
    expect(purityOf('forbid f: read on document by user unless subject.active')).to.equal('pure');
    expect(purityOf('forbid f: read on document by user when now - resource.at > 1h')).to.equal('clock');
    expect(
      purityOf('let old = now - resource.at > 1h\nforbid f: read on document by user when old'),
    ).to.equal('clock');
    expect(purityOf('forbid f: read on document by user when has subject.last_seen')).to.equal('live');
    expect(purityOf('forbid f: any on any when risk > 50')).to.equal('live');
    expect(purityOf('forbid f: read on document by user when has geo.country(context.ip)')).to.equal('live');
    expect(
      purityOf('forbid f: read on document by user unless subject.active advise wait(until: now)'),
    ).to.equal('clock');
  });
});
