import type { Builtin } from '../../dsl/builtins/builtin.ts';
import type { CheckedCall } from '../../dsl/check/checked.ts';
import type { Type } from '../../dsl/types/types.ts';
import {
  IpAddress,
  IpNetwork,
  type Outcome,
  type RecordValue,
  Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../dsl/types/values.ts';
import { slopeOf } from './affine.ts';
import { isPartial } from './compile-collections.ts';
import { type CompileContext, constantly, isMissing } from './compile-context.ts';
import type { DecisionInput, ValueOf } from './decision-input.ts';

/** Calls a builtin with known arguments. */
type Invoke = (args: readonly Value[], input: DecisionInput) => Outcome;

/**
 * A call of a builtin: unknown when an argument is missing, or is a collection or record that is not wholly known; else
 * the builtin's value, absent or failed. A call that moves with `now` notes its builtin's own flip.
 */
export function compileCall(expression: CheckedCall, context: CompileContext): ValueOf {
  const { builtin } = expression;
  const operands = expression.arguments.map((one) => context.value(one));
  const whole = expression.arguments.map((one) => mayBeInPart(one.type));
  const slopes = expression.arguments.map(slopeOf);
  const moves = slopes.some((slope) => slope !== 0);
  // A builtin knows its flip for an argument that moves as `now` does, and for no other.
  const flip = slopes.every((slope) => slope === 0 || slope === 1) ? builtin.flip : undefined;
  const invoke = invokerOf(builtin);

  if (builtin.purity === 'pure' && builtin.evaluate !== undefined && !moves) {
    const folded = foldCall(expression);
    if (folded !== undefined) return folded;
  }
  const [only] = operands;
  if (
    operands.length === 1 &&
    only !== undefined &&
    whole[0] === false &&
    !moves &&
    builtin.evaluate !== undefined
  ) {
    // The commonest shape: one plain argument. The array is the call's own and used again.
    const args: Value[] = [''];
    const { evaluate } = builtin;
    return (input) => {
      const outcome = only(input);
      if (isMissing(outcome)) return UNKNOWN;
      args[0] = outcome;
      return evaluate(args, input.circumstances.world);
    };
  }
  return (input) => {
    const args: Value[] = [];
    for (let index = 0; index < operands.length; index += 1) {
      const outcome = (operands[index] as ValueOf)(input);
      if (isMissing(outcome) || (whole[index] === true && !isWhole(outcome))) return UNKNOWN;
      args.push(outcome);
    }
    if (moves) {
      const at = flip === undefined ? input.now + 1 : flip(args, input.now);
      if (at < input.flipsAt) input.flipsAt = at;
    }
    return invoke(args, input);
  };
}

function invokerOf(builtin: Builtin): Invoke {
  const { evaluate, name } = builtin;
  if (evaluate !== undefined) return (args, input) => evaluate(args, input.circumstances.world);
  return (args, input) => {
    const source = input.circumstances.world.sources[name];
    // A source that the operator has not configured has no value.
    if (source === undefined) return undefined;
    try {
      return source(args, input.about());
    } catch {
      // A source is the outside world: that it broke is one more thing that is unknown.
      return UNKNOWN;
    }
  };
}

/** The value of a call of literals, computed once. */
function foldCall(expression: CheckedCall): ValueOf | undefined {
  const args: Value[] = [];
  for (const one of expression.arguments) {
    if (one.kind !== 'constant') return undefined;
    args.push(one.value);
  }
  const outcome = expression.builtin.evaluate?.(args, { now: 0, sources: {} });
  if (outcome === UNKNOWN) return () => UNKNOWN;
  return outcome === undefined ? () => undefined : constantly(outcome);
}

/** Whether a value of the type may be known in part. */
export function mayBeInPart(type: Type): boolean {
  return type.kind === 'set' || type.kind === 'list' || type.kind === 'map' || type.kind === 'record';
}

/** Whether nothing within a value is unknown: any use of a whole collection or record needs all of it. */
function isWhole(value: Value): boolean {
  if (typeof value !== 'object') return true;
  if (isPartial(value)) return false;
  if (Array.isArray(value))
    return (value as readonly (Value | Unknown)[]).every((item) => item !== UNKNOWN && isWhole(item));
  if (value instanceof ValueSet || value instanceof ValueMap || value instanceof Reference) return true;
  if (value instanceof IpAddress || value instanceof IpNetwork) return true;
  return Object.values(value as RecordValue).every(
    (part) => part === undefined || (part !== UNKNOWN && isWhole(part)),
  );
}
