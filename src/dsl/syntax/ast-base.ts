import type { Span } from '../source/source-text.ts';

/** What every node has: its place in the text. */
export interface NodeBase {
  readonly span: Span;
}

/** A name as written. */
export interface Name extends NodeBase {
  readonly kind: 'name';
  readonly text: string;
}

/** What every declaration has: the lines of `///` before it, joined by line breaks, if any. */
export interface DeclarationBase extends NodeBase {
  readonly documentation: string | undefined;
}
