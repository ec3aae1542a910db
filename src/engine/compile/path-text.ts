import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { type Outcome, Reference } from '../../dsl/types/values.ts';

/** How the value of a quantifier's variable is named in a path; its name in the policy where that is not known. */
export type NameLocal = (slot: number, name: string) => string;
const byName: NameLocal = (_, name) => name;

/** What an expression is called where people read it: a path as in the policy, with `let`s expanded. */
export function pathText(expression: CheckedExpression, nameLocal: NameLocal = byName): string {
  switch (expression.kind) {
    case 'variable':
      return expression.name;
    case 'local':
      return nameLocal(expression.slot, expression.name);
    case 'identifier':
      return `${pathText(expression.object, nameLocal)}.id`;
    case 'attribute':
      return `${pathText(expression.object, nameLocal)}.${expression.name}`;
    case 'index':
      return `${pathText(expression.object, nameLocal)}[${pathText(expression.key, nameLocal)}]`;
    case 'call': {
      const args = expression.arguments.map((one) => pathText(one, nameLocal));
      return `${expression.builtin.name}(${args.join(', ')})`;
    }
    case 'arithmetic':
      return `${pathText(expression.left, nameLocal)} ${expression.operator} ${pathText(expression.right, nameLocal)}`;
    case 'negation':
      return `-${pathText(expression.operand, nameLocal)}`;
    default: {
      const { source, start, end } = expression.node.span;
      return source.text.slice(start, end).replace(/\s+/g, ' ');
    }
  }
}

/** Names a quantifier's variable by the value that it stands for now. */
export function nameByValue(locals: readonly Outcome[]): NameLocal {
  return (slot, name) => {
    const outcome = locals[slot];
    if (outcome instanceof Reference) return `${outcome.type}(${JSON.stringify(outcome.id)})`;
    return typeof outcome === 'string' || typeof outcome === 'number' ? JSON.stringify(outcome) : name;
  };
}

/** Whether a path goes through a quantifier's variable, so that it names another place for every element. */
export function readsLocal(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'local':
      return true;
    case 'identifier':
    case 'attribute':
      return readsLocal(expression.object);
    case 'index':
      return readsLocal(expression.object) || readsLocal(expression.key);
    case 'call':
      return expression.arguments.some(readsLocal);
    case 'arithmetic':
      return readsLocal(expression.left) || readsLocal(expression.right);
    case 'negation':
      return readsLocal(expression.operand);
    default:
      return false;
  }
}

/** The parts of a path from its root to the whole, each a path that has a value of its own. */
export function prefixesOf(expression: CheckedExpression): readonly CheckedExpression[] {
  const parts: CheckedExpression[] = [];
  let part: CheckedExpression | undefined = expression;
  while (part !== undefined) {
    parts.unshift(part);
    part =
      part.kind === 'attribute' || part.kind === 'index' || part.kind === 'identifier'
        ? part.object
        : undefined;
  }
  return parts;
}
