import type {
  ActionDeclaration,
  Expression,
  Grant,
  LimitDeclaration,
  Name,
  RoleDeclaration,
  RuleDeclaration,
  Scope,
  SourceFile,
} from '../../dsl/syntax/ast.ts';
import { ROLE_ENUM } from '../../dsl/types/types.ts';
import { type Reference, UNKNOWN, type Value } from '../../dsl/types/values.ts';
import type { FactView } from '../decide/facts.ts';
import type { Circumstances, PreparedRequest, Risk, RuleName, VerdictCode } from '../decide/types.ts';
import { collectDeclarations, type Declarations, type Layer, typeOf } from './declarations.ts';
import { holds, value } from './evaluate.ts';
import { and, contains, not, or, type Truth } from './operators.ts';
import type { Question } from './question.ts';
import { readAttribute } from './read-attribute.ts';

/** What the interpreter says: the verdict, and what a denial names. */
export interface ReferenceVerdict {
  readonly permitted: boolean;
  readonly code: VerdictCode;
  readonly cause?: RuleName;
  readonly claim?: string;
  readonly grants: readonly { readonly claim: string }[];
}

/** A bundle as its text says it, decided by reading it. */
export interface ReferenceInterpreter {
  decide(request: PreparedRequest, facts: FactView, circumstances: Circumstances): ReferenceVerdict;
  /**
   * What each condition that bears on the question yields, whatever the verdict: rules, limits (true when they stop the
   * request) and grants as `layer.rule`, overrides as `override name`, signals as `signal name`.
   */
  outcomes(
    request: PreparedRequest,
    facts: FactView,
    circumstances: Circumstances,
  ): ReadonlyMap<string, Truth>;
}

/**
 * The interpreter of the language page: slow, short, and with nothing in common with the compiled path, so that each
 * can be tested against the other. The files must be those of a bundle that was checked without errors.
 */
export function createReference(files: readonly SourceFile[]): ReferenceInterpreter {
  const declarations = collectDeclarations(files);
  const ask = (
    request: PreparedRequest,
    facts: FactView,
    circumstances: Circumstances,
  ): Question | undefined => {
    const actions = actionsOf(declarations, request);
    if (actions.length === 0) return undefined;
    const isNew = actions.some((one) => one.isNew);
    const risk = (): Risk => circumstances.live.risk ?? riskOf(question);
    const question: Question = { declarations, request, facts, circumstances, actions, isNew, risk };
    return question;
  };
  return {
    decide: (...asked) => {
      const question = ask(...asked);
      if (question === undefined) return denied('unknown_action');
      return beforeRules(question) ?? byRules(question);
    },
    outcomes: (...asked) => {
      const question = ask(...asked);
      return question === undefined ? new Map() : new Map(outcomesOf(question));
    },
  };
}

function denied(code: VerdictCode, because: { cause?: RuleName; claim?: string } = {}): ReferenceVerdict {
  return { permitted: false, code, grants: [], ...because };
}

/** The declarations that cover what is asked. */
function actionsOf(
  { actions }: Declarations,
  { action, resource, subject }: PreparedRequest,
): ActionDeclaration[] {
  const names = (list: readonly { readonly text: string }[], one: string) =>
    list.some(({ text }) => text === one);
  return actions.filter(
    (one) =>
      names(
        one.actions.map(({ name }) => name),
        action,
      ) &&
      names(one.resources, resource.type) &&
      names(one.subjects, subject.type),
  );
}

function beforeRules(question: Question): ReferenceVerdict | undefined {
  const { subject, resource } = question.request;
  if (recordOf(question, subject) === null) return denied('unknown_subject');
  const record = recordOf(question, resource);
  if (question.isNew) return record === null || record === undefined ? undefined : denied('resource_exists');
  return record === null ? denied('unknown_resource') : undefined;
}

/** The record in the store; `undefined` also for what the store does not keep. */
function recordOf({ declarations, facts }: Question, reference: Reference) {
  const storage = declarations.entities.get(reference.type)?.storage.kind;
  return storage === 'suppliedStorage' ? undefined : facts.record(reference.type, reference.id);
}

