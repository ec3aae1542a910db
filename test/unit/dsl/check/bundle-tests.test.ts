import { expect } from 'chai';
import type { CheckedTest } from '../../../../src/dsl/check/tests.ts';
import { testId } from '../../../../src/dsl/testing/test-id.ts';
import { type IpAddress, Reference, UNKNOWN, ValueMap, ValueSet } from '../../../../src/dsl/types/values.ts';
import { bundleOf, codesOf } from './schema.ts';
import { isValidTestId } from './test-id-quality.ts';

const RULES = `permit p: any on document by user when resource.author == subject
permit q: read on document by robot when true
permit c: create on document when true
forbid f: any on any by user unless subject.active
limit l: any on any for each subject to 5 per 1m
mode m { forbid g: any on any when context.ip in cidr("10.0.0.0/8") }
override o: read on document by user when subject.active waives access expires after 1h
role editor { read on folder }
role chief when subject is user and subject.active { read on folder }
`;
const SUBJECT = 'subject user alice { active: true }\n';
const RESOURCE = 'resource document plan { author: alice }\n';

const testOf = (items: string, before = ''): CheckedTest => {
  const [test] = bundleOf(`${RULES}${before}test "t" ${items}`).tests;
  if (test === undefined) throw new Error('no test');
  return test;
};
const bodyOf = (items: string): CheckedTest =>
  testOf(`{\n${SUBJECT}${RESOURCE}${items}\nexpect permit read }`);
const codesOfBody = (items: string): string[] =>
  codesOf(`${RULES}test "t" {\n${SUBJECT}${RESOURCE}${items}\nexpect permit read }`).filter(
    (code) => !code.startsWith('VEL4'),
  );
const attributesOf = (test: CheckedTest, key: string): Record<string, unknown> => ({
  ...test.records.find((one) => one.reference.key === key)?.attributes,
});

