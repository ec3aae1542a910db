import { expect } from 'chai';
import { isCovered } from '../../../../src/engine/testing/coverage.ts';
import { runTests, type TestOptions, type TestReport } from '../../../../src/engine/testing/run-tests.ts';
import { bundleOf } from '../support/ask.ts';

const FILES = [
  `enum status { active, banned }
entity user from table users { status: status, roles: set<role> = {}, age: int, supplied device: string? }
entity doc from table docs { owner: user, size: int = 3, ancestors: set<doc> = closure(parent, depth 3), parent: doc? }
context { ip: ip?, at: time? }
action read, update on doc by user
action create on doc by user new
require permission and access
`,
  `layer 2 rbac version 1 grants permission
role viewer { read, create on doc }
role editor extends viewer { update on doc }
`,
  `layer 3 ownership version 1 grants access
permit owner: read, update, create on doc when resource.owner == subject
permit heir: read on doc when any one in resource.ancestors: (one.owner == subject)
`,
  `layer 4 security version 1
forbid banned: any on any when subject.status == banned
forbid stale: update on doc unless has context.at and now - context.at <= 1h
forbid abroad: any on any when has context.ip and has geo.country(context.ip) and geo.country(context.ip) != "FR"
forbid phone: update on doc when has subject.device and subject.device == "phone"
`,
  `layer 9 emergency version 1
mode lockdown { forbid locked_down: any on any when true }
loss of database: enter lockdown
override glass: read on doc when subject.age > 40 waives access expires after 1h
`,
  `layer 10 limits version 1
limit api: any on any for each subject to 10 per 1m
signal young: any on any weight 50 when subject.age < 18
forbid risky: any on any when risk >= 50
`,
];

const FIXTURE = `fixture office { now "2026-01-05T10:00:00Z" context { at: "2026-01-05T09:30:00Z" } }
`;
const PEOPLE = `subject user alice { status: active, roles: {editor}, age: 30 }
  resource doc d { owner: alice }`;

function run(tests: string, options: TestOptions = {}): TestReport {
  return runTests(bundleOf(...FILES, FIXTURE + tests), options);
}

function failures(report: TestReport): readonly (string | undefined)[] {
  return report.tests.flatMap((test) => test.expectations.map((one) => one.failure));
}

