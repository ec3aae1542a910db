import { expect } from 'chai';
import { UNKNOWN } from '../../../../src/dsl/types/values.ts';
import { BothEvaluators, outlineOf } from '../../../support/decide-both.ts';
import { load } from '../../../support/generated-case.ts';
import type { Scenario, ScenarioRecord } from '../../../support/scenario.ts';

const SCHEMA = `
require access
enum status { draft, active as "is-active" }
enum level ordered { low, mid, high }
entity user from table users {
  status: status
  nick: string?
  team: team?
  boss: user?
  chain: set<user> = closure(boss, depth 2)
  roles: set<role> = {}
  tags: set<string> = {}
  marks: list<int> = []
  ranks: map<team, level> = {}
  size: int
  ratio: float
  live seen: time
}
entity team stored { label: string, open: bool = true }
entity device supplied { label: string? }
entity doc stored {
  owner: user
  holder: user | team?
  supplied hint: string?
  supplied or stored note: string?
}
context { ip: ip?, device: device?, level: level = mid }
action read on doc by user
action create on doc by user new
let named(who: user) = has who.nick
`;

/** A question by `u1` about `d1`, with these records and this request. */
interface Given {
  readonly user?: object;
  readonly doc?: object;
  readonly more?: readonly ScenarioRecord[];
  readonly context?: object;
  readonly properties?: object;
  readonly action?: string;
  readonly scenario?: Partial<Scenario>;
}

const user = (id: string, attributes: object = {}): ScenarioRecord => ({
  type: 'user',
  id,
  attributes: { ...attributes },
});
const unavailable = (id: string): ScenarioRecord => ({ type: 'user', id, unavailable: true, attributes: {} });
const team = (id: string, attributes: object = {}): ScenarioRecord => ({
  type: 'team',
  id,
  attributes: { ...attributes },
});

function scenarioOf({
  user: asked = {},
  doc = {},
  more = [],
  context = {},
  properties,
  action = 'read',
  scenario,
}: Given): Scenario {
  return {
    request: {
      subject: { type: 'user', id: 'u1' },
      action: { name: action },
      resource: { type: 'doc', id: 'd1', ...(properties && { properties: { ...properties } }) },
      context: { ...context },
    },
    records: [user('u1', asked), { type: 'doc', id: 'd1', attributes: { ...doc } }, ...more],
    now: '2026-01-05T10:00:00Z',
    modes: [],
    overrides: [],
    exhausted: [],
    sources: {},
    ...scenario,
  };
}

function evaluators(layers: Readonly<Record<string, string>>): BothEvaluators {
  const files = Object.entries(layers).map(([path, text]) => ({ path, text }));
  const bundle = load([{ path: 'schema', text: SCHEMA }, ...files]);
  if (typeof bundle === 'string') throw new Error(bundle);
  return new BothEvaluators(bundle);
}

/** What a condition is in both evaluators, which must agree. */
function outcomeOf(condition: string, given: Given): string {
  const both = evaluators({
    access: `layer 1 access version 1 grants access\npermit p: any on any when ${condition}`,
  });
  const question = both.question(scenarioOf(given));
  const interpreted = both.interpretedOutcomes(question).get('access.p');
  expect(both.compiledOutcomes(question).get('access.p'), 'compiled').to.equal(interpreted);
  return interpreted === UNKNOWN ? 'unknown' : String(interpreted);
}

const CHAIN = [user('u2', { boss: 'u3' }), user('u3', { boss: 'u4' }), user('u4')];

