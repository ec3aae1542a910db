import { STRING, TIME } from '../../types/types.ts';
import type { Value } from '../../types/values.ts';
import type { BuiltinParameter } from '../builtin.ts';
import { zoneProblem } from './zone-clock.ts';

/** What every `time` builtin takes: a time, and the literal name of a zone. */
export const ZONE_PARAMETERS: readonly BuiltinParameter[] = [
  { name: 'time', type: TIME },
  { name: 'zone', type: STRING },
];

/** The index of the zone, which must be a literal. */
export const ZONE_LITERALS: readonly number[] = [1];

/** The problem with the zone. */
export function checkZone(args: readonly (Value | undefined)[]): string | undefined {
  const zone = args[1];
  return typeof zone === 'string' ? zoneProblem(zone) : undefined;
}
