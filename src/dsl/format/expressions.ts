import {
  assertNever,
  type BinaryExpression,
  type Expression,
  type RecordEntry,
  type StringLiteral,
} from '../syntax/ast.ts';
import { LEVELS, OPERATOR_LEVELS } from '../syntax/precedence.ts';
import { isChain, linksOf } from './chains.ts';
import {
  concat,
  type Document,
  group,
  hardline,
  indent,
  join,
  line,
  sequence,
  softline,
} from './document.ts';
import { endingRemarks, type Printing, withRemarks } from './printing.ts';
import { canBeRaw, quote } from './quote.ts';

/** How tightly an expression holds together; what stands in a tighter place needs parentheses. */
function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binaryExpression':
      return OPERATOR_LEVELS[expression.operator];
    case 'matchesExpression':
    case 'isExpression':
      return LEVELS.comparison;
    case 'unaryExpression':
      return expression.operator === 'not' ? LEVELS.not : LEVELS.negative;
    case 'hasExpression':
    case 'existsExpression':
    case 'quantifierExpression':
      return LEVELS.prefix;
    default:
      return LEVELS.postfix;
  }
}

/** An expression as it stands where the operators around it bind at most `minimum` tightly. */
function inside(minimum: number, expression: Expression, printing: Printing): Document {
  const content = expressionDocument(expression, printing);
  return levelOf(expression) < minimum ? parenthesized(content) : content;
}

/** Round brackets that open up when their content does not fit. */
export function parenthesized(content: Document): Document {
  return group('(', indent(softline, content), softline, ')');
}

/** A string literal as it is spelled. */
export function stringText(literal: StringLiteral): string {
  return literal.raw && canBeRaw(literal.value) ? `r"${literal.value}"` : quote(literal.value);
}

/** An expression, with as few parentheses as its tree allows. */
export function expressionDocument(expression: Expression, printing: Printing): Document {
  switch (expression.kind) {
    case 'integerLiteral':
      return String(expression.value);
    case 'floatLiteral':
    case 'durationLiteral':
      return expression.text;
    case 'stringLiteral':
      return stringText(expression);
    case 'booleanLiteral':
      return String(expression.value);
    case 'nameExpression':
      return expression.name;
    case 'listLiteral':
      return bracketed('[', expression, expression.items, softline, ']', printing);
    case 'setLiteral':
      return bracketed('{', expression, expression.items, softline, '}', printing);
    case 'recordLiteral':
      return recordDocument(expression, expression.entries, printing);
    case 'memberExpression':
    case 'indexExpression':
    case 'callExpression':
      return pathDocument(expression, printing);
    case 'unaryExpression': {
      const level = levelOf(expression);
      const operand = inside(level, expression.operand, printing);
      return concat(expression.operator === 'not' ? 'not ' : '-', operand);
    }
    case 'binaryExpression':
      return binaryDocument(expression, printing);
    case 'matchesExpression': {
      const operand = inside(LEVELS.comparison + 1, expression.operand, printing);
      return group(operand, indent(line, 'matches ', stringText(expression.pattern)));
    }
    case 'isExpression':
      return concat(
        inside(LEVELS.comparison + 1, expression.operand, printing),
        ' is ',
        expression.type.text,
      );
    case 'hasExpression':
      return concat('has ', inside(LEVELS.postfix, expression.operand, printing));
    case 'existsExpression':
      return concat('exists ', inside(LEVELS.postfix, expression.operand, printing));
    case 'quantifierExpression': {
      const { quantifier, variable, collection, body } = expression;
      const head = concat(
        quantifier,
        ' ',
        variable.text,
        ' in ',
        inside(LEVELS.postfix, collection, printing),
        ': ',
      );
      return concat(head, parenthesized(withRemarks(body, expressionDocument(body, printing), printing)));
    }
    default:
      return assertNever(expression);
  }
}

