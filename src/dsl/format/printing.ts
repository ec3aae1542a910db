import type { Comment, Node } from '../syntax/ast.ts';
import { NO_COMMENTS, type PlacedComments, remarkText } from './comments.ts';
import { concat, type Document, hardline, sequence, suffix } from './document.ts';

/** What printing needs beside the tree. */
export interface Printing {
  readonly comments: PlacedComments;
}

/** Prints a tree that comes from no text. */
export const WITHOUT_COMMENTS: Printing = { comments: NO_COMMENTS };

/** What is printed for a node, with the remarks before it and at the end of its line. */
export function withRemarks(node: Node, content: Document, printing: Printing): Document {
  const { leading, trailing } = printing.comments;
  const remark = trailing.get(node);
  const before = leading.get(node);
  const ended = remark === undefined ? content : concat(content, suffix(remarkText(remark)));
  return before === undefined ? ended : concat(sequence(before.map((one) => leadingRemark(one))), ended);
}

function leadingRemark(comment: Comment): Document {
  const blank = hasBlankLineAfter(comment.span.source.text, comment.span.end);
  return concat(remarkText(comment), blank ? concat(hardline, hardline) : hardline);
}

/** The remarks at the end of a block, each after a line break; undefined without any. `last` is the block's last item. */
export function endingRemarks(block: Node, last: Node | undefined, printing: Printing): Document | undefined {
  const remarks = printing.comments.ending.get(block);
  if (remarks === undefined) return undefined;
  let before = last === undefined ? undefined : endWithRemark(last, printing);
  const parts = remarks.map((comment) => {
    const blank = before !== undefined && hasBlankLineAfter(comment.span.source.text, before);
    before = comment.span.end;
    return concat(blank ? concat(hardline, hardline) : hardline, remarkText(comment));
  });
  return sequence(parts);
}

/** Where a node ends, the remark on its line included. */
export function endWithRemark(node: Node, printing: Printing): number {
  return printing.comments.trailing.get(node)?.span.end ?? node.span.end;
}

/** True when the line after the one that holds the offset is blank, and not the last. */
export function hasBlankLineAfter(text: string, offset: number): boolean {
  const lineEnd = text.indexOf('\n', offset);
  return lineEnd !== -1 && /^[ \t\r]*\n/.test(text.slice(lineEnd + 1, lineEnd + 1 + 200));
}
