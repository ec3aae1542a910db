import type { CheckedExpression } from '../checked.ts';
import { pathOf } from '../paths.ts';

type Narrowings = ReadonlyMap<string, readonly string[]>;
const NOTHING: Narrowings = new Map();

/** Of conditions that are true, and that are false. A `let` is expanded once and stands in many places. */
const whereTrue = new WeakMap<CheckedExpression, Narrowings>();
const whereFalse = new WeakMap<CheckedExpression, Narrowings>();

/** What is known of the types of unions where a condition is certainly true (or certainly false). */
export function narrowingsOf(node: CheckedExpression, truth: boolean): Narrowings {
  const seen = truth ? whereTrue : whereFalse;
  let found = seen.get(node);
  if (found === undefined) seen.set(node, (found = findNarrowings(node, truth)));
  return found;
}

function findNarrowings(node: CheckedExpression, truth: boolean): Narrowings {
  switch (node.kind) {
    case 'is': {
      const path = pathOf(node.operand);
      const { type } = node.operand;
      if (path === undefined || type.kind !== 'reference') return NOTHING;
      if (truth) return new Map([[path, [node.entity]]]);
      const others = type.entities.filter((entity) => entity !== node.entity);
      return others.length === 0 ? NOTHING : new Map([[path, others]]);
    }
    case 'not':
      return narrowingsOf(node.operand, !truth);
    case 'and':
      return truth ? all(node.operands, true) : common(node.operands, false);
    case 'or':
      return truth ? common(node.operands, true) : all(node.operands, false);
    case 'implies': {
      if (truth) return NOTHING;
      return merge(narrowingsOf(node.left, true), narrowingsOf(node.right, false));
    }
    default:
      return NOTHING;
  }
}

/** Both hold. */
function merge(a: Narrowings, b: Narrowings): Narrowings {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const merged = new Map(a);
  for (const [path, entities] of b) {
    const both = merged.get(path)?.filter((entity) => entities.includes(entity)) ?? entities;
    // What contradicts itself is never reached, so that the last that was said may count.
    merged.set(path, both.length === 0 ? entities : both);
  }
  return merged;
}

function all(operands: readonly CheckedExpression[], truth: boolean): Narrowings {
  let known = NOTHING;
  for (const operand of operands) known = merge(known, narrowingsOf(operand, truth));
  return known;
}

/** One of them holds. */
function common(operands: readonly CheckedExpression[], truth: boolean): Narrowings {
  let known: Map<string, readonly string[]> | undefined;
  for (const operand of operands) {
    const here = narrowingsOf(operand, truth);
    if (here.size === 0) return NOTHING;
    if (known === undefined) {
      known = new Map(here);
      continue;
    }
    for (const [path, entities] of known) {
      const other = here.get(path);
      if (other === undefined) known.delete(path);
      else known.set(path, [...new Set([...entities, ...other])].toSorted());
    }
  }
  return known ?? NOTHING;
}
