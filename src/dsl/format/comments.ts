import type { Comment, Node, SourceFile } from '../syntax/ast.ts';
import { isDocumentation } from '../syntax/documentation.ts';
import { firstEndingAfter } from '../syntax/first-ending-after.ts';
import { children } from '../syntax/walk.ts';
import { continuesChain, isChain, linksOf } from './chains.ts';
import { endsOf, goingOnAfter, goingOnIn, itemsOf, linesOf } from './printed-parts.ts';

/**
 * Where each remark of a file is printed: on lines of its own before a node, at the end of the line on which a node
 * ends, or on lines of its own at the end of a block. Only some nodes can take remarks; a remark elsewhere moves
 * outwards to the next that can, and stays there when the text is formatted again.
 */
export interface PlacedComments {
  readonly leading: ReadonlyMap<Node, readonly Comment[]>;
  readonly trailing: ReadonlyMap<Node, Comment>;
  readonly ending: ReadonlyMap<Node, readonly Comment[]>;
}

export const NO_COMMENTS: PlacedComments = { leading: new Map(), trailing: new Map(), ending: new Map() };

/** What may end in a `)` of its own. */
const ENDING_IN_BRACKET: ReadonlySet<Node['kind']> = new Set([
  'advice',
  'callExpression',
  'joinOrigin',
  'quantifierExpression',
]);

/** Blanks, closing parentheses and remarks. */
const QUIET = /(?:[\s)]|\/\/[^\n]*)*/y;

class Placing {
  readonly leading = new Map<Node, Comment[]>();
  readonly trailing = new Map<Node, Comment>();
  readonly ending = new Map<Node, Comment[]>();
  readonly #file: SourceFile;
  readonly #text: string;
  readonly #parents = new Map<Node, Node>();
  readonly #children = new Map<Node, readonly Node[]>();
  readonly #leads = new Set<Node>();
  readonly #trails = new Set<Node>();
  /** Expressions after which, outside of brackets, the line goes on. */
  readonly #unended = new Set<Node>();
  readonly #quiet = new Map<number, number>();