describe('tests of a bundle', () => {
  const alice = new Reference('user', testId('alice'));

  it('read literals as the declared types say', () => {
    const test = testOf(`{
  subject user alice { active: true, nick: "al", roles: {editor, chief}, teams: { design: middle, "x": low }, manager: bob,
    scores: [1, 2.5], last_seen: { ip: "10.0.0.1", at: "2026-01-01T00:00:00Z" } }
  resource document "d1" { owner: robot(r2), author: user("root"), visibility: "public", pages: -3, rating: 4, readers: {alice, bob}, at: time("2026-01-01T00:00:00Z") }
  entity team design { lead: alice }
  expect permit read }`);
    const user = attributesOf(test, alice.key);
    expect(user).to.include({ active: true, nick: 'al' });
    expect(user.roles instanceof ValueSet && [...user.roles.items.values()]).to.deep.equal([
      'editor',
      'chief',
    ]);
    expect(user.teams instanceof ValueMap && [...user.teams.values]).to.deep.equal([
      [`team:${testId('design')}`, 'middle'],
      ['team:x', 'low'],
    ]);
    expect(user.manager).to.deep.equal(new Reference('user', testId('bob')));
    expect(user.scores).to.deep.equal([1, 2.5]);
    const seen = user.last_seen as { ip: IpAddress; at: number };
    expect(seen.ip.text).to.equal('10.0.0.1');
    expect(seen.at).to.equal(Date.UTC(2026, 0, 1));
    const document = attributesOf(test, 'document:d1');
    expect(document.owner).to.deep.equal(new Reference('robot', testId('r2')));
    expect(document.author).to.deep.equal(new Reference('user', 'root'));
    expect(document).to.include({ visibility: 'public', pages: -3, rating: 4 });
    expect(test.records.map((one) => one.reference.type)).to.deep.equal(['user', 'document', 'team']);
  });

  it('leave what is required and not given unknown, and what is optional absent', () => {
    const test = bodyOf('');
    const document = attributesOf(test, `document:${testId('plan')}`);
    expect(document.visibility).to.equal(UNKNOWN);
    expect(Object.keys(document)).to.not.include('note');
    expect(test.context.ip).to.equal(UNKNOWN);
    expect(Object.keys(test.context)).to.not.include('agent');
    expect(Object.keys(attributesOf(test, alice.key))).to.not.include('last_seen');
  });

  it('compose fixtures: later wins, records merge by name, context merges deeply, time moves', () => {
    const fixtures = `fixture office {
  context { ip: "10.0.0.1", session: { started_at: "2026-01-05T09:00:00Z" } }
  now "2026-01-05T10:00:00Z"
  subject user alice { active: true, nick: "al" }
  given risk 10
}
fixture mobile { context { ip: "10.0.0.2", session: { mfa_at: "2026-01-05T09:30:00Z" } } now + 1h }
`;
    const test = testOf(
      `using office, mobile {
  subject user alice { active: false }
  resource document plan { author: alice }
  given risk 20 to 30
  now - 15m
  expect deny read by rules.f }`,
      fixtures,
    );
    expect((test.context.ip as IpAddress).text).to.equal('10.0.0.2');
    expect({ ...(test.context.session as object) }).to.deep.equal({
      started_at: Date.UTC(2026, 0, 5, 9),
      mfa_at: Date.UTC(2026, 0, 5, 9, 30),
    });
    expect(test.now).to.equal(Date.UTC(2026, 0, 5, 10, 45));
    expect(test.risk).to.deep.equal({ low: 20, high: 30 });
    expect(attributesOf(test, alice.key)).to.include({ active: false, nick: 'al' });
    expect(test.subject).to.deep.equal(alice);
    expect(test.expectations.map(({ verdict, action, by }) => ({ verdict, action, by }))).to.deep.equal([
      { verdict: 'deny', action: 'read', by: { kind: 'layer', layer: 'rules', rule: 'f' } },
    ]);
  });

  it('take what is given and withheld', () => {
    const test = bodyOf(`given mode m
given override o
given limit l exhausted
given loss of database
given geo.country("203.0.113.7") = "FR"
given geo.country("203.0.113.8") = absent
given geo.country("203.0.113.9") = failed
missing resource.author
missing context.session.mfa_at`);
    expect(test).to.deep.include({
      modes: ['m'],
      overrides: ['o'],
      exhaustedLimits: ['l'],
      losses: ['database'],
    });
    expect(test.calls.map((call) => call.outcome)).to.deep.equal(['FR', undefined, UNKNOWN]);
    expect(test.missing).to.deep.equal([
      ['resource', 'author'],
      ['context', 'session', 'mfa_at'],
    ]);
  });

  it('give the attributes and the context of an action', () => {
    const test = testOf(`{
  subject robot r2 { name: "r2" }
  resource document plan { }
  context { reason: "backup" }
  action { fast: true }
  expect permit read }`);
    expect(test.actionAttributes).to.deep.include({ fast: true });
    expect(test.context).to.deep.include({ reason: 'backup' });
  });

  it('name causes: claims, layers, their forbids and limits, and codes', () => {
    const causeOf = (by: string): unknown =>
      testOf(`{\n${SUBJECT}${RESOURCE}expect deny read by ${by} }`).expectations[0]?.by;
    expect(causeOf('access')).to.deep.equal({ kind: 'claim', claim: 'access' });
    expect(causeOf('rules')).to.deep.equal({ kind: 'layer', layer: 'rules', rule: undefined });
    expect(causeOf('rules.g')).to.deep.equal({ kind: 'layer', layer: 'rules', rule: 'g' });
    expect(causeOf('rules.l')).to.deep.equal({ kind: 'layer', layer: 'rules', rule: 'l' });
    expect(causeOf('unknown_subject')).to.deep.equal({ kind: 'code', code: 'unknown_subject' });
    const codesOfCause = (by: string): string[] =>
      codesOf(`${RULES}test "t" {\n${SUBJECT}${RESOURCE}expect deny read by ${by} }`).filter(
        (code) => !code.startsWith('VEL4'),
      );
    expect(codesOfCause('rules.p')).to.deep.equal(['VEL3033']);
    expect(codesOfCause('rules.ff')).to.deep.equal(['VEL3033']);
    expect(codesOfCause('rule.f')).to.deep.equal(['VEL3033']);
  });

  it('expect only what is declared, unless they expect just that', () => {
    const codes = (expectation: string): string[] =>
      codesOf(`${RULES}test "t" {\n${SUBJECT}resource team design { }\n${expectation} }`).filter(
        (code) => !code.startsWith('VEL4'),
      );
    expect(codes('expect deny read by unknown_action')).to.deep.equal([]);
    expect(codes('expect deny fly by unknown_action')).to.deep.equal([]);
    expect(codes('expect deny read')).to.deep.equal(['VEL3031']);
    expect(codes('expect deny fly')).to.deep.equal(['VEL2005']);
    expect(codes('expect permit read, update')).to.deep.equal(['VEL3031', 'VEL3031']);
  });

  it('report names and values that do not fit', () => {
    expect(codesOfBody('entity user bob { activ: true }')).to.deep.equal(['VEL2003']);
    expect(codesOfBody('entity user bob { active: 1 }')).to.deep.equal(['VEL2020']);
    expect(codesOfBody('entity user bob { roles: {editr} }')).to.deep.equal(['VEL2010']);
    expect(codesOfBody('entity user bob { active: true, active: false }')).to.deep.equal(['VEL2001']);
    expect(codesOfBody('entity usr bob { }')).to.deep.equal(['VEL2004']);
    expect(codesOfBody('entity document d { visibility: pulic }')).to.deep.equal(['VEL2006']);
    expect(codesOfBody('entity document d { owner: somebody }')).to.deep.equal(['VEL2020']);
    expect(codesOfBody('entity document d { owner: alice }')).to.deep.equal([]);
    expect(codesOfBody('context { ip: "10.0.0.256" }')).to.deep.equal(['VEL2028']);
    expect(codesOfBody('context { sesion: { } }')).to.deep.equal(['VEL2003']);
    expect(codesOfBody('given mode n')).to.deep.equal(['VEL2010']);
    expect(codesOfBody('given limit k exhausted')).to.deep.equal(['VEL2010']);
    expect(codesOfBody('given override k')).to.deep.equal(['VEL2010']);
    expect(codesOfBody('given loss of everything')).to.deep.equal(['VEL2010']);
    expect(codesOfBody('given geo.land("203.0.113.7") = "FR"')).to.deep.equal(['VEL2009']);
    expect(codesOfBody('given geo.country("203.0.113") = "FR"')).to.deep.equal(['VEL2028']);
    expect(codesOfBody('given geo.country("203.0.113.7") = 3')).to.deep.equal(['VEL2020']);
    expect(codesOfBody('given string.lower("A") = "b"')).to.deep.equal(['VEL3034']);
    expect(codesOfBody('missing resource.autor')).to.deep.equal(['VEL2003']);
    expect(codesOfBody('missing now')).to.deep.equal(['VEL3032']);
    expect(
      codesOf(
        `${RULES}test "t" {\n${SUBJECT}${RESOURCE}expect permit read }\ntest "t" {\n${SUBJECT}${RESOURCE}expect permit read }`,
      ),
    ).to.include('VEL2001');
  });

  it('refuse to set what follows from other attributes', () => {
    const types = `entity node stored { up: node?, above: set<node> = closure(up, depth 3) }\naction read on node by user\n`;
    const test = `test "t" {\n${SUBJECT}resource node n { above: {m} }\nexpect permit read }`;
    expect(codesOf(`${types}${RULES}${test}`)).to.include('VEL3034');
  });
});

describe('ids of bare names', () => {
  it('are fixed and as well mixed as random ones', () => {
    expect(testId('alice')).to.equal(testId('alice'));
    const ids = new Set<string>();
    for (let index = 0; index < 5_000; index++) {
      const id = testId(`name${index}`);
      ids.add(id);
      expect(isValidTestId(id), id).to.equal(true);
    }
    expect(ids.size).to.equal(5_000);
  });
});

describe('fixtures that no test uses', () => {
  it('are checked all the same', () => {
    expect(codesOf(`${RULES}fixture f { context { ip: "nowhere" } }`)).to.include('VEL2028');
    expect(
      codesOf(`${RULES}fixture f { entity user bob { activ: true } given mode n now "later" }`),
    ).to.include.members(['VEL2003', 'VEL2010', 'VEL2028']);
    expect(codesOf(`${RULES}fixture f { context { ip: "10.0.0.1" } }`)).to.not.include('VEL3030');
  });

  it('that are unknown are not reported as what they would have said', () => {
    expect(codesOf(`${RULES}test "t" using home { expect permit read }`))
      .to.include('VEL2010')
      .and.not.include('VEL3030');
  });
});
