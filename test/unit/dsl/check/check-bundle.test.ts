import { expect } from 'chai';
import type { CheckedExpression } from '../../../../src/dsl/check/checked.ts';
import { checkedChildren } from '../../../../src/dsl/check/checked-children.ts';
import { checkText, tryCheckText } from '../../../support/load.ts';

/** Every form of declaration and nearly every form of expression, as the reference of the language shows them. */
const TEXTS = {
  'schema.velro': `enum visibility { private, team, public }
enum account_status { active, suspended, banned }
enum plan { free, pro, enterprise }
enum team_role ordered { viewer, contributor, editor, admin, owner }
enum generation_status { pending, processing, completed, failed, cancelled }
entity user from table users {
  status: account_status
  plan: plan
  email: string?
  created_at: time
  roles: set<role>
  teams: map<team, team_role> from team_members(user_id, team_id, role) where is_active
  live last_seen: { ip: ip, at: time, country: string? }
}
entity team from table teams { owner: user from owner_id, active: bool }
entity project from table projects { owner: user from owner_id, team: team? from team_id, visibility: visibility, archived: bool }
entity generation from table generations {
  owner: user from user_id
  project: project? from project_id
  parent: generation? from parent_generation_id
  team: team? from team_id
  visibility: visibility
  status: generation_status
  ancestors: set<generation> = closure(parent, depth 10)
  stored viewers: map<user, time> = {}
}
entity user_group stored { parents: set<user_group> = {} }
entity service supplied { name: string, groups: set<user_group>
  memberships: set<user_group> = closure(groups then parents, depth 10) }
context { ip: ip, user_agent: string?, session: { started_at: time, mfa_at: time? }, emergency: { ticket: string? }? }
action list, read, update, delete, share on generation, project by user { soft: bool?
  context { reason: string? } }
action read on generation by service
action create on generation by user new
action download on generation by user
actions writing { update, delete }
require permission and access
let owns = resource.owner == subject
let strong(minutes: duration) = has context.session.mfa_at and now - context.session.mfa_at <= minutes
`,
  'rbac.velro': `layer 2 rbac version 1 grants permission
role viewer { read, list on generation, project }
role editor extends viewer { writing, create on generation when subject.status == active
  update on project }
role admin extends editor { delete, share on any }
role on_call when subject is user and subject.status == active { list on generation }
permit services: read on generation by service when subject.memberships contains user_group("x")
`,
  'own.velro': `/// Who may touch which object.
layer 3 ownership version 4 grants access

permit owner: any on generation, project by user
  when owns
  because "the subject owns the resource"

permit creates: create on generation by user when owns

permit team_editor: read, list, update on generation, project by user
  when has resource.team and subject.teams[resource.team] >= editor
  because "the subject edits for the team that holds the resource"

permit public_reader: read, list on generation
  when resource.visibility == public and resource.status == completed

permit ancestor: read on generation by user when any a in resource.ancestors: (a.owner == subject)

forbid suspended_owner: any on any
  when exists resource.owner and resource.owner.status == suspended
  because "the owner's account is suspended"
forbid strongly: delete on any unless strong(15m) advise step_up(method: "mfa", wait: 3m)
`,
  'l9.velro': `layer 9 emergency version 1
cache permit: read, list on generation, project for 3m shared 10m stale 30s
cache deny: any on any for 5s
never cache: delete, share on any
deadline: any on any within 75ms
deadline authentication within 50ms

audit deny: any on any at warning
audit permit: delete, share on any at notice durable
audit permit: read on any at info sample 10%
redact context.ip hash
redact subject.email drop
retain 400d
mode lockdown "only incident commanders may act" {
  forbid locked_down: any on any by user unless subject.roles contains admin
}
mode read_only { forbid frozen: create, update, delete, share on any when true }
loss of redis: continue
loss of database: enter read_only

override break_glass: read, list, download on generation
  when has context.emergency.ticket
  waives access
  expires after 1h
  because "break-glass access"

limit api: any on any by user for each subject per subject.plan { free: 10 per 1m burst 20, pro: 50 per 1m burst 100, enterprise: 200 per 1m burst 400 }
limit per_object: any on any for each resource to 100 per 1m
signal impossible_travel: any on any by user weight 60 when has subject.last_seen and has geo.speed_kmh(subject.last_seen, context.ip) and geo.speed_kmh(subject.last_seen, context.ip) > 900
signal bot: any on any weight 40 when has context.user_agent and agent.is_bot(context.user_agent)
forbid too_risky: any on any when risk >= 80 because "risk score" advise step_up(method: "mfa")
assert no: never permit delete on generation by user when resource.owner != subject and not subject.roles contains admin
`,
  'tests.velro': `fixture office { context { ip: "203.0.113.7", session: { started_at: "2026-01-05T09:00:00Z" } } now "2026-01-05T10:00:00Z" }

test "an editor updates what they own" using office {
  subject user alice { status: active, roles: {editor}, plan: pro, teams: { design: editor } }
  resource generation g1 { owner: alice, visibility: private, status: completed }
  expect permit update
  expect deny delete by permission
}

test "high risk stops even the owner" using office {
  subject user alice { status: active, roles: {editor}, plan: pro }
  resource generation g1 { owner: alice, visibility: private, status: completed }
  given risk 90
  given geo.country("203.0.113.7") = "FR"
  given limit api exhausted
  given mode lockdown
  given override break_glass
  given loss of database
  missing resource.owner
  now + 13h
  expect deny update by emergency.too_risky
}
`,
};

describe('a bundle with the whole language', () => {
  it('has no errors, and the one surprise that it has', () => {
    expect(tryCheckText(TEXTS).diagnostics.map((one) => one.code)).to.deep.equal(['VEL4003']);
  });

  it('is complete', () => {
    const bundle = checkText(TEXTS);
    expect(bundle.layers.map((layer) => [layer.name, layer.rules.length, layer.limits.length])).to.deep.equal(
      [
        ['rbac', 6, 0],
        ['ownership', 7, 0],
        ['emergency', 3, 2],
      ],
    );
    expect(bundle.triples).to.have.length(13);
    expect(bundle.policies).to.have.length(13);
    expect([...bundle.modes.keys()]).to.deep.equal(['lockdown', 'read_only']);
    expect([...bundle.overrides.keys()]).to.deep.equal(['break_glass']);
    expect([...bundle.signals.keys()]).to.deep.equal(['impossible_travel', 'bot']);
    expect(bundle.asserts.map((one) => one.name)).to.deep.equal(['no']);
    expect(bundle.tests.map((one) => one.expectations.length)).to.deep.equal([2, 1]);
  });

  it('covers each triple at most once a rule, and has a type for every node', () => {
    const bundle = checkText(TEXTS);
    let nodes = 0;
    for (const rule of bundle.layers.flatMap((layer) => layer.rules)) {
      const covered = rule.cases.flatMap((one) => one.triples.map((triple) => triple.key));
      expect(new Set(covered).size, rule.name).to.equal(covered.length);
      for (const { condition } of rule.cases) {
        const seen = new Set<CheckedExpression>(condition === undefined ? [] : [condition]);
        for (const node of seen) {
          nodes += 1;
          expect(node.type, rule.name).to.have.property('kind');
          expect(node.node.span.end).to.be.greaterThan(node.node.span.start);
          for (const child of checkedChildren(node)) seen.add(child);
        }
        if (condition !== undefined) expect(condition.type).to.deep.equal({ kind: 'bool' });
      }
    }
    expect(nodes).to.be.above(100);
  });
});
