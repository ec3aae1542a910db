import { BUILTINS } from '../../src/dsl/builtins/registry.ts';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../src/dsl/check/checked.ts';
import { checkedChildren } from '../../src/dsl/check/checked-children.ts';
import { DEPENDENCIES } from '../../src/dsl/check/emergency.ts';
import type { Node } from '../../src/dsl/syntax/ast.ts';
import { children } from '../../src/dsl/syntax/walk.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import { FORMS } from './language-forms.ts';

/** Every kind of type; does not compile until a new one stands here. */
const TYPES: Readonly<Record<Type['kind'], true>> = {
  bool: true,
  int: true,
  float: true,
  string: true,
  uuid: true,
  ip: true,
  cidr: true,
  time: true,
  duration: true,
  enum: true,
  reference: true,
  set: true,
  list: true,
  map: true,
  record: true,
  risk: true,
};

/** Every kind of checked expression, and the types whose values it is tried on where that is what tells one from another. */
const CHECKED: Readonly<Record<CheckedExpression['kind'], readonly Type['kind'][]>> = {
  constant: [
    'bool',
    'int',
    'float',
    'string',
    'ip',
    'cidr',
    'time',
    'duration',
    'enum',
    'reference',
    'set',
    'list',
  ],
  variable: [],
  local: ['bool', 'int', 'string', 'cidr', 'enum', 'reference', 'record'],
  identifier: [],
  attribute: [
    'bool',
    'int',
    'float',
    'string',
    'uuid',
    'ip',
    'cidr',
    'time',
    'duration',
    'enum',
    'reference',
    'set',
    'list',
    'map',
    'record',
  ],
  index: ['int', 'string', 'time', 'enum'],
  collection: ['set', 'list'],
  call: ['bool', 'int', 'float', 'string', 'time', 'duration'],
  not: [],
  and: [],
  or: [],
  implies: [],
  comparison: [],
  riskComparison: [],
  membership: [],
  overlap: [],
  inNetwork: [],
  matches: [],
  is: [],
  has: [],
  exists: [],
  quantifier: [],
  arithmetic: ['int', 'float', 'time', 'duration'],
  negation: ['int', 'float', 'duration'],
};

const EQUALITY = ['==', '!='];
const ORDER = ['<', '<=', '>', '>='];
const ORDERED: readonly Type['kind'][] = ['int', 'float', 'string', 'time', 'duration', 'enum'];
const COMPARED: readonly Type['kind'][] = [...ORDERED, 'bool', 'uuid', 'ip', 'cidr', 'reference'];

/** Forms that parse and that the checker always refuses. */
const REFUSED: ReadonlySet<string> = new Set(['override.condition absent']);

/** Everything that a generator of bundles has to make, by name. */
function* expectedForms(): Generator<string> {
  for (const [kind, fields] of Object.entries(FORMS)) {
    yield kind;
    for (const [field, forms] of Object.entries(fields))
      for (const form of Object.keys(forms as object)) {
        const name = `${kind}.${field} ${form}`;
        if (!REFUSED.has(name)) yield name;
      }
  }
  for (const type of Object.keys(TYPES)) yield `type ${type}`;
  for (const [kind, types] of Object.entries(CHECKED)) {
    yield `checked ${kind}`;
    for (const type of types) yield `checked ${kind} of ${type}`;
  }
  for (const type of COMPARED) for (const operator of EQUALITY) yield `${operator} of ${type}`;
  for (const type of ORDERED) for (const operator of ORDER) yield `${operator} of ${type}`;
  for (const operator of [...EQUALITY, ...ORDER]) yield `${operator} of risk`;
  for (const { name } of BUILTINS) yield `builtin ${name}`;
  for (const { name, mayBeAbsent } of BUILTINS) if (mayBeAbsent) yield `has ${name}`;
  for (const name of DEPENDENCIES) yield `loss of ${name}`;
}

/** How often generated bundles held each form of the language. */
export class FormCounter {
  readonly #counts = new Map<string, number>([...expectedForms()].map((form) => [form, 0]));

  count(bundle: CheckedBundle): void {
    for (const file of bundle.files) this.#countNodes(file);
    this.#countChecked(bundle);
  }

  /** By name, in the order of the language. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What no bundle held. */
  get missing(): readonly string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([form]) => form);
  }

  #note(form: string): void {
    const count = this.#counts.get(form);
    if (count !== undefined) this.#counts.set(form, count + 1);
  }

  #countNodes(root: Node): void {
    const waiting: Node[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      this.#note(node.kind);
      for (const field of Object.keys(FORMS[node.kind])) {
        const value = (node as unknown as Readonly<Record<string, unknown>>)[field];
        for (const form of formsOf(value)) this.#note(`${node.kind}.${field} ${form}`);
      }
      if (node.kind === 'loss') this.#note(`loss of ${node.dependency.text}`);
      waiting.push(...children(node));
    }
  }

  #countChecked(bundle: CheckedBundle): void {
    for (const { attributes } of bundle.entities.values())
      for (const { type } of attributes.values()) this.#countType(type);
    const seen = new Set<CheckedExpression>();
    const waiting = [...conditionsOf(bundle)];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (seen.has(one)) continue;
      seen.add(one);
      waiting.push(...checkedChildren(one));
      this.#note(`checked ${one.kind}`);
      this.#note(`checked ${one.kind} of ${one.type.kind}`);
      this.#note(`type ${one.type.kind}`);
      if (one.kind === 'comparison') this.#note(`${one.operator} of ${one.operands.kind}`);
      if (one.kind === 'riskComparison') {
        this.#note(`${one.operator} of risk`);
        this.#note('type risk');
      }
      if (one.kind === 'call') this.#note(`builtin ${one.builtin.name}`);
      if (one.kind === 'has' && one.operand.kind === 'call') this.#note(`has ${one.operand.builtin.name}`);
    }
  }

  #countType(type: Type): void {
    this.#note(`type ${type.kind}`);
    if (type.kind === 'set' || type.kind === 'list') this.#countType(type.element);
    if (type.kind === 'map') for (const one of [type.key, type.value]) this.#countType(one);
    if (type.kind === 'record') for (const one of type.attributes.values()) this.#countType(one.type);
  }
}

function formsOf(value: unknown): readonly string[] {
  if (value === undefined) return ['absent'];
  if (typeof value === 'boolean' || typeof value === 'string') return [String(value), 'present'];
  if (Array.isArray(value)) return value.length > 1 ? ['several', 'present'] : ['present'];
  return typeof value === 'object' && value !== null ? [(value as Node).kind, 'present'] : ['present'];
}

/** Every condition that a bundle asks, and what limits and advice read. */
function* conditionsOf(bundle: CheckedBundle): Generator<CheckedExpression> {
  const held = [
    ...bundle.layers.flatMap((layer) => [
      ...layer.rules.flatMap((rule) => rule.cases),
      ...layer.limits.flatMap((limit) => limit.advice),
    ]),
    ...[...bundle.overrides.values(), ...bundle.signals.values(), ...bundle.asserts].flatMap(
      (one) => one.cases,
    ),
  ];
  for (const { condition, advice } of held) {
    if (condition !== undefined) yield condition;
    for (const { value } of advice) yield value;
  }
  for (const limit of bundle.limits.values()) {
    for (const { keys, selector } of limit.cases) {
      yield* keys;
      if (selector !== undefined) yield selector;
    }
  }
}
