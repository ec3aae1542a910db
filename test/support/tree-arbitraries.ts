import type { Arbitrary } from 'fast-check';
import * as fc from 'fast-check';
import { SourceText, type Span } from '../../src/dsl/source/source-text.ts';
import type {
  Attribute,
  BinaryOperator,
  Declaration,
  Expression,
  Name,
  Scope,
  SourceFile,
  StringLiteral,
  TestItem,
  TypeExpression,
} from '../../src/dsl/syntax/ast.ts';
import { durationOf } from '../../src/dsl/syntax/literals.ts';
import { KEYWORDS, RESERVED_WORDS } from '../../src/dsl/syntax/tokens.ts';

/** Random trees such as the parser makes. All nodes stand at the start of an empty text. */
const source = new SourceText('generated.velro', '');
const span: Span = { source, start: 0, end: 0 };

/** A node of a kind, of which each field comes from an arbitrary. */
function node<K extends string, F extends Record<string, unknown>>(
  kind: K,
  fields: { readonly [P in keyof F]: Arbitrary<F[P]> },
): Arbitrary<{ kind: K; span: Span } & F> {
  return fc.record<Record<string, unknown>>(fields).map((values) => ({ kind, span, ...(values as F) }));
}

const contextual = [...KEYWORDS.keys()].filter((word) => !RESERVED_WORDS.includes(word));
const wordText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('a', 'b', 'owner', 'generation_status', '_x1', 'hash_of', 'order', 'ist'),
  },
  { weight: 2, arbitrary: fc.constantFrom(...contextual) },
);
const anyText = fc.oneof(
  { weight: 4, arbitrary: wordText },
  { weight: 1, arbitrary: fc.constantFrom(...RESERVED_WORDS) },
);
const name: Arbitrary<Name> = node('name', { text: wordText });
const anyName: Arbitrary<Name> = node('name', { text: anyText });
const names = fc.array(name, { minLength: 1, maxLength: 4 });
const optional = <T>(one: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const list = <T>(one: Arbitrary<T>, minLength = 0): Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength: 4 });

const rawValue = fc
  .string({ unit: fc.constantFrom('a', '\\', '/', ' ', "'", '{', 'é', '\t', '`'), maxLength: 8 })
  .map((value) => ({ kind: 'stringLiteral' as const, span, value, raw: true }));
const anyValue = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', '\n', '\u202e', '\u0000', '/', '🙂'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
    maxLength: 8,
  })
  .map((value) => ({ kind: 'stringLiteral' as const, span, value, raw: false }));
const string: Arbitrary<StringLiteral> = fc.oneof(
  { weight: 3, arbitrary: anyValue },
  { weight: 1, arbitrary: rawValue },
);
const wholeNumber = fc.oneof(fc.nat(100), fc.nat(Number.MAX_SAFE_INTEGER));
const integer = node('integerLiteral', { value: wholeNumber });
const float = fc.tuple(fc.nat(1000), fc.nat(1000)).map(([whole, part]) => {
  const text = `${whole}.${part}`;
  return { kind: 'floatLiteral' as const, span, value: Number(text), text };
});
const duration = fc.tuple(fc.nat(1000), fc.constantFrom('ms', 's', 'm', 'h', 'd')).map(([amount, unit]) => {
  const text = `${amount}${unit}`;
  return { kind: 'durationLiteral' as const, span, milliseconds: durationOf(text), text };
});
const boolean = node('booleanLiteral', { value: fc.boolean() });
const nameExpression = node('nameExpression', { name: wordText });

// -------------------------------------------------------------------------------------------------- expressions

const OPERATORS: readonly BinaryOperator[] = [
  'implies',
  'or',
  'and',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'contains',
  'contains any',
  'contains all',
  '+',
  '-',
  '*',
];

