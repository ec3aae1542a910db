import type { Node } from '../syntax/ast.ts';

/** Not part of what is said: where it stands, and what it says to readers. */
const LEFT_OUT: ReadonlySet<string> = new Set(['span', 'documentation']);

/**
 * A tree as text: two trees have the same text exactly when formatting gives them the same form, remarks, documentation
 * and blank lines aside. As deep as the tree may be.
 */
export function treeText(root: Node): string {
  const parts: string[] = [];
  /** What is still to be written, last first; texts are written as they are. */
  const waiting: { readonly value?: unknown; readonly text?: string }[] = [{ value: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, text } = next;
    if (text !== undefined) parts.push(text);
    else if (Array.isArray(value)) {
      waiting.push({ text: ']' });
      for (const item of value.toReversed() as unknown[]) waiting.push({ text: ',' }, { value: item });
      waiting.push({ text: '[' });
    } else if (typeof value === 'object' && value !== null) {
      waiting.push({ text: '}' });
      const fields = Object.entries(value).filter(([key, one]) => one !== undefined && !LEFT_OUT.has(key));
      fields.sort(([a], [b]) => (a < b ? 1 : -1));
      for (const [key, one] of fields) waiting.push({ text: ',' }, { value: one }, { text: `${key}:` });
      waiting.push({ text: '{' });
    } else parts.push(JSON.stringify(value));
  }
  return parts.join('');
}
