import {
  type ActionDeclaration,
  type Attribute,
  type AttributeOrigin,
  assertNever,
  type Closure,
  type EnumMember,
  type Expression,
  type Name,
  type Node,
  type Storage,
  type StringLiteral,
  type TypeExpression,
} from '../syntax/ast.ts';
import {
  concat,
  type Document,
  group,
  hardline,
  indent,
  join,
  line,
  separator,
  sequence,
} from './document.ts';
import { expressionDocument, stringText } from './expressions.ts';
import { endingRemarks, endWithRemark, hasBlankLineAfter, type Printing, withRemarks } from './printing.ts';

/** A name, or the string that stands for one. */
export function nameText(name: Name | StringLiteral): string {
  return name.kind === 'name' ? name.text : stringText(name);
}

/** `a, b, c`, filling lines. */
export function namesDocument(names: readonly (Name | StringLiteral)[]): Document {
  return sequence(
    names.flatMap((name, index) => (index === 0 ? [nameText(name)] : [',', group(line, nameText(name))])),
  );
}

/** The lines of `///` before what they document. */
export function documented(documentation: string | undefined, content: Document): Document {
  if (documentation === undefined) return content;
  const lines = documentation.split('\n').map((text) => (text === '' ? '///' : `/// ${text}`));
  return concat(join(hardline, lines), hardline, content);
}

export function typeDocument(type: TypeExpression, printing: Printing): Document {
  switch (type.kind) {
    case 'namedType':
      return type.name.text;
    case 'genericType': {
      const parameters = type.parameters.map((parameter) => typeDocument(parameter, printing));
      return concat(type.constructorName, '<', join(', ', parameters), '>');
    }
    case 'optionalType':
      return concat(typeDocument(type.base, printing), '?');
    case 'unionType':
      return join(
        ' | ',
        type.members.map((member) => typeDocument(member, printing)),
      );
    case 'recordType':
      return blockDocument(type, type.attributes, attributeItem(printing), printing, separator);
    default:
      return assertNever(type);
  }
}

const MODIFIERS = {
  supplied: 'supplied ',
  stored: 'stored ',
  suppliedOrStored: 'supplied or stored ',
  live: 'live ',
};

function attributeDocument(attribute: Attribute, printing: Printing): Document {
  const { modifier, name, type, origin, value } = attribute;
  const head = concat(
    modifier === undefined ? '' : MODIFIERS[modifier],
    name.text,
    ': ',
    typeDocument(type, printing),
  );
  const from = origin === undefined ? '' : indent(line, originDocument(origin, printing));
  const preset = value === undefined ? '' : indent(line, '= ', valueDocument(value, printing));
  return group(head, from, preset);
}

function originDocument(origin: AttributeOrigin, printing: Printing): Document {
  if (origin.kind === 'columnOrigin') return concat('from ', join(', ', origin.columns.map(nameText)));
  const table = concat('from ', nameText(origin.table), '(', join(', ', origin.columns.map(nameText)), ')');
  if (origin.condition === undefined) return table;
  return concat(table, indent(line, 'where ', expressionDocument(origin.condition, printing)));
}

function valueDocument(value: Closure | Expression, printing: Printing): Document {
  if (value.kind !== 'closure') return expressionDocument(value, printing);
  const start = value.first === undefined ? '' : `${value.first.text} then `;
  return `closure(${start}${value.follow.text}, depth ${value.depth})`;
}

/** Whether a blank line stands between two items. */
type Apart<T> = (previous: T, next: T, printing: Printing) => boolean;

/**
 * Items between braces: one a line, or all on one line where `glue` allows it. Between items on lines of their own, one
 * blank line is kept where there was one.
 */
export function blockDocument<T extends Node>(
  block: Node,
  items: readonly T[],
  printItem: (item: T) => Document,
  printing: Printing,
  glue: Document = hardline,
  isApart: Apart<T> = isParted,
): Document {
  const ending = endingRemarks(block, items.at(-1), printing);
  if (items.length === 0) return ending === undefined ? '{}' : concat('{', indent(ending), hardline, '}');
  const content = indent(
    glue === hardline ? hardline : line,
    itemsDocument(items, printItem, printing, glue, isApart),
    ending ?? '',
  );
  return group('{', content, glue === hardline ? hardline : line, '}');
}

/** Items, one a line or separated by `glue`, with at most one blank line between two where there was one. */
function itemsDocument<T extends Node>(
  items: readonly T[],
  printItem: (item: T) => Document,
  printing: Printing,
  glue: Document = hardline,
  isApart: Apart<T> = isParted,
): Document {
  const parts = items.flatMap((item, index) => {
    const printed = withRemarks(item, printItem(item), printing);
    const previous = items[index - 1];
    if (previous === undefined) return [printed];
    return isApart(previous, item, printing) ? [hardline, hardline, printed] : [glue, printed];
  });
  return sequence(parts);
}

/** True when a blank line follows the line on which `previous` ends, and `next` does not begin on it. */
export function isParted(previous: Node, next: Node, printing: Printing): boolean {
  const { text } = previous.span.source;
  const end = endWithRemark(previous, printing);
  const lineEnd = text.indexOf('\n', end);
  return lineEnd !== -1 && lineEnd < next.span.start && hasBlankLineAfter(text, end);
}

// ------------------------------------------------------------------------------------------------ declarations

export function enumMemberDocument(member: EnumMember): Document {
  return documented(member.documentation, concat(member.name.text, spelled(member.spelling)));
}

function spelled(spelling: StringLiteral | undefined): string {
  return spelling === undefined ? '' : ` as ${stringText(spelling)}`;
}

export function storageText(storage: Storage): string {
  switch (storage.kind) {
    case 'tableStorage': {
      const key = storage.key === undefined ? '' : ` key ${nameText(storage.key)}`;
      return `from table ${nameText(storage.table)}${key}`;
    }
    case 'storedStorage':
      return 'stored';
    case 'suppliedStorage':
      return 'supplied';
    default:
      return assertNever(storage);
  }
}

/** Attributes one a line, documentation included. */
export function attributeItem(printing: Printing): (attribute: Attribute) => Document {
  return (attribute) => documented(attribute.documentation, attributeDocument(attribute, printing));
}

export function actionDocument(action: ActionDeclaration, printing: Printing): Document {
  const names = action.actions.map(({ name, spelling }) => `${name.text}${spelled(spelling)}`);
  const list = sequence(names.flatMap((name, index) => (index === 0 ? [name] : [',', group(line, name)])));
  const resources = concat('on ', indent(namesDocument(action.resources)));
  const subjects = concat('by ', indent(namesDocument(action.subjects)), action.isNew ? ' new' : '');
  const head = group('action ', indent(list, line, resources, line, subjects));
  const item = attributeItem(printing);
  if (action.context.length > 0) {
    const context = concat('context ', blockDocument(action, action.context, item, printing));
    const last = action.attributes.at(-1);
    const first = action.context[0] as Attribute;
    const parted = last !== undefined && isParted(last, first, printing);
    const before =
      action.attributes.length === 0 ? [] : [itemsDocument(action.attributes, item, printing), hardline];
    return concat(head, ' {', indent(hardline, ...before, parted ? hardline : '', context), hardline, '}');
  }
  const isEmpty = action.attributes.length === 0 && !printing.comments.ending.has(action);
  return isEmpty ? head : concat(head, ' ', blockDocument(action, action.attributes, item, printing));
}
