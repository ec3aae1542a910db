import type { CheckedExpression } from '../../check/checked.ts';
import { checkedChildren } from '../../check/checked-children.ts';
import { expressionChildren } from '../../check/expression-children.ts';
import type { Expression } from '../../syntax/ast.ts';
import { IpAddress, IpNetwork, Reference, type Value, ValueMap, ValueSet } from '../../types/values.ts';

/** Numbers for texts, equal exactly for equal texts. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

/** Numbers for checked expressions, equal exactly for those that say the same; shared nodes are looked at once. */
export class CheckedStructure {
  readonly #numbers = new Numbering();
  readonly #known = new Map<CheckedExpression, number>();

  numberOf(root: CheckedExpression): number {
    return bottomUp(root, checkedChildren, this.#known, (node, below) =>
      this.#numbers.numberOf(`${node.kind} ${ownText(node)} ${below.join()}`),
    );
  }

  /** The number of what is made of parts, told apart from all else by its name. */
  numberOfText(text: string): number {
    return this.#numbers.numberOf(`: ${text}`);
  }
}

/** Numbers for written expressions, equal exactly for those that differ in layout alone. */
export class WrittenStructure {
  readonly #numbers = new Numbering();
  readonly #known = new Map<Expression, number>();

  numberOf(root: Expression): number {
    return bottomUp(root, expressionChildren, this.#known, (node, below) =>
      this.#numbers.numberOf(`${node.kind} ${writtenText(node)} ${below.join()}`),
    );
  }
}

/** By hand instead of by recursion: a chain of operators may be long. */
function bottomUp<N>(
  root: N,
  childrenOf: (node: N) => readonly N[],
  known: Map<N, number>,
  number: (node: N, below: readonly number[]) => number,
): number {
  const waiting: N[] = [root];
  for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
    const children = childrenOf(node);
    const open = known.has(node) ? [] : children.filter((child) => !known.has(child));
    if (open.length > 0) {
      for (const child of open) waiting.push(child);
      continue;
    }
    waiting.pop();
    if (!known.has(node))
      known.set(
        node,
        number(
          node,
          children.map((child) => known.get(child) as number),
        ),
      );
  }
  return known.get(root) as number;
}

/** What a node says besides its operands. */
function ownText(node: CheckedExpression): string {
  switch (node.kind) {
    case 'constant':
      return `${node.type.kind} ${valueText(node.value)}`;
    case 'variable':
    case 'attribute':
      return node.name;
    case 'local':
      return String(node.slot);
    case 'call':
      return node.builtin.name;
    case 'comparison':
    case 'riskComparison':
    case 'arithmetic':
      return node.operator;
    case 'overlap':
      return node.quantifier;
    case 'quantifier':
      return `${node.quantifier} ${node.slot}`;
    case 'matches':
      return JSON.stringify(node.pattern);
    case 'is':
      return node.entity;
    case 'collection':
      return node.type.kind;
    default:
      return '';
  }
}

/** The text of a value, the same for equal values only. */
function valueText(value: Value | symbol): string {
  if (typeof value === 'symbol') return 'unknown';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Reference) return `@${JSON.stringify(value.key)}`;
  if (value instanceof IpAddress || value instanceof IpNetwork) return `#${value.text}`;
  if (value instanceof ValueSet) return `{${[...value.items.values()].map(valueText).toSorted().join()}}`;
  if (value instanceof ValueMap)
    return `{${[...value.values]
      .map(([key, one]) => `${JSON.stringify(key)}:${valueText(one)}`)
      .toSorted()
      .join()}}`;
  if (Array.isArray(value)) return `[${value.map((one: Value | symbol) => valueText(one)).join()}]`;
  return JSON.stringify(value);
}

function writtenText(node: Expression): string {
  switch (node.kind) {
    case 'integerLiteral':
    case 'booleanLiteral':
      return String(node.value);
    case 'floatLiteral':
    case 'durationLiteral':
      return node.text;
    case 'stringLiteral':
      return JSON.stringify(node.value);
    case 'nameExpression':
      return node.name;
    case 'memberExpression':
      return node.member.text;
    case 'unaryExpression':
    case 'binaryExpression':
      return node.operator;
    case 'matchesExpression':
      return JSON.stringify(node.pattern.value);
    case 'isExpression':
      return node.type.text;
    case 'quantifierExpression':
      return `${node.quantifier} ${node.variable.text}`;
    case 'recordLiteral':
      return node.entries
        .map(({ key }) => (key.kind === 'name' ? key.text : JSON.stringify(key.value)))
        .join();
    default:
      return '';
  }
}