/** Condition, what is given, what the language page says of it. */
const CASES: readonly (readonly [string, Given, 'true' | 'false' | 'unknown'])[] = [
  // Reading.
  ['resource.owner == subject', { doc: { owner: 'u1' } }, 'true'],
  ['resource.owner == subject', { doc: {} }, 'unknown'],
  ['resource.owner.nick == "x"', { doc: { owner: 'u9' } }, 'unknown'],
  ['subject.nick == "x"', {}, 'unknown'],
  ['subject.status == active', { user: { status: 'is-active' } }, 'true'],
  ['subject.status == active', { user: { status: 'gone' } }, 'unknown'],
  ['resource.note == "a"', { doc: { note: 'a' } }, 'true'],
  ['resource.note == "a"', { doc: { note: 'a' }, properties: { note: 'b' } }, 'false'],
  ['resource.note == "a"', { doc: { note: 'a' }, properties: { note: 5 } }, 'unknown'],
  ['resource.hint == "a"', { doc: { hint: 'a' } }, 'unknown'],
  ['resource.hint == "a"', { properties: { hint: 'a' } }, 'true'],
  ['resource.owner == subject', { doc: { owner: 'u2' }, properties: { owner: 'u1' } }, 'false'],
  ['has subject.team and subject.team.open', { user: { team: 't1' }, more: [team('t1')] }, 'true'],
  ['context.level == mid', {}, 'true'],
  ['subject.id == "u1"', {}, 'true'],
  ['now == time("2026-01-05T11:00:00+01:00")', {}, 'true'],
  // `has`.
  ['has subject.nick', { user: { nick: 'x' } }, 'true'],
  ['has subject.nick', {}, 'false'],
  ['has subject.nick', { user: { nick: null } }, 'false'],
  ['has subject.nick', { user: { nick: 5 } }, 'unknown'],
  ['has resource.owner.nick', { doc: { owner: 'u9' } }, 'unknown'],
  ['has resource.owner.nick', { doc: { owner: 'u2' }, more: [unavailable('u2')] }, 'unknown'],
  ['has resource.owner.nick', { doc: {} }, 'unknown'],
  ['has subject.team.label', {}, 'false'],
  ['has subject.team.label', { user: { team: 't9' } }, 'unknown'],
  ['has subject.ranks[team("t1")]', { user: { ranks: { t1: 'low' } } }, 'true'],
  ['has subject.ranks[team("t2")]', { user: { ranks: { t1: 'low' } } }, 'false'],
  ['has subject.ranks[team("t1")]', { user: { ranks: { t1: 'none' } } }, 'unknown'],
  ['has subject.ranks[subject.team]', { user: { ranks: {} } }, 'unknown'],
  ['has subject.seen', {}, 'false'],
  ['has context.ip', {}, 'false'],
  ['has context.ip', { context: { ip: '01.2.3.4' } }, 'unknown'],
  ['has context.device.label', { context: { device: { id: 'x', properties: {} } } }, 'false'],
  ['has context.device.label', { context: { device: 'x' } }, 'unknown'],
  ['named(resource.owner)', { doc: { owner: 'u1' }, user: { nick: 'x' } }, 'true'],
  // `exists`.
  ['exists resource.owner', { doc: { owner: 'u1' } }, 'true'],
  ['exists resource.owner', { doc: { owner: 'u9' } }, 'false'],
  ['exists resource.owner', { doc: { owner: 'u2' }, more: [unavailable('u2')] }, 'unknown'],
  ['exists resource.owner', { doc: {} }, 'unknown'],
  ['exists subject.team', {}, 'false'],
  // Three values.
  ['false and subject.nick == "x"', {}, 'false'],
  ['subject.nick == "x" and false', {}, 'false'],
  ['subject.nick == "x" or true', {}, 'true'],
  ['not resource.owner == subject', { doc: {} }, 'unknown'],
  ['resource.owner == subject implies true', { doc: {} }, 'true'],
  ['resource.owner == subject implies false', { doc: {} }, 'unknown'],
  ['resource.owner == resource.owner', { doc: {} }, 'unknown'],
  ['resource.owner is user', { doc: {} }, 'unknown'],
  // Sets, lists, maps.
  ['subject.tags contains "a"', { user: { tags: ['a', 5] } }, 'true'],
  ['subject.tags contains "b"', { user: { tags: ['a', 5] } }, 'unknown'],
  ['subject.tags contains "b"', { user: { tags: ['a'] } }, 'false'],
  ['subject.tags contains any {"a", "b"}', { user: { tags: [5] } }, 'unknown'],
  ['subject.tags contains all {"a", "b"}', { user: { tags: ['a', 5] } }, 'unknown'],
  ['{"a"} contains all subject.tags', { user: { tags: ['b', 5] } }, 'false'],
  ['{"a"} contains all subject.tags', { user: { tags: ['a', 5] } }, 'unknown'],
  ['any one in subject.tags: (one == "a")', { user: { tags: ['a', 5] } }, 'true'],
  ['any one in subject.tags: (one == "b")', { user: { tags: ['a', 5] } }, 'unknown'],
  ['every one in subject.tags: (one == "a")', { user: { tags: ['a', 5] } }, 'unknown'],
  ['every one in subject.tags: (one == "b")', { user: { tags: ['a', 5] } }, 'false'],
  ['every one in subject.tags: (false)', {}, 'true'],
  ['any one in subject.tags: (true)', {}, 'false'],
  ['set.size(subject.tags) == 1', { user: { tags: ['a', 5] } }, 'unknown'],
  ['any place in subject.ranks: (place == team("t1"))', { user: { ranks: { t1: 'low' } } }, 'true'],
  ['2 in subject.marks', { user: { marks: [1, 'x'] } }, 'unknown'],
  ['1 in subject.marks', { user: { marks: [1.0] } }, 'true'],
  // Closures.
  ['subject.chain contains user("u3")', { user: { boss: 'u2' }, more: CHAIN }, 'true'],
  ['subject.chain contains user("u4")', { user: { boss: 'u2' }, more: CHAIN }, 'unknown'],
  [
    'subject.chain contains user("u4")',
    { user: { boss: 'u2' }, more: [user('u2', { boss: 'u3' }), user('u3')] },
    'false',
  ],
  ['subject.chain contains subject', { user: { boss: 'u2' }, more: [user('u2', { boss: 'u1' })] }, 'true'],
  [
    'subject.chain contains user("u9")',
    { user: { boss: 'u2' }, more: [user('u2', { boss: 'u1' })] },
    'false',
  ],
  ['subject.chain contains user("u2")', { user: { boss: 'u2' } }, 'true'],
  ['subject.chain contains user("u3")', { user: { boss: 'u2' } }, 'unknown'],
  ['set.is_empty(subject.chain)', {}, 'true'],
  // Comparisons and arithmetic.
  ['context.level >= low', {}, 'true'],
  ['context.level > mid', {}, 'false'],
  ['subject.size * 9007199254740991 > 0', { user: { size: 2 } }, 'unknown'],
  ['subject.size + 1 == 3', { user: { size: 2 } }, 'true'],
  ['subject.ratio * 2.0 == 1.0', { user: { ratio: 0.5 } }, 'true'],
  ['now - time("2026-01-05T09:45:00Z") == 15m', {}, 'true'],
  ['"ab" matches "a"', {}, 'false'],
  ['"ab" matches "a."', {}, 'true'],
  ['context.ip in cidr("10.0.0.0/8")', { context: { ip: '::ffff:10.1.1.1' } }, 'true'],
  ['context.ip in cidr("::/0")', { context: { ip: '10.1.1.1' } }, 'false'],
  ['resource.holder == subject', { doc: { holder: { type: 'team', id: 'u1' } } }, 'false'],
  ['resource.holder is team', { doc: { holder: { type: 'team', id: 'u1' } } }, 'true'],
  // The world.
  ['has geo.country(context.ip)', { context: { ip: '10.0.0.1' } }, 'false'],
  [
    'has geo.country(context.ip)',
    { context: { ip: '10.0.0.1' }, scenario: { sources: { 'geo.country': 'absent' } } },
    'false',
  ],
  [
    'has geo.country(context.ip)',
    { context: { ip: '10.0.0.1' }, scenario: { sources: { 'geo.country': 'failed' } } },
    'unknown',
  ],
  [
    'has geo.country(context.ip)',
    { context: { ip: '10.0.0.1' }, scenario: { sources: { 'geo.country': 'throws' } } },
    'unknown',
  ],
  [
    'has geo.country(context.ip)',
    { context: { ip: '10.0.0.1' }, scenario: { sources: { 'geo.country': 'value' } } },
    'true',
  ],
  // Risk.
  ['risk >= 80', { scenario: { risk: { low: 80, high: 100 } } }, 'true'],
  ['risk >= 80', { scenario: { risk: { low: 70, high: 100 } } }, 'unknown'],
  ['80 > risk', { scenario: { risk: { low: 70, high: 79 } } }, 'true'],
  ['risk == 50', { scenario: { risk: { low: 60, high: 70 } } }, 'false'],
  ['risk == 60', { scenario: { risk: { low: 60, high: 70 } } }, 'unknown'],
  ['risk != 60', { scenario: { risk: { low: 60, high: 60 } } }, 'false'],
];