describe('runTests', () => {
  it('passes what is as expected, and says where', () => {
    const report = run(`test "owners" using office {\n  ${PEOPLE}\n  expect permit read, update\n}\n`);
    expect(report).to.deep.include({ passed: 1, failed: 0, coverage: undefined });
    expect(report.tests[0]?.expectations).to.deep.equal([
      { expectation: 'permit read', place: '6.velro:5:3', passed: true, failure: undefined },
      { expectation: 'permit update', place: '6.velro:5:3', passed: true, failure: undefined },
    ]);
  });

  it('says what happened instead', () => {
    const report = run(`test "banned" using office {
  subject user alice { status: banned, roles: {editor}, age: 30 }
  resource doc d { owner: alice }
  expect permit read
  expect deny read by access
  expect deny read by security.stale
  expect deny read by security
}
test "fine" using office { ${PEOPLE} expect deny read by permission }
`);
    expect([report.passed, report.failed]).to.deep.equal([0, 2]);
    expect(failures(report).map((one) => one?.replace(/ \(.*/, ''))).to.deep.equal([
      'was denied by security.banned',
      'was denied by security.banned',
      'was denied by security.banned',
      undefined,
      'was permitted',
    ]);
  });

  const rows: readonly (readonly [why: string, items: string])[] = [
    ['a moved clock', 'now + 31m expect deny update by security.stale expect permit read'],
    ['a withheld fact', 'missing resource.owner expect deny read by access'],
    ['a withheld value of the context', 'missing context.at expect deny update by security.stale'],
    ['a risk that is given', 'given risk 60 expect deny read by limits.risky'],
    ['a risk between', 'given risk 10 to 60 expect deny read by limits.risky'],
    ['a mode', 'given mode lockdown expect deny read by emergency.locked_down'],
    ['a loss that enters a mode', 'given loss of database expect deny read by emergency.locked_down'],
    ['an exhausted limit', 'given limit api exhausted expect deny read by limits.api'],
    [
      'a source that answers',
      'context { ip: "203.0.113.7" } given geo.country("203.0.113.7") = "DE" expect deny read by security.abroad',
    ],
    [
      'a source that answers otherwise',
      'context { ip: "203.0.113.7" } given geo.country("203.0.113.7") = "FR" expect permit read',
    ],
    ['a source that is absent', 'context { ip: "203.0.113.7" } expect permit read'],
    [
      'a source that failed',
      'context { ip: "203.0.113.7" } given geo.country("203.0.113.7") = failed expect deny read by security.abroad',
    ],
    ['a new resource', 'expect permit create'],
  ];
  for (const [why, items] of rows) {
    it(`takes up ${why}`, () => {
      const lines = items.replace(/ (expect|given|context|missing) /g, '\n  $1 ');
      const report = run(`test "one" using office {\n  ${PEOPLE}\n  ${lines}\n}\n`);
      expect(failures(report).filter((one) => one !== undefined)).to.deep.equal([]);
      expect(report.passed).to.equal(1);
    });
  }

  it('follows closures over the records of a test, supplied values and active overrides', () => {
    const report = run(`test "heirs" using office {
  subject user alice { status: active, roles: {editor}, age: 50, device: "phone" }
  resource doc d { owner: bob, parent: e }
  entity doc e { owner: bob, parent: f }
  entity doc f { owner: alice }
  entity user bob { status: active, age: 3 }
  expect permit read
  expect deny update by security.phone
}
test "glass" using office {
  subject user alice { status: active, roles: {editor}, age: 50 }
  resource doc d { owner: bob }
  entity user bob { status: active, age: 3 }
  given override glass
  expect permit read
}
`);
    expect(failures(report)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('runs only the tests that are asked for', () => {
    const text = `test "one" using office { ${PEOPLE}\n  expect permit read }\ntest "other" using office { ${PEOPLE}\n  expect permit read }\n`;
    expect(run(text, { filter: 'oth' }).tests.map(({ title }) => title)).to.deep.equal(['other']);
  });

  it('counts for every rule, grant, limit, signal and override where it applied and where it did not', () => {
    const report = run(
      `test "one" using office { ${PEOPLE}\n  expect permit read }
test "two" using office {
  subject user alice { status: active, roles: {}, age: 10 }
  resource doc d { owner: alice }
  given limit api exhausted
  expect deny read by limits.api
}
`,
      { coverage: true },
    );
    const counts = new Map(report.coverage?.map((one) => [one.name, [one.kind, one.matched, one.unmatched]]));
    expect(counts.get('rbac.role:viewer')).to.deep.equal(['rule', 1, 1]);
    expect(counts.get('rbac.role:editor')).to.deep.equal(['rule', 0, 0]);
    expect(counts.get('ownership.owner')).to.deep.equal(['rule', 2, 0]);
    expect(counts.get('security.banned')).to.deep.equal(['rule', 0, 2]);
    expect(counts.get('emergency.locked_down')).to.deep.equal(['rule', 0, 2]);
    expect(counts.get('emergency.glass')).to.deep.equal(['override', 0, 2]);
    expect(counts.get('limits.api')).to.deep.equal(['limit', 1, 1]);
    expect(counts.get('limits.young')).to.deep.equal(['signal', 1, 1]);
    const covered = report.coverage?.filter(isCovered).map((one) => one.name);
    expect(covered).to.deep.equal(['rbac.role:viewer', 'limits.risky', 'limits.api', 'limits.young']);
  });

  it('gives the same report for the same bundle', () => {
    const text = `test "one" using office { ${PEOPLE}\n  expect permit read\n  expect deny update by access }\n`;
    expect(run(text, { coverage: true })).to.deep.equal(run(text, { coverage: true }));
  });

  it('withholds an attribute of the action, and not one of the resource that is called the same', () => {
    const bundle = bundleOf(`entity user stored {}
entity doc stored { soft: bool }
action drop, hide on doc by user { soft: bool }
require access
layer 1 ownership version 1 grants access
permit dropper: drop on doc when action.soft
permit hider: hide on doc when resource.soft
test "how it is done is not known" {
  subject user alice
  resource doc d { soft: true }
  action { soft: true }
  missing action.soft
  expect deny drop by access
  expect permit hide
}
`);
    expect(failures(runTests(bundle))).to.deep.equal([undefined, undefined]);
  });
});