function isUnavailable(question: Question, reference: Reference): boolean {
  const storage = question.declarations.entities.get(reference.type)?.storage.kind;
  return storage !== 'suppliedStorage' && recordOf(question, reference) === undefined;
}

/** By name, what every condition yields that is about the question. */
function* outcomesOf(question: Question): Generator<[string, Truth]> {
  const { layers } = question.declarations;
  for (const { declaration, items } of layers) {
    const layer = declaration.name.text;
    for (const one of items) {
      if (one.kind === 'rule' || one.kind === 'mode') {
        for (const rule of one.kind === 'rule' ? [one] : one.rules) {
          const isCovered = rule.effect === 'permit' ? coversPermit : covers;
          if (isCovered(rule.scope, question))
            yield [`${layer}.${rule.name.text}`, conditionOf(rule, question)];
        }
      } else if (one.kind === 'role') {
        for (const [index, grant] of one.grants.entries()) {
          const name = `${layer}.role:${one.name.text}${index === 0 ? '' : `#${index + 1}`}`;
          if (coversPermit(grant.scope, question)) yield [name, grantOf(one, grant, question)];
        }
      } else if (one.kind === 'override') {
        const name = `override ${one.name.text}`;
        if (coversPermit(one.scope, question)) yield [name, holds(one.condition, question)];
      } else if (one.kind === 'signal') {
        if (covers(one.scope, question)) yield [`signal ${one.name.text}`, holds(one.condition, question)];
      } else if (one.kind === 'limit' && covers(one.scope, question)) {
        yield [`${layer}.${one.name.text}`, limits(one, question)];
      }
    }
  }
}

/** No rule of any layer forbids, and every required claim is established. */
function byRules(question: Question): ReferenceVerdict {
  const { claims, layers } = question.declarations;
  for (const layer of layers) {
    const forbidden = firstForbid(layer, question);
    if (forbidden !== undefined) return forbidden;
  }
  const established = new Set<string>(layers.flatMap((layer) => claimsOf(layer, question)));
  const open = claims.find((claim) => !established.has(claim));
  if (open !== undefined) return denied('claim_missing', { claim: open });
  // Whether they exist at all could not be found out: what is unknown never grants.
  const { subject, resource } = question.request;
  if ([subject, resource].some((one) => isUnavailable(question, one))) return denied('facts_unavailable');
  return { permitted: true, code: 'permitted', grants: claims.map((claim) => ({ claim })) };
}

/** The denial by the first forbidding rule or limit of a layer, in the order of the text. */
function firstForbid(layer: Layer, question: Question): ReferenceVerdict | undefined {
  const { live } = question.circumstances;
  for (const one of layer.items) {
    const cause = (name: string): RuleName => ({ layer: layer.declaration.name.text, rule: name });
    if (one.kind === 'limit' && limits(one, question)) {
      return denied('limit_exceeded', { cause: cause(one.name.text) });
    }
    const modeRules = one.kind === 'mode' && live.modes.has(one.name.text) ? one.rules : [];
    for (const rule of one.kind === 'rule' ? [one] : modeRules) {
      const forbids =
        rule.effect === 'forbid' && covers(rule.scope, question) && conditionOf(rule, question) !== false;
      if (forbids) return denied('forbidden', { cause: cause(rule.name.text) });
    }
  }
  return undefined;
}

/** The claims that a layer's permits, roles and active overrides establish. */
function claimsOf(layer: Layer, question: Question): string[] {
  const { grants } = layer.declaration;
  const granted = grants === undefined ? [] : [grants.text];
  return layer.items.flatMap((one) => {
    switch (one.kind) {
      case 'rule': {
        const permits =
          one.effect === 'permit' && coversPermit(one.scope, question) && conditionOf(one, question) === true;
        return permits ? granted : [];
      }
      case 'role':
        return one.grants.some(
          (grant) => coversPermit(grant.scope, question) && grantOf(one, grant, question) === true,
        )
          ? granted
          : [];
      case 'override': {
        const isActive = question.circumstances.live.overrides.has(one.name.text);
        const counts =
          isActive && coversPermit(one.scope, question) && holds(one.condition, question) === true;
        return counts ? one.waives.map((claim) => claim.text) : [];
      }
      default:
        return [];
    }
  });
}

