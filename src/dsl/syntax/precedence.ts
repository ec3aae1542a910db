import type { BinaryOperator } from './ast.ts';

/** How tightly each level of operators binds, loosest first. */
export const LEVELS = {
  implies: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  negative: 8,
  /** `has`, `exists` and quantifiers: operands that no `.`, `[` or `(` may follow. */
  prefix: 9,
  postfix: 10,
} as const;

/** The level of everything that stands between two operands. */
export const OPERATOR_LEVELS: Readonly<Record<BinaryOperator | 'matches' | 'is', number>> = {
  implies: LEVELS.implies,
  or: LEVELS.or,
  and: LEVELS.and,
  '==': LEVELS.comparison,
  '!=': LEVELS.comparison,
  '<': LEVELS.comparison,
  '<=': LEVELS.comparison,
  '>': LEVELS.comparison,
  '>=': LEVELS.comparison,
  in: LEVELS.comparison,
  contains: LEVELS.comparison,
  'contains any': LEVELS.comparison,
  'contains all': LEVELS.comparison,
  matches: LEVELS.comparison,
  is: LEVELS.comparison,
  '+': LEVELS.sum,
  '-': LEVELS.sum,
  '*': LEVELS.product,
};
