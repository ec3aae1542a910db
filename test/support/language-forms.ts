import type { Kind, Node, NodeOf } from '../../src/dsl/syntax/ast.ts';

type Words<V> = V extends string ? (string extends V ? never : V) : never;
type Kinds<V> = V extends { readonly kind: infer K extends string } ? K : never;
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
/** Where any expression or any type may stand, the kinds are no forms: they are counted as what they are. */
type Choice<V> = [Kinds<V>] extends [never]
  ? never
  : 'binaryExpression' extends Kinds<V>
    ? never
    : 'namedType' extends Kinds<V>
      ? never
      : true extends IsUnion<Kinds<V>>
        ? Kinds<V>
        : never;
type IsOpen<V> = undefined extends V ? true : [Words<V>] extends [never] ? false : true;
/** What is neither a word, nor a list, nor one of a few kinds. */
type Other<V> = Exclude<
  V,
  undefined | boolean | Words<V> | readonly unknown[] | ([Choice<V>] extends [never] ? never : Node)
>;
type Form<V> =
  | (undefined extends V ? 'absent' : never)
  | (true extends V ? 'true' | 'false' : never)
  | Words<V>
  | ([Extract<V, readonly unknown[]>] extends [never] ? never : 'several')
  | Choice<V>
  | (IsOpen<V> extends true ? ([Other<V>] extends [never] ? never : 'present') : never);
type FormKey<N> = {
  [K in keyof N]-?: K extends 'kind' | 'span' | 'source' | 'comments'
    ? never
    : [Form<N[K]>] extends [never]
      ? never
      : K;
}[keyof N];
type Forms = {
  readonly [K in Kind]: { readonly [F in FormKey<NodeOf<K>>]: { readonly [W in Form<NodeOf<K>[F]>]: true } };
};

const MAYBE = { absent: true, present: true } as const;
const SEVERAL = { several: true } as const;
const EITHER = { true: true, false: true } as const;
const NAMED = { name: true, stringLiteral: true } as const;
const MAYBE_NAMED = { absent: true, ...NAMED } as const;
const VERDICT = { permit: true, deny: true } as const;
const ANY_OR_SEVERAL = { any: true, several: true } as const;
const documentation = MAYBE;

/**
 * The forms that each kind of node can take: a part that is there or not, one of a few words or kinds, a list of
 * several. The type is derived from the nodes, so that a new kind, part or word does not compile until it stands here.
 */
export const FORMS: Forms = {
  name: {},
  namedType: {},
  genericType: { constructorName: { set: true, list: true, map: true }, parameters: SEVERAL },
  optionalType: {},
  unionType: { members: SEVERAL },
  recordType: { attributes: SEVERAL },

  integerLiteral: {},
  floatLiteral: {},
  stringLiteral: { raw: EITHER },
  booleanLiteral: { value: EITHER },
  durationLiteral: {},
  listLiteral: { items: SEVERAL },
  setLiteral: { items: SEVERAL },
  recordLiteral: { entries: SEVERAL },
  recordEntry: { key: { ...NAMED, integerLiteral: true } },
  nameExpression: {},
  memberExpression: {},
  indexExpression: {},
  callExpression: { arguments: SEVERAL },
  unaryExpression: { operator: { not: true, '-': true } },
  binaryExpression: {
    operator: {
      implies: true,
      or: true,
      and: true,
      '==': true,
      '!=': true,
      '<': true,
      '<=': true,
      '>': true,
      '>=': true,
      in: true,
      contains: true,
      'contains any': true,
      'contains all': true,
      '+': true,
      '-': true,
      '*': true,
    },
  },
  matchesExpression: {},
  isExpression: {},
  hasExpression: {},
  existsExpression: {},
  quantifierExpression: { quantifier: { any: true, every: true } },

  layer: { documentation, grants: MAYBE },
  enum: { documentation, ordered: EITHER, members: SEVERAL },
  enumMember: { documentation, spelling: MAYBE },
  entity: {
    documentation,
    storage: { tableStorage: true, storedStorage: true, suppliedStorage: true },
    attributes: SEVERAL,
  },
  tableStorage: { table: NAMED, key: MAYBE_NAMED },
  storedStorage: {},
  suppliedStorage: {},
  attribute: {
    documentation,
    modifier: { absent: true, supplied: true, stored: true, suppliedOrStored: true, live: true },
    origin: { absent: true, columnOrigin: true, joinOrigin: true },
    value: MAYBE,
  },
  columnOrigin: { columns: SEVERAL },
  joinOrigin: { table: NAMED, columns: SEVERAL, condition: MAYBE },
  closure: { first: MAYBE },
  context: { documentation, attributes: SEVERAL },
  action: {
    documentation,
    actions: SEVERAL,
    resources: SEVERAL,
    subjects: SEVERAL,
    isNew: EITHER,
    attributes: SEVERAL,
    context: SEVERAL,
  },
  actionName: { spelling: MAYBE },
  actionSet: { documentation, actions: SEVERAL },
  require: { documentation, claims: SEVERAL },
  let: { documentation, parameters: { absent: true, several: true } },
  parameter: {},
  scope: {
    actions: ANY_OR_SEVERAL,
    resources: ANY_OR_SEVERAL,
    subjects: { absent: true, ...ANY_OR_SEVERAL },
  },
  role: { documentation, extends: SEVERAL, condition: MAYBE, grants: SEVERAL },
  grant: { documentation, condition: MAYBE },
  rule: {
    documentation,
    effect: { permit: true, forbid: true },
    when: MAYBE,
    unless: MAYBE,
    because: MAYBE,
    advice: MAYBE,
  },
  advice: { arguments: SEVERAL },
  adviceArgument: {},
  cache: { documentation, verdict: VERDICT, shared: MAYBE, stale: MAYBE },
  neverCache: { documentation },
  deadline: { documentation, stage: { authorization: true, authentication: true }, scope: MAYBE },
  audit: {
    documentation,
    verdict: VERDICT,
    level: { debug: true, info: true, notice: true, warning: true, error: true, critical: true },
    durable: EITHER,
    sample: MAYBE,
  },
  redact: { documentation, method: { hash: true, drop: true } },
  retain: { documentation },
  mode: { documentation, description: MAYBE, rules: SEVERAL },
  loss: { documentation, enter: MAYBE },
  override: { documentation, condition: MAYBE, waives: SEVERAL, because: MAYBE },
  limit: {
    documentation,
    keys: SEVERAL,
    rate: { rate: true, rateTable: true },
    because: MAYBE,
    advice: MAYBE,
  },
  rate: { burst: MAYBE },
  rateTable: { entries: SEVERAL },
  rateEntry: {},
  signal: { documentation },
  assert: { documentation, quantity: { never: true, always: true }, condition: MAYBE },

  fixture: { documentation, items: SEVERAL },
  test: { documentation, fixtures: SEVERAL, items: SEVERAL },
  testEntity: {
    role: { subject: true, resource: true, entity: true },
    id: NAMED,
    attributes: { absent: true, recordLiteral: true, setLiteral: true },
  },
  testCircumstance: {
    of: { context: true, action: true },
    attributes: { recordLiteral: true, setLiteral: true },
  },
  testNow: { at: MAYBE, offset: MAYBE },
  testMissing: {},
  givenRisk: {},
  givenState: { of: { mode: true, override: true, limit: true, loss: true } },
  givenBuiltin: { outcome: { present: true, absent: true, failed: true } },
  testExpectation: { verdict: VERDICT, actions: SEVERAL, by: { absent: true, several: true } },

  sourceFile: { declarations: SEVERAL },
};
