import { assertNever, type TestItem } from '../syntax/ast.ts';
import { concat, type Document, group, indent, line } from './document.ts';
import { expressionDocument, stringText } from './expressions.ts';
import type { Printing } from './printing.ts';
import { namesDocument, nameText } from './schema.ts';

/** A line of a fixture or a test. */
export function testItemDocument(item: TestItem, printing: Printing): Document {
  switch (item.kind) {
    case 'testEntity': {
      const head = `${item.role} ${item.type.text} ${nameText(item.id)}`;
      return item.attributes === undefined
        ? head
        : concat(head, ' ', expressionDocument(item.attributes, printing));
    }
    case 'testCircumstance':
      return concat(item.of, ' ', expressionDocument(item.attributes, printing));
    case 'testNow':
      if (item.at !== undefined) return `now ${stringText(item.at)}`;
      return `now ${item.direction === 1 ? '+' : '-'} ${item.offset?.text ?? '0s'}`;
    case 'testMissing':
      return concat('missing ', expressionDocument(item.path, printing));
    case 'givenRisk':
      return `given risk ${item.low}${item.high === item.low ? '' : ` to ${item.high}`}`;
    case 'givenState':
      return `given ${item.of === 'loss' ? 'loss of' : item.of} ${item.name.text}${item.of === 'limit' ? ' exhausted' : ''}`;
    case 'givenBuiltin': {
      const { call, outcome } = item;
      const value = typeof outcome === 'string' ? outcome : expressionDocument(outcome, printing);
      return group('given ', expressionDocument(call, printing), ' =', indent(line, value));
    }
    case 'testExpectation': {
      const by = item.by === undefined ? '' : concat(line, 'by ', item.by.map((name) => name.text).join('.'));
      return group('expect ', item.verdict, ' ', indent(namesDocument(item.actions), by));
    }
    default:
      return assertNever(item);
  }
}

/** A number in digits, without an exponent. */
export function decimal(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e-');
  if (exponent === undefined) return mantissa;
  return `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`;
}
