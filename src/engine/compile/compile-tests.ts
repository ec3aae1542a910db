import { RE2JS } from 're2js';
import type {
  CheckedExists,
  CheckedHas,
  CheckedInNetwork,
  CheckedIs,
  CheckedMatches,
} from '../../dsl/check/checked.ts';
import { networkContains } from '../../dsl/types/parse-ip.ts';
import { BOOL } from '../../dsl/types/types.ts';
import { type IpAddress, type IpNetwork, type Reference, UNKNOWN } from '../../dsl/types/values.ts';
import { type CompileContext, isMissing, type Polarities } from './compile-context.ts';
import type { DecisionInput } from './decision-input.ts';
import { namerOf } from './record-reads.ts';

/** The two formulas of a judgement that is undefined where it is unknown. */
function polaritiesOf(judge: (input: DecisionInput) => boolean | undefined): Polarities {
  return { certainly: (input) => judge(input) === true, possibly: (input) => judge(input) !== false };
}

/** `ip in cidr`. */
export function compileInNetwork(expression: CheckedInNetwork, context: CompileContext): Polarities {
  const address = context.value(expression.address);
  const network = context.value(expression.network);
  return polaritiesOf((input) => {
    const ip = address(input);
    if (isMissing(ip)) return undefined;
    const within = network(input);
    return isMissing(within) ? undefined : networkContains(within as IpNetwork, ip as IpAddress);
  });
}

/** `text matches "pattern"`: the whole text, in linear time. */
export function compileMatches(expression: CheckedMatches, context: CompileContext): Polarities {
  const operand = context.value(expression.operand);
  const pattern = RE2JS.compile(expression.pattern);
  return polaritiesOf((input) => {
    const text = operand(input);
    return isMissing(text) ? undefined : pattern.testExact(text as string);
  });
}

/** `reference is type`. */
export function compileIs(expression: CheckedIs, context: CompileContext): Polarities {
  const operand = context.value(expression.operand);
  const { entity } = expression;
  return polaritiesOf((input) => {
    const reference = operand(input);
    return isMissing(reference) ? undefined : (reference as Reference).type === entity;
  });
}

/** `has path`: false where the path ends in absence, unknown where something on it is unknown. */
export function compileHas(expression: CheckedHas, context: CompileContext): Polarities {
  const operand = context.value(expression.operand);
  return {
    certainly: (input) => !isMissing(operand(input)),
    possibly: (input) => operand(input) !== undefined,
  };
}

function isRecord(record: ReturnType<DecisionInput['record']>): boolean | undefined {
  return record === undefined ? undefined : record !== null;
}

/** `exists reference`: false only when the store says so, or when an optional reference is absent. */
export function compileExists(expression: CheckedExists, context: CompileContext): Polarities {
  const operand = context.value(expression.operand);
  const nameOf = context.recording ? namerOf(expression.operand) : undefined;
  const supplied = new Set<string>();
  for (const entity of context.schema.entities.values())
    if (entity.storage === 'supplied') supplied.add(entity.name);
  return polaritiesOf((input) => {
    const outcome = operand(input);
    if (outcome === undefined) return false;
    if (outcome === UNKNOWN) return undefined;
    const reference = outcome as Reference;
    // No store speaks for a supplied entity: it is there when the request gives it.
    const isThere = supplied.has(reference.type)
      ? input.isGiven(reference) || undefined
      : isRecord(input.record(reference));
    if (isThere === undefined && nameOf !== undefined) {
      const name = nameOf(input);
      input.recorder?.add({ path: `exists ${name}`, type: BOOL, outcome: UNKNOWN, missing: name });
    }
    return isThere;
  });
}
