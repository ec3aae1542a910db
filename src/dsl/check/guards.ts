import type { CheckedExpression } from './checked.ts';
import { checkedChildren } from './checked-children.ts';
import { pathOf } from './paths.ts';

/** Paths that are known to be there, within what surrounds. */
interface Facts {
  readonly parent: Facts | undefined;
  readonly present: Set<string>;
}

/**
 * Finds reads of what may be absent where it is not known to be there. Where unknown does no harm (`lenient`: the
 * positive positions of what grants) they are fine. `found` is called once a path and place.
 */
export function checkGuards(
  root: CheckedExpression,
  lenient: boolean,
  found: (read: CheckedExpression) => void,
): void {
  walk(root, lenient, { parent: undefined, present: new Set() }, found);
}

function walk(
  node: CheckedExpression,
  lenient: boolean,
  facts: Facts,
  found: (read: CheckedExpression) => void,
): void {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const inner = within(facts);
      for (const [index, operand] of node.operands.entries()) {
        walk(operand, lenient, inner, found);
        if (index === node.operands.length - 1) return;
        for (const path of presentIf(operand, node.kind === 'and')) inner.present.add(path);
      }
      return;
    }
    case 'not':
      walk(node.operand, false, facts, found);
      return;
    case 'implies': {
      walk(node.left, false, facts, found);
      const inner = within(facts);
      for (const path of presentIf(node.left, true)) inner.present.add(path);
      walk(node.right, lenient, inner, found);
      return;
    }
    case 'quantifier': {
      walk(node.collection, false, facts, found);
      const inner = within(facts);
      const entry = entryOf(node);
      if (entry !== undefined) remember(entry, inner);
      walk(node.body, lenient, inner, found);
      return;
    }
    case 'has':
      walkAsked(node.operand, lenient, facts, found);
      return;
    case 'exists':
      // An optional reference that is absent refers to no record; what leads to it is read all the same.
      for (const child of checkedChildren(node.operand)) walk(child, lenient, facts, found);
      return;
    default:
      for (const child of checkedChildren(node)) walk(child, lenient, facts, found);
      if (lenient || !mayBeAbsent(node) || isPresent(node, facts)) return;
      found(node);
      // Reported once, then taken as known.
      remember(node, facts);
  }
}

/** Of a quantifier over a map the entry of the key that it binds, which is there: `map[key]`. */
function entryOf(node: CheckedExpression & { readonly kind: 'quantifier' }): CheckedExpression | undefined {
  const { collection, slot } = node;
  if (collection.type.kind !== 'map') return undefined;
  const { key, value } = collection.type;
  const local: CheckedExpression = { kind: 'local', type: key, node: node.node, slot, name: `$${slot}` };
  return { kind: 'index', type: value, node: node.node, object: collection, key: local };
}

/** A path that `has` asks for: nothing on the way needs to be there, but keys and arguments are read. */
function walkAsked(
  node: CheckedExpression,
  lenient: boolean,
  facts: Facts,
  found: (read: CheckedExpression) => void,
): void {
  switch (node.kind) {
    case 'attribute':
    case 'identifier':
      walkAsked(node.object, lenient, facts, found);
      return;
    case 'index':
      walkAsked(node.object, lenient, facts, found);
      walk(node.key, lenient, facts, found);
      return;
    case 'call':
      for (const argument of node.arguments) walk(argument, lenient, facts, found);
      return;
    default:
      walk(node, lenient, facts, found);
  }
}

/** True of an optional attribute, a key of a map and a builtin that may have no value. */
function mayBeAbsent(node: CheckedExpression): boolean {
  return (
    (node.kind === 'attribute' && node.optional) ||
    node.kind === 'index' ||
    (node.kind === 'call' && node.builtin.mayBeAbsent)
  );
}

function within(facts: Facts): Facts {
  return { parent: facts, present: new Set() };
}

function isPresent(node: CheckedExpression, facts: Facts): boolean {
  const path = pathOf(node);
  if (path === undefined) return false;
  for (let at: Facts | undefined = facts; at !== undefined; at = at.parent)
    if (at.present.has(path)) return true;
  return false;
}

function remember(node: CheckedExpression, facts: Facts): void {
  const path = pathOf(node);
  if (path !== undefined) facts.present.add(path);
}

const NONE: readonly string[] = [];

/** The paths that are there where a condition is certainly true (or certainly false). */
function presentIf(node: CheckedExpression, truth: boolean): readonly string[] {
  switch (node.kind) {
    case 'not':
      return presentIf(node.operand, !truth);
    case 'and':
      return truth ? node.operands.flatMap((one) => presentIf(one, true)) : common(node.operands, false);
    case 'or':
      return truth ? common(node.operands, true) : node.operands.flatMap((one) => presentIf(one, false));
    case 'implies':
      return truth ? NONE : [...presentIf(node.left, true), ...presentIf(node.right, false)];
    case 'has':
      return truth ? pathsOnTheWay(node.operand) : NONE;
    case 'exists':
      return truth ? pathsOnTheWay(node.operand) : NONE;
    case 'quantifier':
    case 'constant':
      return NONE;
    default:
      // Whatever is certain has read its operands, so they were there.
      return readsOf(node);
  }
}

function common(operands: readonly CheckedExpression[], truth: boolean): readonly string[] {
  let known: readonly string[] | undefined;
  for (const operand of operands) {
    const here = presentIf(operand, truth);
    if (here.length === 0) return NONE;
    known = known === undefined ? here : known.filter((path) => here.includes(path));
  }
  return known ?? NONE;
}

function pathsOnTheWay(node: CheckedExpression): string[] {
  const paths: string[] = [];
  for (let at: CheckedExpression | undefined = node; at !== undefined; ) {
    const path = pathOf(at);
    if (path !== undefined) paths.push(path);
    at = at.kind === 'attribute' || at.kind === 'identifier' || at.kind === 'index' ? at.object : undefined;
  }
  return paths;
}

const NOT_STRICT: ReadonlySet<CheckedExpression['kind']> = new Set([
  'has',
  'exists',
  'and',
  'or',
  'implies',
  'quantifier',
]);

function readsOf(root: CheckedExpression): string[] {
  const paths: string[] = [];
  const open: CheckedExpression[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (mayBeAbsent(node)) {
      const path = pathOf(node);
      if (path !== undefined) paths.push(path);
    }
    // What is only asked for, or need not be evaluated, was not read for certain.
    if (!NOT_STRICT.has(node.kind)) for (const child of checkedChildren(node)) open.push(child);
  }
  return paths;
}
