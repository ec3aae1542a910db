import { INT } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { DAY, localTime, modulo, nextChange } from './support/zone-clock.ts';
import { checkZone, ZONE_LITERALS, ZONE_PARAMETERS } from './support/zone-parameters.ts';

const HOUR = 3_600_000;

export const timeHour = defineBuiltin({
  name: 'time.hour',
  parameters: ZONE_PARAMETERS,
  returns: INT,
  purity: 'pure',
  summary: 'The hour that a clock in a zone shows at a time, 0 to 23.',
  examples: [
    { call: 'time.hour(time("2026-07-01T22:30:00Z"), "UTC")', result: '22' },
    { call: 'time.hour(time("2026-07-01T22:30:00Z"), "Europe/Berlin")', result: '0' },
  ],
  literals: ZONE_LITERALS,
  checkLiterals: checkZone,
  evaluate: ([time, zone]) => {
    const local = localTime(zone as string, time as number);
    return local === undefined ? UNKNOWN : hourOf(local);
  },
  flip: ([time, zone], now) =>
    now - (time as number) + nextChange(zone as string, time as number, HOUR, hourOf),
});

function hourOf(local: number): number {
  return Math.floor(modulo(local, DAY) / HOUR);
}
