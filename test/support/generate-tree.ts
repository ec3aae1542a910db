import type { Chance } from './generate-chance.ts';

/**
 * A text that knows where it can be made smaller: an `optional` part may be left out, a `condition` may give way to a
 * condition within it, or to `true` or `false`.
 */
export interface Tree {
  readonly role: 'fixed' | 'optional' | 'condition';
  readonly parts: readonly (string | Tree)[];
}

export function fixed(...parts: (string | Tree)[]): Tree {
  return { role: 'fixed', parts };
}
export function optional(...parts: (string | Tree)[]): Tree {
  return { role: 'optional', parts };
}
export function condition(...parts: (string | Tree)[]): Tree {
  return { role: 'condition', parts };
}

/** Now and then a line that documents what follows, or a remark. */
export function documentation(chance: Chance, indent = ''): string {
  return chance.weighted([
    [16, ''] as const,
    [2, `${indent}/// What this is for.\n`] as const,
    [1, `${indent}// A remark.\n`] as const,
  ]);
}

/** The text of a tree. */
export function textOf(tree: string | Tree): string {
  return typeof tree === 'string' ? tree : tree.parts.map(textOf).join('');
}

const CONSTANTS: readonly string[] = ['true', 'false'];

/** Trees with one thing less, the greatest savings first. */
export function* smallerTrees(tree: Tree): Generator<Tree> {
  for (const [index, part] of tree.parts.entries()) {
    const replaced = (by: (string | Tree)[]): Tree => ({
      ...tree,
      parts: tree.parts.toSpliced(index, 1, ...by),
    });
    if (typeof part === 'string') {
      const bare = part.replaceAll(/^ *\/\/.*\n/gm, '');
      if (bare !== part) yield replaced([bare]);
      continue;
    }
    if (part.role === 'optional') yield replaced([]);
    if (part.role === 'condition') {
      if (!CONSTANTS.includes(textOf(part)))
        for (const constant of CONSTANTS) yield replaced([condition(constant)]);
      for (const inner of conditionsWithin(part)) yield replaced([inner]);
    }
  }
  for (const [index, part] of tree.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const smaller of smallerTrees(part))
      yield { ...tree, parts: tree.parts.toSpliced(index, 1, smaller) };
  }
}

/** The nearest conditions below a condition. */
function conditionsWithin(tree: Tree): Tree[] {
  return tree.parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    return part.role === 'condition' ? [part] : conditionsWithin(part);
  });
}
