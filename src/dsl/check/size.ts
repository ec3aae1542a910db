import type { CheckedExpression } from './checked.ts';
import { checkedChildren } from './checked-children.ts';

/** A condition expands to at most this many nodes. */
export const MAXIMUM_NODES = 10_000;
/** Operands of operands … of a checked expression go at most this deep (chains of `and` and `or` are flat). */
export const MAXIMUM_DEPTH = 256;

/** The triples that the actions of a bundle declare, those declared again counted again. */
export const MAXIMUM_TRIPLES = 50_000;
/** What the scopes of a bundle cover, taken together; members of sets of actions count too. */
export const MAXIMUM_COVERAGE = 1_000_000;
/** Sets of actions within sets of actions. */
export const MAXIMUM_SET_DEPTH = 32;
/** Pairs of a role and itself or one that extends it, directly or not. */
export const MAXIMUM_HOLDERS = 200_000;

/** How a checked expression breaks the bounds, if it does. Looks at no more nodes than are allowed, however much is shared. */
export function excessOf(root: CheckedExpression): 'size' | 'depth' | undefined {
  const nodes: CheckedExpression[] = [root];
  const depths: number[] = [1];
  let seen = 1;
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const depth = depths.pop() ?? 1;
    if (depth > MAXIMUM_DEPTH) return 'depth';
    const children = checkedChildren(node);
    seen += children.length;
    if (seen > MAXIMUM_NODES) return 'size';
    for (const child of children) {
      nodes.push(child);
      depths.push(depth + 1);
    }
  }
  return undefined;
}