/** `a.b[c](d)`, from the left, however long it is. */
function pathDocument(expression: Expression, printing: Printing): Document {
  const parts: Document[] = [];
  let at = expression;
  for (;;) {
    if (at.kind === 'memberExpression') {
      parts.push(`.${at.member.text}`);
      at = at.object;
    } else if (at.kind === 'indexExpression') {
      parts.push(group('[', indent(softline, expressionDocument(at.key, printing)), softline, ']'));
      at = at.object;
    } else if (at.kind === 'callExpression') {
      parts.push(bracketed('(', at, at.arguments, softline, ')', printing));
      at = at.callee;
    } else {
      parts.push(inside(LEVELS.postfix, at, printing));
      return sequence(parts.toReversed());
    }
  }
}

/** Items between brackets: on one line, or one a line. */
function bracketed(
  open: string,
  node: Expression,
  items: readonly Expression[],
  padding: Document,
  close: string,
  printing: Printing,
): Document {
  const ending = endingRemarks(node, items.at(-1), printing);
  if (items.length === 0 && ending === undefined) return `${open}${close}`;
  const parts = items.map((item, index) => {
    const comma = index < items.length - 1 ? ',' : '';
    return withRemarks(item, concat(expressionDocument(item, printing), comma), printing);
  });
  const content = ending === undefined ? join(line, parts) : concat(join(line, parts), ending);
  return group(open, indent(items.length === 0 ? '' : padding, content), padding, close);
}

function recordDocument(node: Expression, entries: readonly RecordEntry[], printing: Printing): Document {
  const parts = entries.map((entry, index) => {
    const comma = index < entries.length - 1 ? ',' : '';
    const content = concat(keyText(entry.key), ': ', expressionDocument(entry.value, printing), comma);
    return withRemarks(entry, content, printing);
  });
  const ending = endingRemarks(node, entries.at(-1), printing) ?? '';
  return group('{', indent(line, join(line, parts), ending), line, '}');
}

function keyText(key: RecordEntry['key']): string {
  if (key.kind === 'name') return key.text;
  return key.kind === 'integerLiteral' ? String(key.value) : stringText(key);
}

function binaryDocument(expression: BinaryExpression, printing: Printing): Document {
  const level = OPERATOR_LEVELS[expression.operator];
  if (level === LEVELS.comparison) {
    const left = inside(level + 1, expression.left, printing);
    const isMistakable = expression.operator === 'contains' && beginsWithAny(expression.right);
    const right = isMistakable
      ? parenthesized(expressionDocument(expression.right, printing))
      : inside(level + 1, expression.right, printing);
    return group(left, indent(line, expression.operator, ' ', right));
  }
  // Only what leans the same way may do without parentheses.
  const links = linksOf(expression);
  const parts = links.map(({ operator, operand }) => {
    const content = inside(level + 1, operand, printing);
    const text = operator === undefined ? content : concat(operator, ' ', content);
    return isChain(expression) ? withRemarks(operand, standingOut(operand, level, text), printing) : text;
  });
  return group(isChain(expression) ? join(line, parts) : indent(join(line, parts)));
}

/** True of `any x in …`, which after `contains` would be read as `contains any`. */
function beginsWithAny(expression: Expression): boolean {
  let first = expression;
  while (first.kind === 'binaryExpression' && levelOf(first) > LEVELS.comparison) first = first.left;
  return first.kind === 'quantifierExpression' && first.quantifier === 'any';
}

/** A chain within a chain, without parentheses, stands out by its indentation when it breaks. */
function standingOut(operand: Expression, level: number, content: Document): Document {
  return isChain(operand) && levelOf(operand) > level ? indent(content) : content;
}

/** A condition after `when` and its like: its operands stand one a line, indented, when they do not fit on one. */
export function clauseDocument(word: string, condition: Expression, printing: Printing): Document {
  const content = concat(word, ' ', indent(expressionDocument(condition, printing)));
  return withRemarks(condition, content, printing);
}

/** Lines under a heading, indented. */
export function underneath(parts: readonly Document[]): Document {
  return indent(sequence(parts.flatMap((part) => [hardline, part])));
}
