import { expect } from 'chai';
import type { Database, Row, Statement } from '../../src/server/store/database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Fails if the plan of a statement, with these parameters, reads a table from beginning to end. */
export async function expectIndexed(database: Database, { text, values = [] }: Statement): Promise<void> {
  const scanned = await sequentialScans(database, { text, values });
  expect(scanned, `read from beginning to end by: ${text}`).to.deep.equal([]);
}

/** The tables that the plan of a statement reads from beginning to end. */
export async function sequentialScans(
  database: Database,
  { text, values = [] }: Statement,
): Promise<string[]> {
  const { rows } = await database.query('admin', { text: `explain (format json) ${text}`, values });
  return scansOf(rows);
}

/** The same of rows that EXPLAIN gave as JSON. */
export function scansOf(rows: readonly Row[]): string[] {
  const [plan] = (rows[0]?.['QUERY PLAN'] ?? []) as { Plan: PlanNode }[];
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return nodes(plan!.Plan).flatMap((node) =>
    node['Node Type'].endsWith('Seq Scan') ? [node['Relation Name'] ?? 'unknown'] : [],
  );
}