function conditionOf({ when, unless }: RuleDeclaration, question: Question): Truth {
  const condition = holds(when, question);
  return unless === undefined ? condition : and(condition, not(holds(unless, question)));
}

function grantOf(role: RoleDeclaration, grant: Grant, question: Question): Truth {
  return and(held(role, question), holds(grant.condition, question));
}

/** Whether the subject holds a role: by itself, or by a role that extends it. */
function held(role: RoleDeclaration, question: Question): Truth {
  const { roles } = question.declarations;
  const heirs = [...roles.values()].filter((one) => one.extends.some((name) => name.text === role.name.text));
  return heirs.map((heir) => held(heir, question)).reduce(or, own(role, question));
}

function own(role: RoleDeclaration, question: Question): Truth {
  if (role.condition !== undefined) return holds(role.condition, question);
  const { declarations, request } = question;
  const roles = declarations.entities
    .get(request.subject.type)
    ?.attributes.find((attribute) => attribute.name.text === 'roles');
  const type = roles === undefined ? undefined : typeOf(roles.type, declarations);
  const hasRoles = type?.kind === 'set' && type.element.kind === 'enum' && type.element.name === ROLE_ENUM;
  if (!hasRoles) return false;
  const { outcome } = readAttribute(question, request.subject, 'roles');
  return outcome === undefined || outcome === UNKNOWN ? UNKNOWN : contains(outcome, role.name.text);
}

/** Whether a limit stops the request: when nothing is left, or when it cannot be told what to count. */
function limits(limit: LimitDeclaration, question: Question): boolean {
  if (!covers(limit.scope, question)) return false;
  const read = (expression: Expression): Value | typeof UNKNOWN =>
    value(expression, { question, bindings: new Map() });
  if (limit.rate.kind === 'rateTable') {
    const member = read(limit.rate.selector);
    if (member === UNKNOWN) return true;
    if (!limit.rate.entries.some((entry) => entry.member.text === member)) return false;
  }
  return (
    limit.keys.some((key) => read(key) === UNKNOWN) ||
    question.circumstances.live.exhausted.has(limit.name.text)
  );
}

/** Signals that are true count at both ends, unknown ones at the upper end only. */
function riskOf(question: Question): Risk {
  let low = 0;
  let high = 0;
  for (const one of question.declarations.all) {
    if (one.kind !== 'signal' || !covers(one.scope, question)) continue;
    const outcome = holds(one.condition, question);
    if (outcome === true) low += one.weight;
    if (outcome !== false) high += one.weight;
  }
  return { low: Math.min(low, 100), high: Math.min(high, 100) };
}

function covers({ actions, resources, subjects }: Scope, { declarations, request }: Question): boolean {
  const isNamed = (list: readonly { readonly text: string }[] | 'any' | undefined, name: string): boolean =>
    list === 'any' || list === undefined || list.some(({ text }) => text === name);
  const named =
    actions === 'any' ? 'any' : actions.flatMap((one) => [one, ...membersOf(one.text, declarations)]);
  return (
    isNamed(named, request.action) &&
    isNamed(resources, request.resource.type) &&
    isNamed(subjects, request.subject.type)
  );
}

/** The names in a set of actions, and those in the sets within it. */
function membersOf(set: string, declarations: Declarations): Name[] {
  const members = declarations.actionSets.get(set)?.actions ?? [];
  return members.flatMap((one) => [one, ...membersOf(one.text, declarations)]);
}

/** What grants covers an action on something that does not exist yet only by its name. */
function coversPermit(scope: Scope, question: Question): boolean {
  return covers(scope, question) && !(question.isNew && scope.actions === 'any');
}