  constructor(file: SourceFile) {
    this.#file = file;
    this.#text = file.source.text;
    const waiting: Node[] = [file];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const below = children(node);
      this.#children.set(node, below);
      for (const child of below) {
        this.#parents.set(child, node);
        waiting.push(child);
      }
      this.#addTargets(node);
    }
  }

  #addTargets(node: Node): void {
    for (const part of endsOf(node)) if (part !== undefined) this.#trails.add(part);
    for (const part of linesOf(node)) {
      if (part === undefined) continue;
      this.#leads.add(part);
      this.#trails.add(part);
    }
    for (const part of this.#unended.has(node) ? goingOnIn(node) : goingOnAfter(node)) {
      if (part !== undefined) this.#unended.add(part);
    }
    if (!isChain(node) || this.#unended.has(node) || continuesChain(node, this.#parents.get(node))) return;
    for (const { operator, operand } of linksOf(node)) {
      this.#trails.add(operand);
      if (operator !== undefined) this.#leads.add(operand);
    }
  }

  place(comment: Comment): void {
    const { enclosing, preceding, following } = this.#around(comment);
    const isBlock = itemsOf(enclosing) !== undefined;
    if (this.#hasTextBefore(comment)) {
      if (preceding !== undefined && this.#isOnLine(preceding, comment)) {
        const target = this.#trailTarget(this.#lastOperand(preceding, comment));
        const isInside = target !== undefined && target !== enclosing && !this.#isBelow(enclosing, target);
        if (isInside || (following === undefined && !isBlock)) return this.#trail(target, comment);
      }
      if (following === undefined && !isBlock) return this.#trail(this.#trailTarget(enclosing), comment);
    }
    if (following !== undefined) return this.#lead(following, comment);
    if (isBlock) return append(this.ending, enclosing, comment);
    this.#lead(enclosing, comment);
  }

  /** The innermost node around a remark, and its children next to the remark. */
  #around(comment: Comment): { enclosing: Node; preceding: Node | undefined; following: Node | undefined } {
    let enclosing: Node = this.#file;
    for (;;) {
      const below: readonly Node[] = this.#children.get(enclosing) ?? [];
      const at = firstEndingAfter(below, comment.span.start);
      const next: Node | undefined = below[at];
      if (next === undefined || next.span.start >= comment.span.end) {
        return { enclosing, preceding: below[at - 1], following: next };
      }
      enclosing = next;
    }
  }

  /** The operand of a chain after which a remark stands, unless the chain's closing parenthesis lies between. */
  #lastOperand(node: Node, comment: Comment): Node {
    let last = node;
    while (isChain(last)) {
      if (!continuesChain(last, this.#parents.get(last)) && this.#gap(last, comment).includes(')')) break;
      last = last.right;
    }
    return last;
  }

  /** True when a node, or the brackets and the comma that close after it, end on the line of a remark. */
  #isOnLine(node: Node, comment: Comment): boolean {
    const gap = this.#gap(node, comment);
    return !gap.includes('\n') || /^[\s)\]},]*$/.test(gap);
  }

  #gap(node: Node, comment: Comment): string {
    return this.#text.slice(node.span.end, comment.span.start);
  }

  #hasTextBefore(comment: Comment): boolean {
    const lineStart = this.#text.lastIndexOf('\n', comment.span.start - 1) + 1;
    return this.#text.slice(lineStart, comment.span.start).trim() !== '';
  }

  #trail(target: Node | undefined, comment: Comment): void {
    const last = target && this.#outermostEnding(target);
    if (last === undefined || this.trailing.has(last)) this.#lead(last ?? this.#file, comment);
    else this.trailing.set(last, comment);
  }

  /** The largest part around a node that ends where the node ends and can take a remark there. */
  #outermostEnding(node: Node): Node {
    let outermost = node;
    let inner = node;
    for (
      let at = this.#parents.get(node);
      at !== undefined && this.#endsTogether(inner, at);
      at = this.#parents.get(at)
    ) {
      if (this.#trails.has(at)) outermost = at;
      inner = at;
    }
    return outermost;
  }

  /** True when nothing but parentheses around a part, and remarks, stand between its end and the end of the whole. */
  #endsTogether(part: Node, whole: Node): boolean {
    if (part.span.end === whole.span.end) return true;
    if (ENDING_IN_BRACKET.has(whole.kind)) return false;
    return this.#quietUntil(part.span.end) >= whole.span.end;
  }

  /** Where, from an offset on, something else than blanks, closing parentheses and remarks stands. */
  #quietUntil(offset: number): number {
    let end = this.#quiet.get(offset);
    if (end === undefined) {
      QUIET.lastIndex = offset;
      end = offset + (QUIET.exec(this.#text)?.[0].length ?? 0);
      this.#quiet.set(offset, end);
    }
    return end;
  }

  #lead(node: Node, comment: Comment): void {
    let first = node;
    while (continuesChain(first, this.#parents.get(first))) first = first.left;
    let target: Node | undefined = first;
    while (target !== undefined && !this.#leads.has(target)) target = this.#parents.get(target);
    append(target === undefined ? this.ending : this.leading, target ?? this.#file, comment);
  }

  #trailTarget(node: Node): Node | undefined {
    let target: Node | undefined = node;
    while (target !== undefined && !this.#trails.has(target)) target = this.#parents.get(target);
    return target;
  }

  /** True when `node` lies below `ancestor`. */
  #isBelow(node: Node, ancestor: Node): boolean {
    for (let at = this.#parents.get(node); at !== undefined; at = this.#parents.get(at))
      if (at === ancestor) return true;
    return false;
  }
}

/** Finds a place for every remark of a file. */
export function placeComments(file: SourceFile): PlacedComments {
  if (file.comments.length === 0) return NO_COMMENTS;
  const placing = new Placing(file);
  for (const comment of file.comments) placing.place(comment);
  return placing;
}

/** How a remark is printed: a `///` that documents nothing must not come to document something. */
export function remarkText(comment: Comment): string {
  return isDocumentation(comment) ? comment.text.slice(1) : comment.text;
}

function append(map: Map<Node, Comment[]>, node: Node, comment: Comment): void {
  const list = map.get(node);
  if (list === undefined) map.set(node, [comment]);
  else list.push(comment);
}
