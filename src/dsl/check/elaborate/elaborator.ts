import type { Expression } from '../../syntax/ast.ts';
import type { Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import type { LetInfo } from '../lets.ts';
import { elaborateJunction, type Operand } from './elaborate-logic.ts';
import { type Binding, emptyScope, type Shape } from './elaboration.ts';
import { ElaborationState } from './elaboration-state.ts';
import { type Root, RootElaboration } from './root-elaboration.ts';

/** Turns written expressions into checked ones, for one triple's types at a time. */
export class Elaborator extends ElaborationState {
  /** `operands` joined by `and`; undefined after a report. */
  conjunction(
    root: Root,
    shape: Shape,
    operands: readonly (Operand | CheckedExpression)[],
    node: Expression,
  ): CheckedExpression | undefined {
    const elaboration = new RootElaboration(this, root, shape);
    return elaboration.bounded(elaborateJunction(elaboration, 'and', operands, node, emptyScope()));
  }

  /** `operands` joined by `or`. */
  disjunction(
    root: Root,
    shape: Shape,
    operands: readonly CheckedExpression[],
    node: Expression,
  ): CheckedExpression | undefined {
    const elaboration = new RootElaboration(this, root, shape);
    return elaboration.bounded(elaborateJunction(elaboration, 'or', operands, node, emptyScope()));
  }

  /** A value of any type, or of the expected one where `expected` is given. */
  expression(root: Root, shape: Shape, written: Expression, expected?: Type): CheckedExpression | undefined {
    const elaboration = new RootElaboration(this, root, shape);
    return elaboration.bounded(elaboration.elaborate(written, emptyScope(), expected));
  }

  /** The body of a `let` by itself; its parameters stand for any value of their type. */
  body(root: Root, shape: Shape, info: LetInfo): CheckedExpression | undefined {
    const { parameters, value } = info.declaration;
    const locals = new Map<string, Binding>();
    for (const [index, { name }] of (parameters ?? []).entries()) {
      const type = info.parameterTypes[index];
      if (type !== undefined) locals.set(name.text, { kind: 'variable', slot: index, type });
    }
    const elaboration = new RootElaboration(this, root, shape);
    return elaboration.bounded(elaboration.elaborate(value, { ...emptyScope(), locals }));
  }
}
