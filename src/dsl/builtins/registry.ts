import { agentFamily } from './agent-family.ts';
import { agentIsBot } from './agent-is-bot.ts';
import { anomalyScore } from './anomaly-score.ts';
import type { Builtin } from './builtin.ts';
import { geoCountry } from './geo-country.ts';
import { geoDistanceKm } from './geo-distance-km.ts';
import { geoSpeedKmh } from './geo-speed-kmh.ts';
import { ipIsLoopback } from './ip-is-loopback.ts';
import { ipIsPrivate } from './ip-is-private.ts';
import { mediaTokenValid } from './media-token-valid.ts';
import { pathMatches } from './path-matches.ts';
import { setIsEmpty } from './set-is-empty.ts';
import { setSize } from './set-size.ts';
import { stringEndsWith } from './string-ends-with.ts';
import { stringLength } from './string-length.ts';
import { stringLower } from './string-lower.ts';
import { stringStartsWith } from './string-starts-with.ts';
import { timeHour } from './time-hour.ts';
import { timeOfDay } from './time-of-day.ts';
import { timeWeekday } from './time-weekday.ts';
import { uuidEntropy } from './uuid-entropy.ts';
import { uuidIsMax } from './uuid-is-max.ts';
import { uuidIsNil } from './uuid-is-nil.ts';
import { uuidIsValid } from './uuid-is-valid.ts';
import { uuidLongestRun } from './uuid-longest-run.ts';
import { uuidTimestamp } from './uuid-timestamp.ts';
import { uuidTopDigitShare } from './uuid-top-digit-share.ts';
import { uuidVariant } from './uuid-variant.ts';
import { uuidVersion } from './uuid-version.ts';

/** Every builtin, by name. */
export const BUILTINS: readonly Builtin[] = [
  agentFamily,
  agentIsBot,
  anomalyScore,
  geoCountry,
  geoDistanceKm,
  geoSpeedKmh,
  ipIsLoopback,
  ipIsPrivate,
  mediaTokenValid,
  pathMatches,
  setIsEmpty,
  setSize,
  stringEndsWith,
  stringLength,
  stringLower,
  stringStartsWith,
  timeHour,
  timeOfDay,
  timeWeekday,
  uuidEntropy,
  uuidIsMax,
  uuidIsNil,
  uuidIsValid,
  uuidLongestRun,
  uuidTimestamp,
  uuidTopDigitShare,
  uuidVariant,
  uuidVersion,
];

const byName: ReadonlyMap<string, Builtin> = new Map(BUILTINS.map((builtin) => [builtin.name, builtin]));

/** The builtin of this name (`family.name`), or undefined. */
export function findBuiltin(name: string): Builtin | undefined {
  return byName.get(name);
}

/** The families in alphabetical order, each with its builtins by name. */
export function builtinFamilies(): ReadonlyMap<string, readonly Builtin[]> {
  return Map.groupBy(BUILTINS, familyOf);
}

/** `uuid` of `uuid.version`. */
function familyOf(builtin: Builtin): string {
  return builtin.name.slice(0, builtin.name.indexOf('.'));
}
