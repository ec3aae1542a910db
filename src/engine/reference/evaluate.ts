import { RE2JS } from 're2js';
import { findBuiltin } from '../../dsl/builtins/registry.ts';
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  MemberExpression,
  QuantifierExpression,
} from '../../dsl/syntax/ast.ts';
import { BOOL, DURATION, FLOAT, INT, STRING, TIME, type Type } from '../../dsl/types/types.ts';
import {
  keyOf,
  type Outcome,
  type RecordValue,
  Reference,
  setOf,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
} from '../../dsl/types/values.ts';
import { recordOf, typeOf } from './declarations.ts';
import { fromText } from './default-value.ts';
import type { Order, Truth } from './operators.ts';
import * as operators from './operators.ts';
import type { Question, Typed } from './question.ts';
import { isSupplied, readAttribute } from './read-attribute.ts';

/** What a parameter of a `let` or the variable of a quantifier stands for. */
interface Binding {
  readonly read: () => Typed;
  readonly lacks: () => boolean;
}
/** What names mean at one place. */
export interface Scope {
  readonly question: Question;
  readonly bindings: ReadonlyMap<string, Binding>;
}

/** Whether a condition holds; without one it does. */
export function holds(condition: Expression | undefined, question: Question): Truth {
  return condition === undefined ? true : truth(condition, { question, bindings: new Map() });
}

/** The value of an expression, unknown where it is absent. */
export function value(expression: Expression, scope: Scope): Value | Unknown {
  return evaluate(expression, scope).outcome ?? UNKNOWN;
}

function truth(expression: Expression, scope: Scope): Truth {
  return value(expression, scope) as Truth;
}

function evaluate(expression: Expression, scope: Scope): Typed {
  switch (expression.kind) {
    case 'integerLiteral':
      return { outcome: expression.value, type: INT };
    case 'floatLiteral':
      return { outcome: expression.value, type: FLOAT };
    case 'stringLiteral':
      return { outcome: expression.value, type: STRING };
    case 'booleanLiteral':
      return { outcome: expression.value, type: BOOL };
    case 'durationLiteral':
      return { outcome: expression.milliseconds, type: DURATION };
    case 'listLiteral':
      return untyped(expression.items.map((item) => value(item, scope)));
    case 'setLiteral': {
      const items = expression.items.map((item) => value(item, scope));
      const known = items.filter((item): item is Value => item !== UNKNOWN);
      return untyped(setOf(known, known.length < items.length));
    }
    case 'recordLiteral':
      throw new Error('a condition holds no records');
    case 'nameExpression':
      return meaningOf(expression.name, scope);
    case 'memberExpression':
      return member(expression, scope);
    case 'indexExpression': {
      const map = evaluate(expression.object, scope);
      if (!(map.outcome instanceof ValueMap)) return { outcome: map.outcome, type: undefined };
      const key = value(expression.key, scope);
      const found = key === UNKNOWN ? UNKNOWN : map.outcome.values.get(keyOf(key));
      const outcome = found === undefined && map.outcome.partial ? UNKNOWN : found;
      return { outcome, type: map.type?.kind === 'map' ? map.type.value : undefined };
    }
    case 'callExpression':
      return call(expression, scope);
    case 'unaryExpression': {
      if (expression.operator === 'not') return untyped(operators.not(truth(expression.operand, scope)));
      const { outcome, type } = evaluate(expression.operand, scope);
      return { outcome: typeof outcome === 'number' ? -outcome : UNKNOWN, type };
    }
    case 'binaryExpression':
      return binary(expression, scope);
    case 'matchesExpression': {
      const text = value(expression.operand, scope);
      return untyped(text === UNKNOWN ? UNKNOWN : RE2JS.matches(expression.pattern.value, text as string));
    }
    case 'isExpression': {
      const reference = value(expression.operand, scope);
      return untyped(
        reference === UNKNOWN ? UNKNOWN : (reference as Reference).type === expression.type.text,
      );
    }
    case 'hasExpression': {
      if (lacks(expression.operand, scope)) return untyped(false);
      const { outcome } = evaluate(expression.operand, scope);
      return untyped(outcome === UNKNOWN ? UNKNOWN : outcome !== undefined);
    }
    case 'existsExpression':
      if (lacks(expression.operand, scope)) return untyped(false);
      return untyped(exists(evaluate(expression.operand, scope).outcome, scope.question));
    case 'quantifierExpression':
      return untyped(quantifier(expression, scope));
  }
}

function untyped(outcome: Outcome): Typed {
  return { outcome, type: undefined };
}