const trees = fc.letrec<{ expression: Expression; path: Expression; callee: Expression }>((tie) => {
  const expression = tie('expression');
  return {
    callee: fc.oneof(
      { maxDepth: 2 },
      nameExpression,
      node('memberExpression', { object: tie('callee'), member: anyName }),
    ),
    path: fc.oneof(
      { maxDepth: 3 },
      nameExpression,
      node('memberExpression', { object: tie('path'), member: anyName }),
      node('indexExpression', { object: tie('path'), key: expression }),
      node('callExpression', { callee: tie('callee'), arguments: list(expression) }),
    ),
    expression: fc.oneof(
      { maxDepth: 6, depthSize: 'small', withCrossShrink: true },
      nameExpression,
      integer,
      float,
      string,
      boolean,
      duration,
      tie('path'),
      node('listLiteral', { items: list(expression) }),
      node('setLiteral', { items: list(expression) }),
      node('recordLiteral', {
        entries: list(node('recordEntry', { key: fc.oneof(anyName, string, integer), value: expression }), 1),
      }),
      node('memberExpression', { object: expression, member: anyName }),
      node('indexExpression', { object: expression, key: expression }),
      node('unaryExpression', {
        operator: fc.constantFrom('not' as const, '-' as const),
        operand: expression,
      }),
      node('binaryExpression', {
        operator: fc.constantFrom(...OPERATORS),
        left: expression,
        right: expression,
      }),
      node('binaryExpression', {
        operator: fc.constantFrom('and' as const, 'or' as const, 'implies' as const),
        left: expression,
        right: expression,
      }),
      fc
        .tuple(
          expression,
          fc.array(fc.tuple(fc.constantFrom('and' as const, 'or' as const, '+' as const), expression), {
            maxLength: 8,
          }),
        )
        .map(([first, rest]) =>
          rest.reduce<Expression>(
            (left, [operator, right]) => ({ kind: 'binaryExpression', span, operator, left, right }),
            first,
          ),
        ),
      node('matchesExpression', { operand: expression, pattern: string }),
      node('isExpression', { operand: expression, type: name }),
      node('hasExpression', { operand: expression }),
      node('existsExpression', { operand: expression }),
      node('quantifierExpression', {
        quantifier: fc.constantFrom('any' as const, 'every' as const),
        variable: name,
        collection: expression,
        body: expression,
      }),
    ),
  };
});

/** Any expression. */
export const expressionArbitrary: Arbitrary<Expression> = trees.expression;
const expression = trees.expression;
const path = trees.path;

// ------------------------------------------------------------------------------------------------------- schema

