import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { checkedChildren } from '../../../dsl/check/checked-children.ts';

/** How large the text of an expression is, what it shares written out each time. */
export interface Size {
  readonly nodes: number;
  readonly depth: number;
}

const known = new WeakMap<CheckedExpression, Size>();

export function sizeOf(expression: CheckedExpression): Size {
  let size = known.get(expression);
  if (size === undefined) {
    let nodes = 1;
    let depth = 0;
    for (const child of checkedChildren(expression)) {
      const part = sizeOf(child);
      nodes += part.nodes;
      depth = Math.max(depth, part.depth);
    }
    known.set(expression, (size = { nodes, depth: depth + 1 }));
  }
  return size;
}

/** The size of so many of it, one beside the other. */
export function timesOf({ nodes, depth }: Size, count: number): Size {
  return { nodes: nodes * count, depth };
}