/** A bound name, a `let`, a variable; else it can only be a member of an enum, whose value is its name. */
function meaningOf(text: string, scope: Scope): Typed {
  const { question } = scope;
  const { declarations, request, circumstances, actions } = question;
  const bound = scope.bindings.get(text);
  if (bound !== undefined) return bound.read();
  const declared = declarations.lets.get(text);
  if (declared !== undefined) return evaluate(declared.value, { question, bindings: new Map() });
  switch (text) {
    case 'subject':
      return { outcome: request.subject, type: { kind: 'reference', entities: [request.subject.type] } };
    case 'resource':
      return { outcome: request.resource, type: { kind: 'reference', entities: [request.resource.type] } };
    case 'now':
      return { outcome: circumstances.world.now, type: TIME };
    case 'action': {
      const attributes = actions.flatMap((one) => one.attributes);
      return { outcome: request.actionAttributes, type: recordOf(attributes, declarations) };
    }
    case 'context': {
      const attributes = [...declarations.context, ...actions.flatMap((one) => one.context)];
      return { outcome: request.context, type: recordOf(attributes, declarations) };
    }
    default:
      return untyped(text);
  }
}

function member(expression: MemberExpression, scope: Scope): Typed {
  const { object } = expression;
  const text = expression.member.text;
  const { question } = scope;
  const { enums, lets } = question.declarations;
  if (object.kind === 'nameExpression' && !scope.bindings.has(object.name) && !lets.has(object.name)) {
    const isEnum = enums.has(object.name) || object.name === 'role';
    if (isEnum) return { outcome: text, type: { kind: 'enum', name: object.name } };
  }
  const { outcome, type } = evaluate(object, scope);
  if (outcome === undefined || outcome === UNKNOWN) return untyped(outcome);
  if (outcome instanceof Reference) {
    return text === 'id' ? { outcome: outcome.id, type: STRING } : readAttribute(question, outcome, text);
  }
  const declared = type?.kind === 'record' ? type.attributes.get(text) : undefined;
  if (declared === undefined) return untyped(undefined);
  const read = (outcome as RecordValue)[text];
  return { outcome: read === undefined && !declared.optional ? UNKNOWN : read, type: declared.type };
}

/** A `let` with parameters (expanded in place, so that arguments are read where the parameter stands), a literal, or a builtin. */
function call(expression: CallExpression, scope: Scope): Typed {
  const { callee } = expression;
  const { question } = scope;
  const { declarations, circumstances, request } = question;
  if (callee.kind === 'nameExpression') {
    const declared = declarations.lets.get(callee.name);
    if (declared !== undefined) {
      const bindings = new Map<string, Binding>();
      for (const [index, parameter] of (declared.parameters ?? []).entries()) {
        const argument = expression.arguments[index] as Expression;
        const type = typeOf(parameter.type, declarations);
        bindings.set(parameter.name.text, {
          read: () => ({ outcome: evaluate(argument, scope).outcome, type }),
          lacks: () => lacks(argument, scope),
        });
      }
      return evaluate(declared.value, { question, bindings });
    }
    const [literal] = expression.arguments;
    if (literal?.kind !== 'stringLiteral') throw new Error(`${callee.name} takes a string`);
    const type: Type = declarations.entities.has(callee.name)
      ? { kind: 'reference', entities: [callee.name] }
      : ({ kind: callee.name } as Type);
    return { outcome: fromText(literal.value, type, declarations), type };
  }
  const builtin = findBuiltin(dotted(callee));
  if (builtin === undefined) throw new Error(`no builtin ${dotted(callee)}`);
  const values = expression.arguments.map((argument) => value(argument, scope));
  const known = values.filter((one): one is Value => operators.isWhole(one));
  if (known.length < values.length) return { outcome: UNKNOWN, type: builtin.returns };
  const { world } = circumstances;
  if (builtin.evaluate !== undefined)
    return { outcome: builtin.evaluate(known, world), type: builtin.returns };
  const { subject, resource, action } = request;
  try {
    const outcome = world.sources[builtin.name]?.(known, { now: world.now, subject, resource, action });
    return { outcome, type: builtin.returns };
  } catch {
    return { outcome: UNKNOWN, type: builtin.returns };
  }
}

function dotted(callee: Expression): string {
  if (callee.kind === 'nameExpression') return callee.name;
  if (callee.kind === 'memberExpression') return `${dotted(callee.object)}.${callee.member.text}`;
  throw new Error('what is called is a name');
}

function binary(expression: BinaryExpression, scope: Scope): Typed {
  const { operator } = expression;
  // The right side of these may read what only the left side makes sure of: look at it only when it matters.
  if (operator === 'and' || operator === 'or' || operator === 'implies') {
    const left = truth(expression.left, scope);
    if (operator === 'or')
      return untyped(left === true || operators.or(left, truth(expression.right, scope)));
    if (left === false) return untyped(operator === 'implies');
    const right = truth(expression.right, scope);
    return untyped(
      operator === 'and' ? operators.and(left, right) : operators.or(operators.not(left), right),
    );
  }
  const risk = riskComparison(expression, scope);
  if (risk !== undefined) return untyped(risk);
  const left = evaluate(expression.left, scope);
  const right = evaluate(expression.right, scope);
  const a = left.outcome ?? UNKNOWN;
  const b = right.outcome ?? UNKNOWN;
  if (a === UNKNOWN || b === UNKNOWN) return untyped(UNKNOWN);
  switch (operator) {
    case '==':
      return untyped(operators.equal(a, b));
    case '!=':
      return untyped(!operators.equal(a, b));
    case 'in':
      return untyped(operators.contains(b, a));
    case 'contains':
      return untyped(operators.contains(a, b));
    case 'contains any':
      return untyped(operators.containsAny(a, b));
    case 'contains all':
      return untyped(operators.containsAll(a, b));
    case '+':
    case '-':
    case '*': {
      const type =
        left.type?.kind === 'float' ? left.type : right.type?.kind === 'float' ? right.type : undefined;
      return { outcome: operators.arithmetic(operator, a as number, b as number, type), type };
    }
    default: {
      const rank = rankOf(left.type, right.type, scope.question);
      return untyped(compare(operator, rank(a), rank(b)));
    }
  }
}

