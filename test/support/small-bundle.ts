import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A bundle that has something of everything that the server acts upon, by file name. Its deadlines are such that a busy
 * machine misses none of them.
 */
export const SMALL_BUNDLE: Readonly<Record<string, string>> = {
  'schema.velro': `
enum plan { free, pro }
enum account_status { active, suspended }
entity user stored {
  status: account_status
  roles: set<role>
  plan: plan = free
  email: string?
  supplied device: string?
}
entity document stored {
  owner: user
  title: string?
  parent: document?
  readers: set<user> = {}
  shares: map<user, plan> = {}
  related: set<user | document> = {}
  ancestors: set<document> = closure(parent, depth 5)
}
entity service supplied { name: string }
context {
  ip: ip?
  token: string?
  session: { id: string }?
}
action read, update, delete, export on document by user
action create on document by user new
action ping on document by service
require permission and access
`,
  'permission.velro': `
layer 1 permission version 1 grants permission
role member { any on document, create on document }
role on_call { read on document }
permit services: ping on document when true
`,
  'access.velro': `
layer 2 ownership version 3 grants access
permit owner: any on document by user
  when resource.owner == subject
  because "the subject owns the document"
permit reader: read on document by user when subject in resource.readers
permit creator: create on document by user when resource.owner == subject
permit pings: ping on document when true
forbid suspended: any on document by user
  when subject.status == suspended
  because "the account is suspended"
  advise contact_support(topic: "suspension")
forbid bad_address: any on document by user
  when has context.ip and context.ip in cidr("198.51.100.0/24")
  because "the network is blocked"
`,
  'timing.velro': `
layer 7 timing version 1
deadline: any on any within 60s
deadline authentication within 60s
`,
  'records.velro': `
layer 8 records version 1
audit deny: any on any at warning
audit permit: delete on document at notice durable
audit permit: update on document at info
redact context.ip hash
redact context.token drop
redact subject.device drop
retain 30d
`,
  'emergency.velro': `
layer 9 emergency version 1
mode lockdown "nobody may act" {
  forbid locked_down: any on any when true because "the system is locked down"
}
mode read_only {
  forbid frozen: update, delete on document when true because "nothing may be changed"
}
loss of audit: enter read_only
override break_glass: read on document
  when subject.roles contains on_call
  waives access
  expires after 1h
  because "break-glass access"
`,
  'limits.velro': `
layer 10 limits version 1
limit exports: export on document for each subject per subject.plan { free: 2 per 1m burst 2, pro: 5 per 1m burst 5 }
  because "too many exports"
`,
};

/** Deadlines for tests of what comes of those that are missed, by file name. */
export const SHORT_DEADLINES: Readonly<Record<string, string>> = {
  'timing.velro': `
layer 7 timing version 1
deadline: any on any within 400ms
deadline authentication within 200ms
`,
};

export const SMALL_FACTS: readonly unknown[] = [
  {
    type: 'user',
    id: 'alice',
    attributes: { status: 'active', roles: ['member'], plan: 'pro', email: 'alice@example.org' },
  },
  { type: 'user', id: 'bob', attributes: { status: 'active', roles: ['member'] } },
  { type: 'user', id: 'carol', attributes: { status: 'suspended', roles: ['member'] } },
  { type: 'user', id: 'dora', attributes: { status: 'active', roles: ['on_call'] } },
  { type: 'document', id: 'd1', attributes: { owner: 'alice', readers: ['bob'], title: 'one' } },
  { type: 'document', id: 'd2', attributes: { owner: 'bob', parent: 'd1' } },
];

export function jsonLines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Writes the bundle to `policies` and the facts to `facts.jsonl` below a folder; what is changed of it, by file name. */
export function writeSmallBundle(
  folder: string,
  changed: Readonly<Record<string, string>> = {},
): { readonly policies: string; readonly facts: string } {
  const policies = join(folder, 'policies');
  mkdirSync(policies, { recursive: true });
  for (const [name, text] of Object.entries({ ...SMALL_BUNDLE, ...changed }))
    writeFileSync(join(policies, name), text);
  const facts = join(folder, 'facts.jsonl');
  writeFileSync(facts, jsonLines(SMALL_FACTS));
  return { policies, facts };
}
