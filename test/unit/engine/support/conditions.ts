import { expect } from 'chai';
import { type Asking, decide, engineOf, explain } from './ask.ts';

/** A schema on which conditions of every kind can be written. */
export const SCHEMA = `
enum level ordered { low, mid, high }
enum kind { image, video, audio }
entity user from table users {
  status: kind
  age: int
  nick: string?
  level: level
  tags: set<string> = {}
  team: team?
  boss: user?
  bosses: set<user> = closure(boss, depth 2)
  groups: set<group> = {}
  all_groups: set<group> = closure(groups then parents, depth 2)
  ranks: map<team, level> = {}
  seen_at: time?
  supplied device: string?
  supplied or stored locale: string?
  live score: int?
}
entity team from table teams { name: string, owner: user? }
entity group stored { parents: set<group> = {} }
entity badge supplied { name: string, color: string? }
entity doc from table docs {
  owner: user
  kind: kind
  title: string?
  size: int
  editors: list<user> = []
  holder: user | team?
  readers: set<user> = {}
  open: bool
  labels: list<string> = []
}
context {
  ip: ip?
  at: time?
  span: duration?
  text: string?
  number: int?
  ratio: float?
  flag: bool?
  badge: badge?
  network: cidr?
  detail: { size: int, note: string? }?
}
action read on doc by user
require access
`;

/** The engine whose one permit has this condition. */
export function conditionEngine(condition: string) {
  return engineOf(
    SCHEMA,
    `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`,
  );
}

const ANN = { status: 'image', age: 30, level: 'mid' };
const DOC = { owner: 'ann', kind: 'video', size: 5, open: true };

/** What a condition comes to, as the explaining variant says; the deciding variant must agree. */
export function outcomeOf(condition: string, asking: Asking = {}): 'true' | 'false' | 'unknown' {
  const engine = conditionEngine(condition);
  const facts = { 'user:ann': ANN, 'doc:d': DOC, ...asking.facts };
  for (const key of ['user:ann', 'doc:d'] as const) {
    const given = asking.facts?.[key];
    if (typeof given === 'object' && given !== null)
      facts[key] = { ...(key === 'user:ann' ? ANN : DOC), ...given } as never;
  }
  const whole = { ...asking, facts };
  const [rule] = explain(engine, whole).layers[0]?.rules ?? [];
  if (rule === undefined) throw new Error('the rule does not cover the question');
  expect(decide(engine, whole).permitted, 'deciding agrees with explaining').to.equal(
    rule.outcome === 'true',
  );
  return rule.outcome;
}
