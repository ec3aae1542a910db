import type { Expression, SourceFile } from '../../src/dsl/syntax/ast.ts';

/** What differs between two texts of one tree. */
const IGNORED: ReadonlySet<string> = new Set(['span', 'source', 'comments']);

/** Where two trees differ, places and remarks left out: the path to the first difference; undefined when nowhere. */
export function differenceOf(a: Expression | SourceFile, b: Expression | SourceFile): string | undefined {
  const waiting: [unknown, unknown, string][] = [[a, b, 'tree']];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [left, right, path] = next;
    if (left === right) continue;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
      return `${path}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
    }
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const key of keys) {
      if (IGNORED.has(key)) continue;
      waiting.push([(left as Fields)[key], (right as Fields)[key], `${path}.${key}`]);
    }
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;
