import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { type Key, keyOf, type Outcome, type Value, ValueSet } from '../../dsl/types/values.ts';
import { isMissing } from '../compile/compile-context.ts';
import { pathText, readsLocal } from '../compile/path-text.ts';

/** What an index looks at: the value of a path, or the members of the collection at a path. */
export interface LiteralSelector {
  /** Tells selectors apart; conditions on one question that share it look at the same place. */
  readonly name: string;
  readonly kind: 'value' | 'member';
  readonly path: CheckedExpression;
}

/** That a condition can only be true when the selector gives one of these keys. */
export interface LiteralConstraint {
  readonly selector: LiteralSelector;
  readonly keys: ReadonlySet<Key>;
}

/** By name of the selector. */
export type LiteralConstraints = ReadonlyMap<string, LiteralConstraint>;

const NONE: LiteralConstraints = new Map();
/** More alternatives than these are no literal worth an index. */
const MAXIMUM_KEYS = 64;

/**
 * The equalities with literals without which a condition cannot be true: `resource.kind == video`, `action in …`,
 * `subject.roles contains editor`. Unknown values are the index's own care.
 */
export function literalConstraints(expression: CheckedExpression | undefined): LiteralConstraints {
  if (expression === undefined) return NONE;
  switch (expression.kind) {
    case 'and':
      return conjunction(expression.operands.map(literalConstraints));
    case 'or':
      return disjunction(expression.operands.map(literalConstraints));
    case 'comparison':
      if (expression.operator !== '==') return NONE;
      if (expression.right.kind === 'constant') return valueIs(expression.left, [expression.right.value]);
      if (expression.left.kind === 'constant') return valueIs(expression.right, [expression.left.value]);
      return NONE;
    case 'membership':
      if (expression.collection.kind === 'constant') {
        const items = itemsOf(expression.collection.value);
        return items === undefined ? NONE : valueIs(expression.element, items);
      }
      return expression.element.kind === 'constant'
        ? hasMember(expression.collection, [expression.element.value])
        : NONE;
    case 'overlap': {
      if (expression.right.kind !== 'constant') return NONE;
      const items = itemsOf(expression.right.value);
      if (items === undefined || items.length === 0) return NONE;
      return hasMember(expression.left, expression.quantifier === 'any' ? items : items.slice(0, 1));
    }
    case 'not':
      return isPath(expression.operand) ? valueIs(expression.operand, [false]) : NONE;
    case 'attribute':
    case 'index':
      return valueIs(expression, [true]);
    default:
      return NONE;
  }
}

function valueIs(path: CheckedExpression, values: readonly Value[]): LiteralConstraints {
  return constraint(path, 'value', values);
}

function hasMember(path: CheckedExpression, values: readonly Value[]): LiteralConstraints {
  return constraint(path, 'member', values);
}

function constraint(
  path: CheckedExpression,
  kind: LiteralSelector['kind'],
  values: readonly Value[],
): LiteralConstraints {
  if (!isPath(path) || readsLocal(path) || values.length > MAXIMUM_KEYS) return NONE;
  const name = `${kind} ${pathText(path)}`;
  return new Map([[name, { selector: { name, kind, path }, keys: new Set(values.map(keyOf)) }]]);
}

function isPath(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'variable':
      return expression.name === 'subject' || expression.name === 'resource';
    case 'attribute':
    case 'identifier':
    case 'index':
      return true;
    default:
      return false;
  }
}

function itemsOf(value: Value): readonly Value[] | undefined {
  if (value instanceof ValueSet) return value.partial ? undefined : [...value.items.values()];
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly Outcome[];
  return items.some(isMissing) ? undefined : (items as readonly Value[]);
}

/** Of two constraints on one place either would do; the one with fewer keys tells more. */
function conjunction(parts: readonly LiteralConstraints[]): LiteralConstraints {
  const all = new Map<string, LiteralConstraint>();
  for (const part of parts) {
    for (const [name, one] of part) {
      const known = all.get(name);
      if (known === undefined || one.keys.size < known.keys.size) all.set(name, one);
    }
  }
  return all;
}

/** What every alternative constrains. */
function disjunction(parts: readonly LiteralConstraints[]): LiteralConstraints {
  const [first, ...rest] = parts;
  const all = new Map<string, LiteralConstraint>();
  for (const [name, one] of first ?? NONE) {
    const keys = new Set(one.keys);
    const shared = rest.every((part) => {
      const other = part.get(name);
      for (const key of other?.keys ?? []) keys.add(key);
      return other !== undefined;
    });
    if (shared && keys.size <= MAXIMUM_KEYS) all.set(name, { selector: one.selector, keys });
  }
  return all;
}
