import type { Kind, Node, NodeOf } from './ast.ts';

/** A key that may hold a word instead of children (`'any'`, `'absent'`) counts as well; one that only holds words does not. */
type IsChild<V, C = Exclude<V, undefined | string>> = [C] extends [never]
  ? false
  : [C] extends [Node | readonly Node[]]
    ? true
    : false;
type ChildKey<N> = { [K in keyof N]-?: IsChild<N[K]> extends true ? K : never }[keyof N];

/**
 * The keys of each kind of node that hold its children, in the order of the text. The type is derived from the nodes,
 * so that a new child does not compile until it stands here.
 */
export const CHILD_KEYS: { readonly [K in Kind]: { readonly [C in ChildKey<NodeOf<K>>]: true } } = {
  name: {},
  namedType: { name: true },
  genericType: { parameters: true },
  optionalType: { base: true },
  unionType: { members: true },
  recordType: { attributes: true },

  integerLiteral: {},
  floatLiteral: {},
  stringLiteral: {},
  booleanLiteral: {},
  durationLiteral: {},
  listLiteral: { items: true },
  setLiteral: { items: true },
  recordLiteral: { entries: true },
  recordEntry: { key: true, value: true },
  nameExpression: {},
  memberExpression: { object: true, member: true },
  indexExpression: { object: true, key: true },
  callExpression: { callee: true, arguments: true },
  unaryExpression: { operand: true },
  binaryExpression: { left: true, right: true },
  matchesExpression: { operand: true, pattern: true },
  isExpression: { operand: true, type: true },
  hasExpression: { operand: true },
  existsExpression: { operand: true },
  quantifierExpression: { variable: true, collection: true, body: true },

  layer: { name: true, grants: true },
  enum: { name: true, members: true },
  enumMember: { name: true, spelling: true },
  entity: { name: true, storage: true, attributes: true },
  tableStorage: { table: true, key: true },
  storedStorage: {},
  suppliedStorage: {},
  attribute: { name: true, type: true, origin: true, value: true },
  columnOrigin: { columns: true },
  joinOrigin: { table: true, columns: true, condition: true },
  closure: { first: true, follow: true },
  context: { attributes: true },
  action: { actions: true, resources: true, subjects: true, attributes: true, context: true },
  actionName: { name: true, spelling: true },
  actionSet: { name: true, actions: true },
  require: { claims: true },
  let: { name: true, parameters: true, value: true },
  parameter: { name: true, type: true },
  scope: { actions: true, resources: true, subjects: true },
  role: { name: true, extends: true, condition: true, grants: true },
  grant: { scope: true, condition: true },
  rule: { name: true, scope: true, when: true, unless: true, because: true, advice: true },
  advice: { name: true, arguments: true },
  adviceArgument: { name: true, value: true },
  cache: { scope: true, lifetime: true, shared: true, stale: true },
  neverCache: { scope: true },
  deadline: { scope: true, within: true },
  audit: { scope: true },
  redact: { path: true },
  retain: { lifetime: true },
  mode: { name: true, description: true, rules: true },
  loss: { dependency: true, enter: true },
  override: { name: true, scope: true, condition: true, waives: true, expiresAfter: true, because: true },
  limit: { name: true, scope: true, keys: true, rate: true, because: true, advice: true },
  rate: { per: true },
  rateTable: { selector: true, entries: true },
  rateEntry: { member: true, rate: true },
  signal: { name: true, scope: true, condition: true },
  assert: { name: true, scope: true, condition: true },

  fixture: { name: true, items: true },
  test: { title: true, fixtures: true, items: true },
  testEntity: { type: true, id: true, attributes: true },
  testCircumstance: { attributes: true },
  testNow: { at: true, offset: true },
  testMissing: { path: true },
  givenRisk: {},
  givenState: { name: true },
  givenBuiltin: { call: true, outcome: true },
  testExpectation: { actions: true, by: true },

  sourceFile: { declarations: true },
};

const KEYS = new Map<Kind, readonly string[]>(
  Object.entries(CHILD_KEYS).map(([kind, keys]) => [kind as Kind, Object.keys(keys)]),
);

/** The children of a node, in the order of the text. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const key of KEYS.get(node.kind) ?? []) {
    const value = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(value)) for (const child of value as Node[]) found.push(child);
    else if (typeof value === 'object' && value !== null) found.push(value as Node);
  }
  // Clauses in another order are reported, and read.
  if (node.kind === 'rule') found.sort((a, b) => a.span.start - b.span.start);
  return found;
}

/** What to do at the nodes of each kind; a kind that is left out is walked through. */
export type Visitor = { readonly [K in Kind]?: (node: NodeOf<K>) => void };

/** Visits a node and all below it, parents first, in the order of the text; as deep as the tree may be. */
export function visit(root: Node, visitor: Visitor): void {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    (visitor[node.kind] as ((node: Node) => void) | undefined)?.(node);
    const below = children(node);
    for (let at = below.length - 1; at >= 0; at--) waiting.push(below[at] as Node);
  }
}
