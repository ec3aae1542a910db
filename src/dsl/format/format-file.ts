import type { Declaration, SourceFile } from '../syntax/ast.ts';
import { placeComments } from './comments.ts';
import { declarationDocument } from './declarations.ts';
import { print } from './document.ts';
import { endingRemarks, type Printing, withRemarks } from './printing.ts';
import { isParted } from './schema.ts';

/** Lines are no longer than this where that is possible. */
const LINE_WIDTH = 110;

/**
 * The one canonical form of a file. Formatting it again changes nothing, every remark is kept, and its tree is that of
 * the file. The file must have parsed without errors: faulty declarations are not in its tree.
 */
export function formatFile(file: SourceFile): string {
  const printing: Printing = { comments: placeComments(file) };
  const parts: string[] = [];
  let previous: { readonly node: Declaration; readonly isTall: boolean } | undefined;
  for (const node of file.declarations) {
    const document = declarationDocument(node, printing);
    const isTall = node.kind === 'layer' || print(document, LINE_WIDTH).includes('\n');
    if (previous !== undefined) {
      const apart = isTall || previous.isTall || isParted(previous.node, node, printing);
      parts.push(apart ? '\n\n' : '\n');
    }
    parts.push(print(withRemarks(node, document, printing), LINE_WIDTH));
    previous = { node, isTall };
  }
  const ending = endingRemarks(file, previous?.node, printing);
  if (ending !== undefined) {
    const text = print(ending, LINE_WIDTH);
    parts.push(previous === undefined ? text.replace(/^\n+/, '') : text);
  }
  return parts.length === 0 ? '' : `${parts.join('')}\n`;
}