const documentation = optional(
  fc
    .array(
      fc.constantFrom('', 'Who may do what.', ' indented', 'permit x: y on z', '"quoted" // and so on'),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((lines) => lines.join('\n')),
);
const column = fc.oneof(name, string);

const schema = fc.letrec<{ type: TypeExpression; plainType: TypeExpression; attribute: Attribute }>((tie) => {
  const attribute = tie('attribute');
  const type = tie('type');
  const plainType = tie('plainType');
  return {
    plainType: fc.oneof(
      { maxDepth: 2 },
      node('namedType', { name }),
      node('genericType', {
        constructorName: fc.constantFrom('set' as const, 'list' as const),
        parameters: fc.tuple(type),
      }),
      node('genericType', { constructorName: fc.constant('map' as const), parameters: fc.tuple(type, type) }),
      node('recordType', { attributes: fc.array(attribute, { maxLength: 2 }) }),
    ),
    type: fc.oneof(
      { maxDepth: 3 },
      plainType,
      node('unionType', { members: fc.array(plainType, { minLength: 2, maxLength: 3 }) }),
      node('optionalType', { base: plainType }),
      node('optionalType', { base: node('unionType', { members: fc.tuple(plainType, plainType) }) }),
    ),
    attribute: node('attribute', {
      documentation,
      modifier: optional(
        fc.constantFrom('supplied' as const, 'stored' as const, 'suppliedOrStored' as const, 'live' as const),
      ),
      name: anyName,
      type,
      origin: optional(
        fc.oneof(
          node('columnOrigin', { columns: fc.array(column, { minLength: 1, maxLength: 2 }) }),
          node('joinOrigin', {
            table: column,
            columns: fc.array(column, { minLength: 1, maxLength: 3 }),
            condition: optional(expression),
          }),
        ),
      ),
      value: optional(
        fc.oneof(
          expression.filter((one) => !beginsWithClosure(one)),
          node('closure', {
            first: optional(anyName),
            follow: anyName,
            depth: fc.integer({ min: 1, max: 100 }),
          }),
        ),
      ),
    }),
  };
});
const attributes = fc.array(schema.attribute, { maxLength: 4 });
const spelling = optional(string);

/** `closure(` after `=` begins a closure. */
function beginsWithClosure(one: Expression): boolean {
  return JSON.stringify(one, (key, value: unknown) => (key === 'span' ? undefined : value)).includes(
    '"closure"',
  );
}

// --------------------------------------------------------------------------------------------------------- rules

const namesOrAny = fc.oneof(names, fc.constant('any' as const));
const grantScope: Arbitrary<Scope> = node('scope', {
  actions: namesOrAny,
  resources: namesOrAny,
  subjects: fc.constant(undefined),
});
const scope: Arbitrary<Scope> = node('scope', {
  actions: namesOrAny,
  resources: namesOrAny,
  subjects: optional(namesOrAny),
});
const advice = node('advice', {
  name,
  arguments: list(node('adviceArgument', { name: anyName, value: expression })),
});
const rule = node('rule', {
  documentation,
  effect: fc.constantFrom('permit' as const, 'forbid' as const),
  name,
  scope,
  when: optional(expression),
  unless: optional(expression),
  because: optional(string),
  advice: optional(advice),
});
const rate = node('rate', { count: wholeNumber, per: duration, burst: optional(wholeNumber) });

// --------------------------------------------------------------------------------------------------------- tests

const record = fc.oneof(
  node('setLiteral', { items: fc.constant([]) }),
  node('recordLiteral', {
    entries: list(node('recordEntry', { key: fc.oneof(anyName, string, integer), value: expression }), 1),
  }),
);
const testItem: Arbitrary<TestItem> = fc.oneof(
  node('testEntity', {
    role: fc.constantFrom('subject' as const, 'resource' as const, 'entity' as const),
    type: name,
    id: fc.oneof(name, string),
    attributes: optional(record),
  }),
  node('testCircumstance', {
    of: fc.constantFrom('context' as const, 'action' as const),
    attributes: record,
  }),
  node('testNow', { at: string, offset: fc.constant(undefined), direction: fc.constant(1 as const) }),
  node('testNow', {
    at: fc.constant(undefined),
    offset: duration,
    direction: fc.constantFrom(1 as const, -1 as const),
  }),
  node('testMissing', { path }),
  fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]) => {
    return { kind: 'givenRisk' as const, span, low: Math.min(a, b), high: Math.max(a, b) };
  }),
  node('givenState', {
    of: fc.constantFrom('mode' as const, 'override' as const, 'limit' as const, 'loss' as const),
    name,
  }),
  node('givenBuiltin', {
    call: node('callExpression', { callee: trees.callee, arguments: list(expression) }),
    outcome: fc.oneof(
      fc.constantFrom('absent' as const, 'failed' as const),
      fc.oneof(string, integer, node('listLiteral', { items: list(expression) })),
    ),
  }),
  node('testExpectation', {
    verdict: fc.constantFrom('permit' as const, 'deny' as const),
    actions: names,
    by: optional(fc.array(name, { minLength: 1, maxLength: 2 })),
  }),
);
const items = fc.array(testItem, { maxLength: 5 });

