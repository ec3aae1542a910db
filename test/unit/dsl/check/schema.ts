import type { CheckedBundle, CheckedRule } from '../../../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../../../src/dsl/check/checked.ts';
import { checkText, tryCheckText } from '../../../support/load.ts';

/** Types with all that is subtle: optional references, unions, maps, live and supplied attributes. */
const SCHEMA = `
enum visibility { private, shared, public }
enum level ordered { low, middle, high }
enum phase { high, done }
entity user stored {
  active: bool
  nick: string?
  roles: set<role>
  teams: map<team, level>
  manager: user?
  tags: set<string>?
  scores: list<float>
  live last_seen: { ip: ip, at: time, country: string? }
}
entity robot supplied { name: string, key: string? }
entity team stored { lead: user, parent: team? }
entity document stored {
  owner: user | robot
  author: user
  team: team?
  visibility: visibility
  phase: phase
  level: level
  pages: int
  rating: float
  note: string?
  readers: set<user>
  at: time
}
entity folder stored { author: user, label: string }
context { ip: ip, agent: string?, session: { started_at: time, mfa_at: time? } }
action read, update, delete on document, folder by user
action read on document by robot { fast: bool?, context { reason: string? } }
action create on document by user new
actions writing { update, delete, create }
require access
`;

const LAYER = 'layer 1 rules version 1 grants access\n';

/** The codes of all findings of a layer (its declarations) over SCHEMA, in the order of the text. */
export function codesOf(declarations: string): string[] {
  return tryCheckText({ 'a-schema.velro': SCHEMA, 'b-layer.velro': LAYER + declarations }).diagnostics.map(
    (one) => one.code,
  );
}

/** The findings of a layer as `message; help`. */
export function messagesOf(declarations: string): string[] {
  return tryCheckText({ 'a-schema.velro': SCHEMA, 'b-layer.velro': LAYER + declarations }).diagnostics.map(
    ({ message, help }) => (help === undefined ? message : `${message}; ${help}`),
  );
}

/** The codes of findings in one condition of a permit of users. */
export function codesOfPermit(condition: string, scope = 'read on document by user'): string[] {
  return codesOf(`permit p: ${scope} when ${condition}`).filter((code) => !code.startsWith('VEL4'));
}

export function codesOfForbid(condition: string, scope = 'read on document by user'): string[] {
  return codesOf(`forbid f: ${scope} when ${condition}`).filter((code) => !code.startsWith('VEL4'));
}

export function bundleOf(declarations: string): CheckedBundle {
  return checkText({ 'a-schema.velro': SCHEMA, 'b-layer.velro': LAYER + declarations });
}

/** A rule by name. */
export function ruleOf(bundle: CheckedBundle, name: string): CheckedRule {
  const rule = bundle.layers.flatMap((layer) => layer.rules).find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule;
}

/** The condition of a permit for users on documents. */
export function conditionOf(condition: string): CheckedExpression | undefined {
  return ruleOf(bundleOf(`permit p: read on document by user when ${condition}`), 'p').cases[0]?.condition;
}

/** The triples that a rule covers, as `action resource subject`. */
export function coverageOf(bundle: CheckedBundle, name: string): string[] {
  return ruleOf(bundle, name)
    .cases.flatMap((one) =>
      one.triples.map((triple) => `${triple.action} ${triple.resource} ${triple.subject}`),
    )
    .toSorted();
}
