import { type Purity, worsePurity } from '../builtins/builtin.ts';
import type { Schema } from '../types/schema.ts';
import type { CheckedExpression } from './checked.ts';
import { checkedChildren } from './checked-children.ts';

/** How keepable a verdict is that hangs on this expression. */
export function purityOf(root: CheckedExpression, schema: Schema): Purity {
  let purity = ownPurity(root, schema);
  for (const child of checkedChildren(root)) {
    if (purity === 'live') return purity;
    purity = worsePurity(purity, purityOf(child, schema));
  }
  return purity;
}

function ownPurity(node: CheckedExpression, schema: Schema): Purity {
  switch (node.kind) {
    case 'variable':
      return node.name === 'now' ? 'clock' : node.name === 'risk' ? 'live' : 'pure';
    case 'riskComparison':
      return 'live';
    case 'call':
      return node.builtin.purity;
    case 'attribute': {
      const { type } = node.object;
      if (type.kind !== 'reference') return 'pure';
      const isLive = type.entities.some(
        (name) => schema.entities.get(name)?.attributes.get(node.name)?.source === 'live',
      );
      return isLive ? 'live' : 'pure';
    }
    default:
      return 'pure';
  }
}