/** Any declaration. */
const declarationArbitrary: Arbitrary<Declaration> = fc.oneof(
  node('layer', { documentation, number: wholeNumber, name, version: wholeNumber, grants: optional(name) }),
  node('enum', {
    documentation,
    name,
    ordered: fc.boolean(),
    members: fc.array(node('enumMember', { documentation, name: anyName, spelling }), {
      minLength: 1,
      maxLength: 6,
    }),
  }),
  node('entity', {
    documentation,
    name,
    storage: fc.oneof(
      node('tableStorage', { table: column, key: optional(column) }),
      fc.constantFrom({ kind: 'storedStorage' as const, span }, { kind: 'suppliedStorage' as const, span }),
    ),
    attributes,
  }),
  node('context', { documentation, attributes }),
  node('action', {
    documentation,
    actions: fc.array(node('actionName', { name, spelling }), { minLength: 1, maxLength: 3 }),
    resources: names,
    subjects: names,
    isNew: fc.boolean(),
    attributes,
    context: attributes,
  }),
  node('actionSet', { documentation, name, actions: names }),
  node('require', { documentation, claims: names }),
  node('let', {
    documentation,
    name,
    parameters: optional(
      fc.array(node('parameter', { name, type: schema.type }), { minLength: 1, maxLength: 3 }),
    ),
    value: expression,
  }),
  node('role', {
    documentation,
    name,
    extends: fc.array(name, { maxLength: 3 }),
    condition: optional(expression),
    grants: fc.array(node('grant', { documentation, scope: grantScope, condition: optional(expression) }), {
      maxLength: 4,
    }),
  }),
  rule,
  node('cache', {
    documentation,
    verdict: fc.constantFrom('permit' as const, 'deny' as const),
    scope,
    lifetime: duration,
    shared: optional(duration),
    stale: optional(duration),
  }),
  node('neverCache', { documentation, scope }),
  node('deadline', { documentation, stage: fc.constant('authorization' as const), scope, within: duration }),
  node('deadline', {
    documentation,
    stage: fc.constant('authentication' as const),
    scope: fc.constant(undefined),
    within: duration,
  }),
  node('audit', {
    documentation,
    verdict: fc.constantFrom('permit' as const, 'deny' as const),
    scope,
    level: fc.constantFrom('debug' as const, 'notice' as const, 'critical' as const),
    durable: fc.boolean(),
    sample: optional(fc.constantFrom(1, 10, 0.5, 100, 0.0000001, 0.000000123)),
  }),
  node('redact', { documentation, path, method: fc.constantFrom('hash' as const, 'drop' as const) }),
  node('retain', { documentation, lifetime: duration }),
  node('mode', {
    documentation,
    name,
    description: optional(string),
    rules: fc.array(rule, { maxLength: 3 }),
  }),
  node('loss', { documentation, dependency: name, enter: optional(name) }),
  node('override', {
    documentation,
    name,
    scope,
    condition: optional(expression),
    waives: names,
    expiresAfter: duration,
    because: optional(string),
  }),
  node('limit', {
    documentation,
    name,
    scope,
    keys: fc.array(expression, { minLength: 1, maxLength: 2 }),
    rate: fc.oneof(
      rate,
      node('rateTable', {
        selector: expression,
        entries: fc.array(node('rateEntry', { member: anyName, rate }), { minLength: 1, maxLength: 4 }),
      }),
    ),
    because: optional(string),
    advice: optional(advice),
  }),
  node('signal', { documentation, name, scope, weight: wholeNumber, condition: expression }),
  node('assert', {
    documentation,
    name,
    quantity: fc.constantFrom('never' as const, 'always' as const),
    scope,
    condition: optional(expression),
  }),
  node('fixture', { documentation, name, items }),
  node('test', { documentation, title: string, fixtures: fc.array(name, { maxLength: 2 }), items }),
);

/** Any file, without remarks. */
export const fileArbitrary: Arbitrary<SourceFile> = fc
  .array(declarationArbitrary, { maxLength: 6 })
  .map((declarations) => ({ kind: 'sourceFile', span, source, declarations, comments: [] }));
