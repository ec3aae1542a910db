import type { PreparedRequest } from '../../../engine/decide/types.ts';
import type { Parameter } from '../../store/database.ts';
import type { ColumnUse } from './block.ts';
import type { FactStatement } from './fact-statement.ts';
import type { ParameterSource } from './parameters.ts';

/** A statement as people and tools look at it. */
export interface ShownStatement {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly ShownParameter[];
  readonly columns: readonly ShownColumn[];
}
export interface ShownParameter {
  /** Such as `$1`. */
  readonly place: string;
  readonly for: string;
  readonly value: Parameter;
}
export interface ShownColumn {
  /** Such as `4`; within rows `4.2`. */
  readonly column: string;
  readonly for: readonly string[];
}

/** What the statement is with the ids of a question, and what each of its parameters and columns is for. */
export function showStatement(statement: FactStatement, request: PreparedRequest): ShownStatement {
  const { name, text, parameters, columns } = statement;
  const { values = [] } = statement.for([request]);
  return {
    name,
    text,
    parameters: parameters.map((source, index) => ({
      place: `$${index + 1}`,
      for: purposeOf(source),
      value: values[index] ?? null,
    })),
    columns: shownColumns(columns, ''),
  };
}

function purposeOf(source: ParameterSource): string {
  switch (source.kind) {
    case 'subject':
    case 'resource':
      return `id of the ${source.kind}`;
    case 'seeds':
      return `ids of ${source.node.entity} that the request or the policy names`;
    case 'constant':
      return 'written in the policy';
  }
}

function shownColumns(columns: readonly ColumnUse[], before: string): readonly ShownColumn[] {
  return columns.flatMap(({ for: uses, rows }, index): ShownColumn[] => {
    const column = `${before}${index}`;
    return [{ column, for: uses }, ...(rows === undefined ? [] : shownColumns(rows, `${column}.`))];
  });
}

/** The statement as a script: it can be pasted after `prepare`; what its parts are for stands in remarks. */
export function statementText({ name, text, parameters, columns }: ShownStatement): string {
  const remark = (line: string): string => `-- ${line.replaceAll(/\s+/g, ' ')}`;
  const width = Math.max(0, ...columns.map(({ column }) => column.length));
  return [
    remark(`one statement, prepared as ${name}`),
    `${text};`,
    '',
    remark('parameters'),
    ...parameters.map((one) => remark(`  ${one.place}  ${JSON.stringify(one.value)}  ${one.for}`)),
    remark('columns; those of rows within a column follow it'),
    ...columns.map(
      (one) => `--   ${one.column.padEnd(width)}  ${one.for.join(', ').replaceAll(/\s+/g, ' ')}`,
    ),
  ].join('\n');
}
