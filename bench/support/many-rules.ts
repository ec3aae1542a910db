import { SourceText } from '../../src/dsl/source/source-text.ts';

/**
 * How rules share literals as they become more. `constant`: a unit that is named has as many rules as before, so more
 * units are named. `growing`: the units stay, so each has more rules.
 */
export type Shape = 'constant' | 'growing';

export const ROLES = ['author', 'reviewer', 'printer', 'auditor', 'guest', 'manager', 'intern', 'partner'];
export const SHELVES = 16;
/** So many rules name the same unit where their number is constant. */
const RULES_PER_UNIT = 5;
/** So many units there are where the rules of each grow. */
const UNITS = 16;
/** One rule of so many is a forbid. */
const FORBID_EVERY = 5;
/** What most documents are, and what none should be. */
export const SMALL = 50;
export const HUGE = 2_000_000;

const SCHEMA = `
entity user from table users { unit: string, roles: set<role> }
entity doc from table docs { owner: user, shelf: string, size: int }
action read on doc by user
require access
let small = resource.size <= 99
let huge = resource.size > 1000000
`;

/** A bundle of one layer with so many rules; each names a unit of subjects, and a role or a shelf of documents. */
export function manyRules(count: number, shape: Shape): readonly SourceText[] {
  const roles = ROLES.map((role) => `role ${role} {}`);
  const rules = Array.from({ length: count }, (_, index) => ruleOf(index, unitOf(index, count, shape)));
  const layer = ['layer 1 main version 1 grants access', ...roles, ...rules].join('\n');
  return [new SourceText('schema.velro', SCHEMA), new SourceText('1-main.velro', `${layer}\n`)];
}

/** The unit that a rule names. */
export function unitOf(rule: number, count: number, shape: Shape): string {
  const units = shape === 'growing' ? UNITS : Math.max(1, Math.floor(count / RULES_PER_UNIT));
  return `u${rule % units}`;
}

export function shelfOf(rule: number): string {
  return `s${Math.floor(rule / UNITS) % SHELVES}`;
}

export function roleOf(rule: number): string {
  return ROLES[Math.floor(rule / UNITS) % ROLES.length] ?? '';
}

function ruleOf(index: number, unit: string): string {
  const where =
    index % 2 === 0 ? `resource.shelf == "${shelfOf(index)}"` : `subject.roles contains ${roleOf(index)}`;
  const [effect, size] = index % FORBID_EVERY === 0 ? ['forbid', 'huge'] : ['permit', 'small'];
  return `${effect} r${index}: read on doc when subject.unit == "${unit}" and ${where} and ${size}`;
}
