import type { Builtin, ParameterType } from '../../builtins/builtin.ts';
import { BUILTINS, findBuiltin } from '../../builtins/registry.ts';
import type { CallExpression, Expression } from '../../syntax/ast.ts';
import { showType, type Type } from '../../types/types.ts';
import type { Value } from '../../types/values.ts';
import type { CheckedExpression } from '../checked.ts';
import { isTextKind, parseScalar } from '../parse-scalar.ts';
import { ValueReader } from '../read-value.ts';
import { constant } from './elaborate-literals.ts';
import { showBound } from './elaborate-names.ts';
import { type Elaboration, MISSING, type Missing, type Scope } from './elaboration.ts';
import { mismatch } from './fits.ts';

/** A builtin, a `let` with parameters, or a literal such as `ip("…")` or `user("alice")`. */
export function elaborateCall(
  e: Elaboration,
  written: CallExpression,
  scope: Scope,
  asked: boolean,
): CheckedExpression | Missing | undefined {
  const name = dottedName(written.callee);
  if (name === undefined) {
    e.report('unknownFunction', written.callee.span, { name: '…' });
    return undefined;
  }
  const isLet = e.letNamed(name) !== undefined;
  const isEntity = e.schema.entities.has(name);
  const isLiteral = isEntity || isTextKind(name as Type['kind']);
  if (isLet && isLiteral) {
    e.report('ambiguousName', written.callee.span, {
      name,
      first: `the \`let\` \`${name}\``,
      second: `a literal of type \`${name}\``,
      help: 'rename the `let`',
    });
    return undefined;
  }
  if (isLet) return callLet(e, name, written, scope);
  if (isLiteral) return elaborateConstructor(e, name, isEntity, written);
  const builtin = findBuiltin(name);
  if (builtin === undefined) {
    const known = [...BUILTINS.map((one) => one.name), ...e.letNames(), ...e.schema.entities.keys()];
    e.report('unknownFunction', written.callee.span, { name, suggestion: e.nearest(name, known) });
    return undefined;
  }
  const family = name.slice(0, name.indexOf('.'));
  const bound = e.bindingOf(family, scope);
  if (bound !== undefined) {
    e.report('ambiguousName', written.callee.span, {
      name: family,
      first: showBound(bound, family),
      second: `the family of \`${name}\``,
      help: 'rename the former',
    });
    return undefined;
  }
  return callBuiltin(e, builtin, written, scope, asked);
}

/** `uuid.version` of a callee that is nothing but names. */
export function dottedName(callee: Expression): string | undefined {
  if (callee.kind === 'nameExpression') return callee.name;
  if (callee.kind !== 'memberExpression') return undefined;
  const object = dottedName(callee.object);
  return object === undefined ? undefined : `${object}.${callee.member.text}`;
}

function callLet(
  e: Elaboration,
  name: string,
  written: CallExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const declaration = e.letNamed(name);
  const parameters = declaration?.parameters;
  if (declaration === undefined) return undefined;
  if (parameters === undefined) {
    e.report('calledLet', written.span, { name, takes: 0 });
    return undefined;
  }
  if (!hasCount(e, name, parameters.length, written)) return undefined;
  const args: CheckedExpression[] = [];
  for (const [index, argument] of written.arguments.entries()) {
    const type = e.parameterType(declaration, index);
    if (type === undefined) continue;
    const checked = e.elaborate(argument, scope, type);
    if (checked !== undefined && !mismatch(e, checked, type, argument)) args.push(checked);
  }
  return args.length < parameters.length ? undefined : e.expandLet(name, written, scope, args);
}

/** `ip("…")`, `cidr("…")`, `time("…")`, `uuid("…")`, `duration("…")`, `user("alice")`. */
function elaborateConstructor(
  e: Elaboration,
  name: string,
  isEntity: boolean,
  written: CallExpression,
): CheckedExpression | undefined {
  if (!hasCount(e, name, 1, written)) return undefined;
  const [argument] = written.arguments;
  if (argument === undefined) return undefined;
  if (argument.kind !== 'stringLiteral') {
    const found = 'something else';
    e.report('typeMismatch', argument.span, {
      expected: `a string in quotes, since \`${name}(…)\` is a literal`,
      found,
    });
    return undefined;
  }
  if (isEntity) {
    const reference = new ValueReader(e.schema, e, undefined).literalReference(
      argument,
      name,
      argument.value,
    );
    return reference && constant(written, { kind: 'reference', entities: [name] }, reference);
  }
  if (!isTextKind(name as Type['kind'])) return undefined;
  const kind = name as 'ip';
  const parsed = parseScalar(kind, argument.value);
  if ('value' in parsed) return constant(written, { kind }, parsed.value);
  e.report('badLiteral', argument.span, { type: name, reason: parsed.problem });
  return undefined;
}

function callBuiltin(
  e: Elaboration,
  builtin: Builtin,
  written: CallExpression,
  scope: Scope,
  asked: boolean,
): CheckedExpression | Missing | undefined {
  if (!hasCount(e, builtin.name, builtin.parameters.length, written)) return undefined;
  const args: CheckedExpression[] = [];
  let isMissing = false;
  for (const [index, argument] of written.arguments.entries()) {
    const parameter = builtin.parameters[index];
    if (parameter === undefined) continue;
    const { type } = parameter;
    const expected = isShape(type) ? undefined : type;
    const checked = asked
      ? e.elaboratePath(argument, scope, expected)
      : e.elaborate(argument, scope, expected);
    if (checked === MISSING) isMissing = true;
    else if (checked !== undefined && !misfits(e, checked, type, argument)) args.push(checked);
  }
  if (isMissing) return MISSING;
  if (args.length < builtin.parameters.length) return undefined;
  const literals = args.map((one): Value | undefined => (one.kind === 'constant' ? one.value : undefined));
  for (const index of builtin.literals ?? []) {
    if (literals[index] !== undefined) continue;
    const reason = `\`${builtin.parameters[index]?.name ?? index}\` must be a literal`;
    e.report('badArgument', (written.arguments[index] ?? written).span, { name: builtin.name, reason });
    return undefined;
  }
  const problem = builtin.checkLiterals?.(literals);
  if (problem !== undefined) {
    e.report('badArgument', written.span, { name: builtin.name, reason: problem });
    return undefined;
  }
  return { kind: 'call', type: builtin.returns, node: written, builtin, arguments: args };
}

function isShape(
  type: ParameterType,
): type is { readonly kind: 'anyCollection' } | { readonly kind: 'anySet' } {
  return type.kind === 'anyCollection' || type.kind === 'anySet';
}

function misfits(
  e: Elaboration,
  checked: CheckedExpression,
  wanted: ParameterType,
  written: Expression,
): boolean {
  if (!isShape(wanted)) return mismatch(e, checked, wanted, written);
  const { kind } = checked.type;
  if (kind === 'set' || (wanted.kind === 'anyCollection' && (kind === 'list' || kind === 'map')))
    return false;
  e.report('typeMismatch', written.span, {
    expected: wanted.kind === 'anySet' ? 'a set' : 'a set, a list or a map',
    found: `a value of type \`${showType(checked.type)}\``,
  });
  return true;
}

function hasCount(e: Elaboration, name: string, expected: number, written: CallExpression): boolean {
  const found = written.arguments.length;
  if (found !== expected) e.report('wrongArgumentCount', written.span, { name, expected, found });
  return found === expected;
}