function compare(operator: Order, a: number | string | Unknown, b: number | string | Unknown): Truth {
  return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : operators.ordered(operator, a, b);
}

/** How to compare: members of an enum by their place in its declaration, all else as it is. */
function rankOf(left: Type | undefined, right: Type | undefined, question: Question) {
  const type = left?.kind === 'enum' ? left : right?.kind === 'enum' ? right : undefined;
  const members = type === undefined ? undefined : question.declarations.enums.get(type.name)?.members;
  return (one: Value): number | string | Unknown => {
    if (members === undefined) return one as number | string;
    const rank = members.findIndex((candidate) => candidate.name.text === one);
    return rank < 0 ? UNKNOWN : rank;
  };
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function riskComparison(expression: BinaryExpression, scope: Scope): Truth | undefined {
  const { left, right, operator } = expression;
  const isRisk = (one: Expression): boolean =>
    one.kind === 'nameExpression' && one.name === 'risk' && !scope.bindings.has('risk');
  if (!isRisk(left) && !isRisk(right)) return undefined;
  const threshold = value(isRisk(left) ? right : left, scope);
  if (threshold === UNKNOWN) return UNKNOWN;
  const { low, high } = scope.question.risk();
  const direct = isRisk(left) ? operator : (MIRRORED[operator] ?? operator);
  return operators.compareRisk(direct, low, high, threshold as number);
}

/** Whether a path that `has` or `exists` asks for reads an attribute that the type does not have: the answer is then false. */
function lacks(path: Expression, scope: Scope): boolean {
  const { question } = scope;
  const { entities, lets } = question.declarations;
  switch (path.kind) {
    case 'nameExpression': {
      const declared = lets.get(path.name);
      const bound = scope.bindings.get(path.name);
      if (bound !== undefined) return bound.lacks();
      return declared !== undefined && lacks(declared.value, { question, bindings: new Map() });
    }
    case 'memberExpression': {
      if (lacks(path.object, scope)) return true;
      const { type } = evaluate(path.object, scope);
      const name = path.member.text;
      if (type?.kind !== 'reference' || name === 'id') return false;
      return type.entities.every(
        (one) => !entities.get(one)?.attributes.some((attribute) => attribute.name.text === name),
      );
    }
    case 'indexExpression':
      return lacks(path.object, scope) || lacks(path.key, scope);
    case 'callExpression':
      return path.arguments.some((argument) => lacks(argument, scope));
    default:
      return false;
  }
}

/** False only when the store says so, or when there is no reference; no store speaks for what a request supplies. */
function exists(outcome: Outcome, question: Question): Truth {
  if (outcome === undefined) return false;
  if (outcome === UNKNOWN) return UNKNOWN;
  const reference = outcome as Reference;
  const { declarations, facts } = question;
  if (declarations.entities.get(reference.type)?.storage.kind === 'suppliedStorage') {
    return isSupplied(question, reference) || UNKNOWN;
  }
  const record = facts.record(reference.type, reference.id);
  return record === undefined ? UNKNOWN : record !== null;
}

/** The folds of `and` and `or`; what a partial set or map may hold besides might be anything. */
function quantifier(expression: QuantifierExpression, scope: Scope): Truth {
  const { outcome, type } = evaluate(expression.collection, scope);
  if (outcome === undefined || outcome === UNKNOWN) return UNKNOWN;
  const judge = (element: Outcome): Truth => {
    const bindings = new Map(scope.bindings);
    bindings.set(expression.variable.text, {
      read: () => ({ outcome: element, type: elementType(type) }),
      lacks: () => false,
    });
    return truth(expression.body, { ...scope, bindings });
  };
  const isList = Array.isArray(outcome);
  const { known, partial } = operators.elementsOf(outcome);
  const results = isList ? (outcome as readonly Outcome[]).map(judge) : known.map(judge);
  if (partial && !isList) results.push(UNKNOWN);
  return expression.quantifier === 'any'
    ? results.reduce(operators.or, false)
    : results.reduce(operators.and, true);
}

function elementType(type: Type | undefined): Type | undefined {
  if (type?.kind === 'map') return type.key;
  return type?.kind === 'set' || type?.kind === 'list' ? type.element : undefined;
}
