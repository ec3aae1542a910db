import type { TestItem } from '../../syntax/ast.ts';
import { type Findings, firstDeclared } from '../findings.ts';
import { recordKey } from './compose-fixtures.ts';

/**
 * Reports what one test, or one fixture, says twice and can mean once: who asks, what is asked for, a record, the instant,
 * the risk. A test is one question, so that the second would silently win over the first.
 */
export function reportRepeated(items: readonly TestItem[], findings: Findings): void {
  const first = new Map<string, TestItem>();
  for (const item of items) {
    const said = saidOnce(item);
    if (said === undefined) continue;
    const before = first.get(`${said.what} ${said.name}`);
    if (before === undefined) first.set(`${said.what} ${said.name}`, item);
    else findings.report('duplicateDeclaration', item.span, said, firstDeclared(before.span));
  }
}

function saidOnce(item: TestItem): { readonly what: string; readonly name: string } | undefined {
  switch (item.kind) {
    case 'testEntity':
      return item.role === 'entity'
        ? { what: 'record', name: recordKey(item) }
        : { what: 'the', name: item.role };
    case 'testNow':
      return item.at === undefined ? undefined : { what: 'the', name: 'now' };
    case 'givenRisk':
      return { what: 'the', name: 'risk' };
    default:
      return undefined;
  }
}
