import type { Node } from '../../src/dsl/syntax/ast.ts';
import { CHILD_KEYS } from '../../src/dsl/syntax/walk.ts';

/** Fields that every node has, or that say nothing of their own. */
const IGNORED: ReadonlySet<string> = new Set(['kind', 'span', 'source', 'comments']);

/**
 * A tree as indented lines, one node a line: its kind, its plain fields, and below it its children by the names of their
 * fields. Fields that are undefined, false or empty are left out.
 */
export function dumpTree(node: Node, label = '', indentation = ''): string {
  const keys = Object.keys(CHILD_KEYS[node.kind]);
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  const plain: string[] = [];
  const below: string[] = [];
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const isPlain = typeof value !== 'object';
    if (
      IGNORED.has(key) ||
      value === undefined ||
      value === false ||
      (isPlain && !keys.includes(key) && value === '')
    )
      continue;
    if (isPlain) plain.push(value === true ? key : `${key}=${JSON.stringify(value)}`);
  }
  for (const key of keys) {
    const value = fields[key];
    if (Array.isArray(value)) {
      for (const child of value as Node[]) below.push(dumpTree(child, `${key}: `, `${indentation}  `));
    } else if (typeof value === 'object' && value !== null) {
      below.push(dumpTree(value as Node, `${key}: `, `${indentation}  `));
    }
  }
  const head = node.kind === 'name' ? `\`${node.text}\`` : [node.kind, ...plain].join(' ');
  return `${indentation}${label}${head}\n${below.join('')}`;
}
