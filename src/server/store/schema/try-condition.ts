import type { RowCondition } from '../../../dsl/check/row-condition.ts';
import { rowConditionText } from '../../facts/sql/row-condition-text.ts';
import { quoteTable } from '../quote-identifier.ts';
import type { Askable } from './catalogue.ts';

/** Errors that a statement or its values are at fault for, by class of SQLSTATE. */
const AT_FAULT = /^(0A|22|42)/;

/** Only whether it may be NULL hangs on what a column is. */
const ANY_COLUMN = { type: 0, element: undefined, required: true };

/**
 * Lets the database say whether it can compare what a condition on the rows of a joined table compares: undefined, or why
 * not. No row is read. Rejects when it cannot be asked.
 */
export async function tryCondition(
  table: string,
  condition: RowCondition,
  database: Askable,
): Promise<string | undefined> {
  const values: (string | number | boolean)[] = [];
  const { sql } = rowConditionText(condition, {
    alias: 'rows',
    column: () => ANY_COLUMN,
    bind: (value) => `$${values.push(value)}`,
  });
  try {
    await database.query('admin', {
      text: `select from ${quoteTable(table)} as rows where ${sql} limit 0`,
      values,
    });
    return undefined;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code === 'string' && AT_FAULT.test(code)) return message;
    throw error;
  }
}