describe('the meaning of conditions', () => {
  for (const [condition, given, expected] of CASES) {
    it(`\`${condition}\` is ${expected} of ${JSON.stringify(given)}`, () => {
      expect(outcomeOf(condition, given)).to.equal(expected);
    });
  }
});

describe('verdicts', () => {
  const layers = {
    guard: `layer 1 guard version 1
      forbid second: read on doc when has subject.nick and subject.nick == "stop" unless has subject.team
      mode closed { forbid shut: any on any unless subject.roles contains chief }
      limit pace: read on doc for each subject per context.level { low: 1 per 1m, mid: 1 per 1m }
      signal odd: any on any weight 60 when has subject.nick and subject.nick == "odd"
      signal hidden: any on any weight 30 when resource.owner.status == draft
      forbid risky: any on any when risk >= 80`,
    access: `layer 2 access version 1 grants access
      role reader { any on doc when resource.owner.status == active }
      role chief extends reader { create on doc }
      permit owner: read on doc when resource.owner == subject`,
    glass: `layer 3 glass version 1
      override break_glass: any on doc when has subject.team waives access expires after 1h`,
  };
  const both = evaluators(layers);

  /** The verdict of both evaluators in short: `permitted`, or the code and what is named. */
  function verdict(given: Given): string {
    const question = both.question(scenarioOf(given));
    const interpreted = outlineOf(both.interpreted(question));
    expect(outlineOf(both.compiled(question)), 'compiled').to.deep.equal(interpreted);
    return [interpreted.code, interpreted.cause ?? interpreted.claim].filter(Boolean).join(' ');
  }

  const mine: Given = {
    user: { status: 'draft' },
    doc: { owner: 'u2' },
    more: [user('u2', { status: 'is-active' })],
  };
  const own: Given = { user: { status: 'is-active', size: 1 }, doc: { owner: 'u1' } };

  it('permit what every claim is established for', () => expect(verdict(own)).to.equal('permitted'));

  it('name the claim that nobody established', () => expect(verdict(mine)).to.equal('claim_missing access'));

  it('grant by a role, and by a role that extends it', () => {
    expect(verdict({ ...mine, user: { roles: ['reader'] } })).to.equal('permitted');
    expect(verdict({ ...mine, user: { roles: ['chief'] } })).to.equal('permitted');
  });

  it('never let `any` permit what does not exist yet', () => {
    const created: Given = {
      action: 'create',
      properties: { owner: 'u2' },
      more: [user('u2', { status: 'is-active' })],
    };
    const without = (roles: string[]): Given => ({
      ...created,
      scenario: { records: [user('u1', { roles }), user('u2', { status: 'is-active' })] },
    });
    expect(verdict(without(['reader']))).to.equal('claim_missing access');
    expect(verdict(without(['chief']))).to.equal('permitted');
    expect(verdict({ ...created, user: { roles: ['chief'] } })).to.equal('resource_exists');
  });

  it('know what is not declared and what is not there', () => {
    expect(verdict({ ...own, action: 'fly' })).to.equal('unknown_action');
    expect(verdict({ scenario: { records: [] } })).to.equal('unknown_subject');
    expect(verdict({ scenario: { records: [user('u1')] } })).to.equal('unknown_resource');
  });

  it('forbid unless the condition is certainly false', () => {
    expect(verdict({ ...own, user: { ...own.user, nick: 'stop' } })).to.equal('forbidden guard.second');
    expect(verdict({ ...own, user: { ...own.user, nick: 5 } })).to.equal('forbidden guard.second');
    expect(verdict({ ...own, user: { ...own.user, nick: 'stop', team: 't1' } })).to.equal('permitted');
  });

  it('count the forbids of a mode while it is on', () => {
    expect(verdict({ ...own, scenario: { modes: ['closed'] } })).to.equal('forbidden guard.shut');
    expect(
      verdict({ ...own, user: { ...own.user, roles: ['chief'] }, scenario: { modes: ['closed'] } }),
    ).to.equal('permitted');
  });

  it('count an override while it is active and its condition holds', () => {
    const onCall: Given = { ...mine, user: { team: 't1' } };
    expect(verdict(onCall)).to.equal('claim_missing access');
    expect(verdict({ ...onCall, scenario: { overrides: ['break_glass'] } })).to.equal('permitted');
    expect(verdict({ ...mine, scenario: { overrides: ['break_glass'] } })).to.equal('claim_missing access');
    expect(verdict({ ...onCall, scenario: { overrides: ['break_glass'], modes: ['closed'] } })).to.equal(
      'forbidden guard.shut',
    );
  });

  it('stop at a limit that has nothing left, and at one that cannot be counted', () => {
    expect(verdict({ ...own, scenario: { exhausted: ['pace'] } })).to.equal('limit_exceeded guard.pace');
    expect(verdict({ ...own, context: { level: '?' } })).to.equal('limit_exceeded guard.pace');
    expect(verdict({ ...own, context: { level: 'high' }, scenario: { exhausted: ['pace'] } })).to.equal(
      'permitted',
    );
  });

  it('add up the signals, unknown ones at the upper end', () => {
    const odd = { ...own.user, nick: 'odd' };
    expect(verdict({ ...own, user: odd })).to.equal('permitted');
    expect(verdict({ ...own, user: { ...odd, status: '?' } })).to.equal('forbidden guard.risky');
  });

  it('name the first cause by layer and text', () => {
    const worst: Given = {
      user: { nick: 'stop' },
      doc: {},
      scenario: { modes: ['closed'], exhausted: ['pace'] },
    };
    expect(verdict(worst)).to.equal('forbidden guard.second');
  });

  it('never permit while it is open whether they exist', () => {
    const records = (one: ScenarioRecord): Given => ({
      scenario: { records: [one, { type: 'doc', id: 'd1', attributes: { owner: 'u1' } }] },
    });
    expect(verdict(records(user('u1', { status: 'is-active' })))).to.equal('permitted');
    const question = both.question(scenarioOf(records(unavailable('u1'))));
    for (const one of [both.compiled(question), both.interpreted(question)])
      expect(one.permitted).to.equal(false);
  });
});
