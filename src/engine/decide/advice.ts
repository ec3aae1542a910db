import type { Triple } from '../../dsl/check/bundle.ts';
import { encode } from '../../dsl/types/encode.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import type { Verdict } from './types.ts';

/** The advice of a rule that decided, its arguments as JSON; one that has no value is null. */
export function adviceOf(
  rule: LoweredRule,
  triple: Triple,
  input: DecisionInput,
  tools: { readonly schema: Schema; readonly compiler: Compiler },
): Verdict['advice'] {
  if (rule.adviceName === undefined) return undefined;
  const entries = rule
    .adviceArguments(triple)
    .map(
      ({ name, value }) =>
        [name, encode(tools.compiler.value(value)(input), value.type, tools.schema)] as const,
    );
  return { name: rule.adviceName, arguments: Object.fromEntries(entries) };
}
