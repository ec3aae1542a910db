import { BUILTINS, findBuiltin } from '../../builtins/registry.ts';
import type { GivenBuiltin, GivenState, TestMissing } from '../../syntax/ast.ts';
import type { AttributeInfo } from '../../types/schema.ts';
import type { Type } from '../../types/types.ts';
import { UNKNOWN, type Value } from '../../types/values.ts';
import { dottedName } from '../elaborate/elaborate-calls.ts';
import { DEPENDENCIES } from '../emergency.ts';
import type { Findings } from '../findings.ts';
import type { ValueReader } from '../read-value.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';
import type { GivenCall } from '../tests.ts';
import type { TestWorld } from './test-world.ts';

/** Of more names than these, a message lists none. */
const MAXIMUM_LISTED = 8;

/** Adds a mode, override, limit or dependency that a test is given. */
export function addState(
  state: GivenState,
  into: { modes: string[]; overrides: string[]; limits: string[]; losses: string[] },
  world: TestWorld,
  findings: Findings,
): void {
  const name = state.name.text;
  const add = (list: string[], known: Iterable<string>, what: string): void => {
    const names = [...known];
    if (names.includes(name)) {
      if (!list.includes(name)) list.push(name);
      return;
    }
    findings.report('unknownDeclaration', state.name.span, {
      what,
      name,
      suggestion: findings.nearest(name, names),
      all: names.length <= MAXIMUM_LISTED ? names : [],
    });
  };
  switch (state.of) {
    case 'mode':
      return add(into.modes, world.modes.keys(), 'mode');
    case 'override':
      return add(into.overrides, world.overrides.keys(), 'override');
    case 'limit':
      return add(into.limits, world.limits.keys(), 'limit');
    case 'loss':
      return add(into.losses, DEPENDENCIES, 'dependency');
  }
}

/** What a test says of a builtin that needs the world; undefined after a report. */
export function checkCall(
  given: GivenBuiltin,
  reader: ValueReader,
  findings: Findings,
): GivenCall | undefined {
  const { call, outcome } = given;
  const name = call.kind === 'callExpression' ? dottedName(call.callee) : undefined;
  const builtin = name === undefined ? undefined : findBuiltin(name);
  if (call.kind !== 'callExpression' || name === undefined || builtin === undefined) {
    const world = BUILTINS.filter((one) => one.evaluate === undefined).map((one) => one.name);
    const suggestion = findings.nearest(name ?? '', world);
    findings.report('unknownFunction', call.span, { name: name ?? '…', suggestion });
    return undefined;
  }
  if (builtin.evaluate !== undefined) {
    const reason = `\`${name}\` needs nothing but its arguments, so a test cannot say otherwise`;
    findings.report('invalidGiven', call.span, { reason });
    return undefined;
  }
  if (call.arguments.length !== builtin.parameters.length) {
    const args = { name, expected: builtin.parameters.length, found: call.arguments.length };
    findings.report('wrongArgumentCount', call.span, args);
    return undefined;
  }
  const values: Value[] = [];
  for (const [index, argument] of call.arguments.entries()) {
    const type = builtin.parameters[index]?.type;
    if (type === undefined || type.kind === 'anyCollection' || type.kind === 'anySet') continue;
    const value = reader.read(argument, type);
    if (value !== undefined) values.push(value);
  }
  if (values.length < builtin.parameters.length) return undefined;
  if (outcome === 'absent') {
    if (!builtin.mayBeAbsent)
      findings.report('invalidGiven', given.span, { reason: `\`${name}\` always has a value, or fails` });
    return { builtin, arguments: values, outcome: undefined };
  }
  if (outcome === 'failed') return { builtin, arguments: values, outcome: UNKNOWN };
  const value = reader.read(outcome, builtin.returns);
  return value === undefined ? undefined : { builtin, arguments: values, outcome: value };
}

interface Roots {
  readonly subject: string;
  readonly resource: string;
  readonly context: ReadonlyMap<string, AttributeInfo>;
  readonly action: ReadonlyMap<string, AttributeInfo>;
}

/** The names of a path that a test withholds; undefined after a report. */
export function missingPath(
  { path }: TestMissing,
  roots: Roots,
  schema: ResolvedSchema,
  findings: Findings,
): readonly string[] | undefined {
  const names: { readonly text: string; readonly span: typeof path.span }[] = [];
  let at = path;
  for (; at.kind === 'memberExpression'; at = at.object)
    names.push({ text: at.member.text, span: at.member.span });
  names.reverse();
  const root = at.kind === 'nameExpression' ? at.name : '';
  if (
    !(root === 'subject' || root === 'resource' || root === 'context' || root === 'action') ||
    names.length === 0
  ) {
    findings.report('invalidTestPath', path.span, { reason: 'this is no fact that could be withheld' });
    return undefined;
  }
  let type: Type =
    root === 'subject' || root === 'resource'
      ? { kind: 'reference', entities: [roots[root]] }
      : { kind: 'record', attributes: roots[root] };
  let shown: string = root === 'subject' || root === 'resource' ? roots[root] : root;
  for (const { text, span } of names) {
    const attributes: ReadonlyMap<string, { readonly type: Type }> | undefined =
      type.kind === 'record'
        ? type.attributes
        : type.kind === 'reference'
          ? schema.entities.get(type.entities[0] ?? '')?.attributes
          : undefined;
    const attribute: { readonly type: Type } | undefined = attributes?.get(text);
    if (attribute === undefined) {
      findings.report('unknownAttribute', span, {
        attribute: text,
        type: shown,
        suggestion: findings.nearest(text, attributes?.keys() ?? []),
      });
      return undefined;
    }
    type = attribute.type;
    shown = `${shown}.${text}`;
  }
  return [root, ...names.map(({ text }) => text)];
}
