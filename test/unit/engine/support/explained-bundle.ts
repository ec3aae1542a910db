import type { Asking } from './ask.ts';

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
/** A small bundle with everything that an explanation speaks of. */
export const EXPLAINED_FILES: readonly string[] = [
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
export const DOC = { owner: 'ann', visibility: 'private', size: 5 };
const BASE: Asking = {
  context: { ip: '10.0.0.1', tls: true },
  facts: { 'user:ann': ANN, 'doc:d': DOC, 'team:t': { name: 'T' } },
};

/** A question that is permitted, with these differences. */
export function asking(changes: Asking, records: Readonly<Record<string, object>> = {}): Asking {
  const facts = Object.fromEntries(
    Object.entries({ ...BASE.facts, ...records }).map(([key, value]) => [
      key,
      { ...(BASE.facts?.[key] as object), ...(value as object) },
    ]),
  );
  return { ...BASE, facts, ...changes, context: { ...BASE.context, ...changes.context } };
}
