import type { Node } from './ast.ts';

/** The index of the first node that ends after an offset, their number if none does; nodes are in the order of the text. */
export function firstEndingAfter(nodes: readonly Node[], offset: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle] as Node).span.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
