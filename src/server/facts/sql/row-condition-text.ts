import type { RowCondition, RowOperand, RowOperator } from '../../../dsl/check/row-condition.ts';
import { quoteIdentifier } from '../../store/quote-identifier.ts';
import type { ColumnType } from './describe-tables.ts';

/** What a condition over the rows of a table is written with. */
export interface RowTerms {
  /** The name under which the table stands in the statement. */
  readonly alias: string;
  column(name: string): ColumnType;
  /** A parameter with this value. */
  bind(value: string | number | boolean): string;
}

/** A condition in SQL, and whether it may be NULL: then it is not known whether the row counts. */
export interface RowConditionText {
  readonly sql: string;
  readonly mayBeNull: boolean;
}

const OPERATORS: Readonly<Record<RowOperator, string>> = {
  '==': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

export function rowConditionText(condition: RowCondition, terms: RowTerms): RowConditionText {
  const column = (name: string): RowConditionText => ({
    sql: `${terms.alias}.${quoteIdentifier(name)}`,
    mayBeNull: !terms.column(name).required,
  });
  const operand = (one: RowOperand): RowConditionText =>
    one.kind === 'column' ? column(one.name) : { sql: terms.bind(one.value), mayBeNull: false };
  switch (condition.kind) {
    case 'column':
      return column(condition.name);
    case 'constant':
      return { sql: String(condition.value), mayBeNull: false };
    case 'not': {
      const { sql, mayBeNull } = rowConditionText(condition.operand, terms);
      return { sql: `(not ${sql})`, mayBeNull };
    }
    case 'and':
    case 'or': {
      const left = rowConditionText(condition.left, terms);
      const right = rowConditionText(condition.right, terms);
      return {
        sql: `(${left.sql} ${condition.kind} ${right.sql})`,
        mayBeNull: left.mayBeNull || right.mayBeNull,
      };
    }
    case 'has':
      return { sql: `(${column(condition.column).sql} is not null)`, mayBeNull: false };
    case 'comparison': {
      const [left, right] = [operand(condition.left), operand(condition.right)];
      return {
        sql: `(${left.sql} ${OPERATORS[condition.operator]} ${right.sql})`,
        mayBeNull: left.mayBeNull || right.mayBeNull,
      };
    }
    case 'in': {
      const element = operand(condition.element);
      if (condition.items.length === 0) return { sql: 'false', mayBeNull: false };
      const items = condition.items.map(({ value }) => terms.bind(value));
      return { sql: `(${element.sql} in (${items.join(', ')}))`, mayBeNull: element.mayBeNull };
    }
  }
}
