import type { Span } from '../../../dsl/source/source-text.ts';
import type { Expression, JoinOrigin, Name, StringLiteral } from '../../../dsl/syntax/ast.ts';
import { visit } from '../../../dsl/syntax/walk.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../../dsl/types/schema.ts';
import { BOOL, FLOAT, STRING, type Type } from '../../../dsl/types/types.ts';

/** A name that is looked for in the database, and where the policy says it. */
export interface MappedName {
  readonly name: string;
  readonly span: Span;
}

/** An attribute that is read from columns of its entity's table: one, or the type and the id of a union. */
export interface MappedColumns {
  readonly attribute: AttributeInfo;
  readonly columns: readonly MappedName[];
}

/** A column that the `where` of a joined table names, and what it must hold to be tested so; undefined where another column says. */
export interface TestedColumn extends MappedName {
  readonly as: Type | undefined;
  /** It is asked whether it is there: then NULL is an answer. */
  readonly isPresence: boolean;
}

/** An attribute that is read from a joined table: the column of the owner, then those of the element, or of key and value. */
export interface MappedJoin {
  readonly attribute: AttributeInfo;
  readonly table: MappedName;
  readonly owner: MappedName;
  readonly columns: readonly MappedName[];
  readonly tested: readonly TestedColumn[];
}

/** Where the records of a mapped entity are. */
export interface MappedEntity {
  readonly entity: EntityInfo;
  readonly table: MappedName;
  readonly key: MappedName;
  readonly attributes: readonly MappedColumns[];
  readonly joins: readonly MappedJoin[];
}

/** What a column is called that nobody named: the key of a table. */
const DEFAULT_KEY = 'id';

/** What a bundle expects of the tables of a database, by entity in the order of the text. */
export function mappingOf(schema: Schema): readonly MappedEntity[] {
  const mapped: MappedEntity[] = [];
  for (const entity of schema.entities.values()) {
    const { storage } = entity.declaration;
    if (storage.kind !== 'tableStorage') continue;
    const table = mappedName(storage.table);
    const attributes: MappedColumns[] = [];
    const joins: MappedJoin[] = [];
    for (const attribute of entity.attributes.values()) {
      if (!isRead(attribute)) continue;
      const origin = attribute.declaration?.origin;
      if (origin?.kind === 'joinOrigin') joins.push(joinOf(attribute, origin));
      else attributes.push({ attribute, columns: columnsOf(attribute, table.span) });
    }
    const key = storage.key === undefined ? { name: DEFAULT_KEY, span: table.span } : mappedName(storage.key);
    mapped.push({ entity, table, key, attributes, joins });
  }
  return mapped;
}

/** Whether an attribute of a mapped entity is read from tables: neither supplied, kept elsewhere nor derived. */
function isRead({ source, keptInStore, closure }: AttributeInfo): boolean {
  return (source === 'store' || source === 'suppliedOrStored') && !keptInStore && closure === undefined;
}

function columnsOf(attribute: AttributeInfo, otherwise: Span): readonly MappedName[] {
  const origin = attribute.declaration?.origin;
  return origin?.kind === 'columnOrigin'
    ? origin.columns.map(mappedName)
    : [{ name: attribute.spelling, span: attribute.declaration?.name.span ?? otherwise }];
}

function joinOf(attribute: AttributeInfo, { table, columns, condition }: JoinOrigin): MappedJoin {
  const [owner, ...rest] = columns.map(mappedName);
  if (owner === undefined) throw new Error('a join table without columns was checked');
  return { attribute, table: mappedName(table), owner, columns: rest, tested: testedIn(condition) };
}

/** The columns that a condition on the rows of a joined table names: alone they are the condition, else they are compared. */
function testedIn(condition: Expression | undefined): readonly TestedColumn[] {
  const found: TestedColumn[] = [];
  if (condition === undefined) return found;
  const compared = new Map<Expression, Type | undefined>();
  const present = new Set<Expression>();
  visit(condition, {
    binaryExpression({ operator, left, right }) {
      if (operator === 'and' || operator === 'or' || operator === 'implies') return;
      compared.set(left, typeOf(right)).set(right, typeOf(left));
    },
    hasExpression: ({ operand }) => void present.add(operand),
    nameExpression(node) {
      const isPresence = present.has(node);
      const as = isPresence || compared.has(node) ? compared.get(node) : BOOL;
      found.push({ name: node.name, span: node.span, as, isPresence });
    },
  });
  return found;
}

/** What a column must hold to be compared with a literal, or with one of several. */
function typeOf(literal: Expression): Type | undefined {
  switch (literal.kind) {
    case 'booleanLiteral':
      return BOOL;
    case 'integerLiteral':
    case 'floatLiteral':
      return FLOAT;
    case 'unaryExpression':
      return literal.operator === '-' ? FLOAT : undefined;
    case 'stringLiteral':
      return STRING;
    case 'setLiteral':
    case 'listLiteral':
      return literal.items.map(typeOf).find((type) => type !== undefined);
    default:
      return undefined;
  }
}

function mappedName(node: Name | StringLiteral): MappedName {
  return { name: node.kind === 'name' ? node.text : node.value, span: node.span };
}
