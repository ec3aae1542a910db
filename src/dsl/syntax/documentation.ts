import type { SourceText } from '../source/source-text.ts';
import type { Comment } from './ast.ts';

/** The comments of a file, sorted into documentation (`///` right before what it documents) and remarks. */
export class Documentation {
  readonly #source: SourceText;
  readonly #comments: readonly Comment[];
  readonly #taken = new Set<number>();

  constructor(source: SourceText, comments: readonly Comment[]) {
    this.#source = source;
    this.#comments = comments;
  }

  /**
   * The documentation of what begins at an offset: the lines of `///` in the block of comments right above it, remarks
   * left out, joined by line breaks. A blank line ends the block.
   */
  takeBefore(offset: number): string | undefined {
    const lines: string[] = [];
    let below = offset;
    for (let at = this.#lastBefore(offset); at >= 0; at--) {
      const comment = this.#comments[at] as Comment;
      if (!this.#touches(comment.span.end, below) || !this.#standsAlone(comment)) break;
      if (isDocumentation(comment)) {
        lines.unshift(comment.text.slice(3).replace(/^ /, ''));
        this.#taken.add(at);
      }
      below = comment.span.start;
    }
    return lines.length === 0 ? undefined : lines.join('\n');
  }

  /** The comments that document nothing. */
  remarks(): readonly Comment[] {
    return this.#comments.filter((_, index) => !this.#taken.has(index));
  }

  /** The index of the last comment before an offset; -1 without one. */
  #lastBefore(offset: number): number {
    let low = 0;
    let high = this.#comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#comments[middle] as Comment).span.start < offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** True when a single line break and blanks lie between two offsets. */
  #touches(end: number, start: number): boolean {
    let breaks = 0;
    for (let at = end; at < start; at++) {
      const character = this.#source.text[at];
      if (character === '\n') breaks += 1;
      else if (character !== ' ' && character !== '\t' && character !== '\r') return false;
      if (breaks > 1) return false;
    }
    return breaks === 1;
  }

  /** True of a comment with nothing before it on its line. */
  #standsAlone(comment: Comment): boolean {
    for (let at = comment.span.start - 1; at >= 0; at--) {
      const character = this.#source.text[at];
      if (character === '\n') return true;
      if (character !== ' ' && character !== '\t' && character !== '\uFEFF') return false;
    }
    return true;
  }
}

/** True of `///`, not of `////`. */
export function isDocumentation(comment: Comment): boolean {
  return comment.text.startsWith('///') && comment.text[3] !== '/';
}
