import type { ActionDeclaration } from '../../dsl/syntax/ast.ts';
import type { Type } from '../../dsl/types/types.ts';
import type { Outcome } from '../../dsl/types/values.ts';
import type { FactView } from '../decide/facts.ts';
import type { Circumstances, PreparedRequest, Risk } from '../decide/types.ts';
import type { Declarations } from './declarations.ts';

/** All that a condition may read. */
export interface Question {
  readonly declarations: Declarations;
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
  /** The declarations of the action that cover these types. */
  readonly actions: readonly ActionDeclaration[];
  /** The resource does not exist yet: its attributes come from the request. */
  readonly isNew: boolean;
  /** Asked only when a condition compares it. */
  readonly risk: () => Risk;
}

/** What an expression yields, and its type as far as one was declared: enums are ordered by their declaration. */
export interface Typed {
  readonly outcome: Outcome;
  readonly type: Type | undefined;
}
